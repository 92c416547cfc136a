// SPDX-License-Identifier: GPL-3.0-or-later
// The firmware's map, the nodes and the zones of both boots as strips above each other on one address axis; below each
// pair a line that is marked where they differ. Zoom is the window's: wheel around the pointer, drag pans.
#pragma once

#include "gui/models/address_axis.h"
#include "gui/models/map_pairs.h"
#include "gui/views/view.h"

namespace mm::gui {

class CompareMapsView : public View {
    Q_OBJECT
public:
    explicit CompareMapsView(const ViewContext& context, QWidget* parent = nullptr);

    Table table() const override;
    bool hasTable() const override { return true; }
    void setSnapshot(const SnapshotPtr& snapshot) override;
    void setComparison(const ComparisonPtr& comparison) override;
    QString contextText() const override;
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    bool event(QEvent* event) override;

private:
    /// A pair's place: two rows and the line of differences between them and the next pair.
    struct Rows {
        QRectF left, right, differs;
    };
    std::vector<Rows> rows() const;
    void setAxis();
    void zoomTo(PhysRange zoom);
    void paintPair(QPainter& painter, const MapPair& pair, const Rows& rows) const;
    void paintLabel(QPainter& painter, const QRectF& row, const QString& what, const QString& whose) const;
    QString tipAt(QPointF at) const;

    ComparisonPtr m_comparison;
    MapPairs m_maps;
    AddressAxis m_axis;
    QPointF m_dragged;
};

}  // namespace mm::gui
