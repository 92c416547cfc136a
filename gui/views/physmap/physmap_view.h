// SPDX-License-Identifier: GPL-3.0-or-later
// The physical address map: firmware's map, e820, memblock, direct map, nodes, zones and iomem as aligned strips over
// one address axis (gaps folded), with the range the current event touched framed across all of them. The picture
// below frames and cursors is cached and painted anew only when snapshot, size, zoom or ink change.
#pragma once

#include <QElapsedTimer>
#include <QPixmap>
#include <optional>

#include "gui/models/address_axis.h"
#include "gui/models/strips.h"
#include "gui/views/physmap/physmap_layout.h"
#include "gui/views/view.h"
#include "gui/widgets/strip_ink.h"

namespace mm::gui {

class PhysmapView : public View {
    Q_OBJECT
public:
    explicit PhysmapView(const ViewContext& context, QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot) override;
    QString contextText() const override;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    Table table() const override;
    bool hasTable() const override { return true; }
    QString procName() const override { return QStringLiteral("/proc/iomem"); }
    QString procText() const override;

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Hit {
        std::size_t row = 0;
        const Piece* piece = nullptr;
    };
    enum class Gesture { none, press, pan, range };

    void relayout();
    void zoomChanged();
    void zoomTo(PhysRange zoom, bool newStep = true);
    void zoomBack();
    void wheelZoom(double factor, double around);
    bool toggleLegend(QPointF at);
    void selectPiece(const Piece* piece);
    void selectNeighbour(int direction);
    void moveRow(int by);

    StripPainter stripPainter() const;
    std::optional<Hit> hitAt(QPointF at) const;
    QString tipAt(QPointF at) const;
    void paintStill(QPainter& painter) const;
    void paintRuler(QPainter& painter) const;
    void paintLegend(QPainter& painter) const;
    void paintMarks(QPainter& painter) const;
    void paintEventFrame(QPainter& painter) const;
    void compare();  ///< with the marked moment
    void paintDifferences(QPainter& painter) const;

    SnapshotPtr m_snapshot;
    Strips m_strips;
    AddressFacts m_facts;
    AddressAxis m_axis;
    PhysmapLayout m_layout;
    SnapshotPtr m_comparedMark;  ///< what m_markStrips are of
    Strips m_markStrips;
    std::vector<std::vector<PhysRange>> m_differing;  ///< by strip, from the marked moment
    InkFilter m_filter;
    QPixmap m_still;

    Gesture m_gesture = Gesture::none;
    QPointF m_pressed, m_mouse;
    PhysRange m_zoomAtPress{};
    std::vector<PhysRange> m_zoomSteps;  ///< to go back through
    QElapsedTimer m_lastWheel;
    std::size_t m_row = 0;  ///< with the keyboard's focus
};

}  // namespace mm::gui
