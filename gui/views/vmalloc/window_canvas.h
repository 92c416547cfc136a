// SPDX-License-Identifier: GPL-3.0-or-later
// The vmalloc window drawn to scale, with the address each line begins at, and a legend that counts. A click or the
// arrow keys choose an area.
#pragma once

#include <QWidget>
#include <array>

#include "gui/state/view_state.h"
#include "gui/style/theme.h"
#include "gui/views/vmalloc/window_layout.h"

class QPainter;

namespace mm::gui {

class WindowCanvas : public QWidget {
    Q_OBJECT
public:
    WindowCanvas(const Theme& theme, QWidget* parent);

    void setSnapshot(const SnapshotPtr& snapshot);
    void setChosen(std::optional<VirtAddr> area);
    /// The pixels of an area's first box; empty: it is not there.
    QRectF rectOf(VirtAddr area) const;
    const std::vector<VmPiece>& pieces() const { return m_pieces; }
    const WindowLayout& windowLayout() const { return m_layout; }
    /// In words: "vmalloc at 0xffffc90000000000, 4 pages, ...".
    QString words(const VmPiece& piece) const;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {m_theme.px(200), sizeHint().height()}; }

Q_SIGNALS:
    void areaChosen(mm::VirtAddr area);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    void relayout();
    double margin() const;
    double pitch() const { return m_theme.px(30); }
    double boxHeight() const { return m_theme.px(22); }
    QRectF rectOf(const WindowBox& box) const;
    QColor ink(VmKind kind) const;
    const VmPiece* pieceAt(QPointF at) const;
    void paintBox(QPainter& painter, const WindowBox& box) const;
    void paintBreak(QPainter& painter, const QRectF& rect, const QString& words) const;
    void paintLegend(QPainter& painter) const;

    const Theme& m_theme;
    SnapshotPtr m_snapshot;
    std::vector<VmPiece> m_pieces;
    WindowLayout m_layout;
    std::optional<VirtAddr> m_chosen;
    std::array<std::size_t, vmKinds> m_counts{};
    std::array<Bytes, vmKinds> m_bytes{};
};

}  // namespace mm::gui
