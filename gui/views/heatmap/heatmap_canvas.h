// SPDX-License-Identifier: GPL-3.0-or-later
// The map itself: an image of cells, redrawn only where pageblocks changed, with the frames of selection, event and
// pointer over it. Follows and sets the zoom and the selection that all views share.
#pragma once

#include <QImage>
#include <QPointer>
#include <QWidget>

#include "gui/views/heatmap/extents.h"
#include "gui/views/heatmap/heatmap_painter.h"
#include "gui/views/heatmap/hover_card.h"
#include "gui/views/heatmap/veil.h"
#include "gui/views/view.h"

namespace mm::gui {

/// All frames keep their colour, or only what was touched lately.
enum class Brightness : std::uint8_t { all, recency };

class HeatmapCanvas : public QWidget {
    Q_OBJECT
public:
    HeatmapCanvas(const ViewContext& context, QWidget* parent);

    void setSnapshot(const SnapshotPtr& snapshot);
    void setColouring(ColourMode mode, unsigned parameter);
    void setArrangement(Arrangement arrangement);
    void setBrightness(Brightness brightness);
    /// A bit for each category that keeps its colour; the others fade.
    void setShown(std::uint32_t categories);
    std::uint32_t shown() const { return m_shown; }

    const PagePyramid& pyramid() const { return m_pyramid; }
    /// Up to date with size, zoom and snapshot.
    const HeatmapLayout& mapLayout();
    QString contextText();
    /// Larger than 1: more frames. The anchor stays where it is, as far as rows allow.
    void zoomBy(double factor, Pfn anchor);
    QSize sizeHint() const override { return {600, 360}; }

Q_SIGNALS:
    void updated();  ///< counts or geometry changed

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    // Picture.
    void sync();  ///< brings the pyramid up to the latest snapshot
    void forgetLayout();
    void forgetImage();
    void paintImage();
    void paintOverlays(QPainter& painter);
    void paintDifferences(QPainter& painter);
    void paintRecency(QPainter& painter);
    void paintBreaks(QPainter& painter);
    void paintLetters(QPainter& painter);
    void frame(QPainter& painter, PfnRange frames, const QPen& pen, const QBrush& brush);
    void paintBanner(QPainter& painter);
    QString banner() const;
    int bannerHeight() const;
    std::vector<PfnRange> visibleParts() const;
    // Pointer and keys.
    QPoint toMap(QPointF position) const;  ///< widget position to the layout's pixels
    void hover(const std::optional<PfnRange>& cell, QPoint global);
    void refreshCard();  ///< time goes on under a pointer that rests
    void selectCell(PfnRange cell);
    void moveCursor(int dx, int dy);
    void setCursorCell(Pfn pfn);
    void panTo(Pfn grabbed, QPoint point);
    void setWindow(NrPages start, NrPages size);  ///< linear
    QStringList cardLines(PfnRange cell) const;

    Theme& m_theme;
    ViewState& m_state;
    SnapshotPtr m_latest;
    PagePyramid m_pyramid;
    Extents m_extents;
    ColourMode m_mode = ColourMode::migrateType;
    unsigned m_parameter = 0;
    Arrangement m_arrangement = Arrangement::rows;
    Brightness m_brightness = Brightness::all;
    RecencyVeil m_recency;
    std::uint32_t m_shown = ~0u;

    HeatmapLayout m_layout;
    bool m_layoutValid = false, m_imageValid = false;
    std::vector<Pfn> m_stale;  ///< pageblocks changed since the image was painted
    QImage m_image;

    std::optional<Pfn> m_cursor;
    std::optional<PfnRange> m_pressed;
    QPoint m_pressPoint;
    bool m_dragging = false;
    std::optional<Pfn> m_rangeStart;  ///< Shift+drag
    QPointer<HoverCard> m_card;
    QPoint m_cardAt;  ///< where it stands, globally
};

}  // namespace mm::gui
