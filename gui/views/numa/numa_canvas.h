// SPDX-License-Identifier: GPL-3.0-or-later
// Nodes in three parts: how far they are from one another, what each has, and in which order its allocations look
// through the zones. A click on a node selects its memory, one on a zone selects that and makes it the zone shown.
//
//      distances     0   1        node 0   2.0 GiB   CPUs 0-3   [mem ...] [mem ...]
//               0   10  20        node 1   ...
//               1   20  10
//      node 0   Normal 0 > DMA32 0 > DMA 0 > Normal 1
#pragma once

#include <QWidget>

#include "engine/snapshot/snapshot.h"
#include "gui/state/view_state.h"
#include "gui/style/theme.h"

class QPainter;

namespace mm::gui {

class NumaCanvas : public QWidget {
    Q_OBJECT
public:
    NumaCanvas(const Theme& theme, ViewState& state, QWidget* parent);

    void setSnapshot(const SnapshotPtr& snapshot);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {200, sizeHint().height()}; }

    /// Something that can be pointed at: a node, one of its zones in a zonelist, a distance.
    struct Part {
        enum class Kind { node, zone, distance };
        Kind kind{};
        QRectF at;
        Nid nid = 0;     ///< whose row it is in
        ZoneRef zone{};  ///< kind zone; kind distance: nid of the other node in zone.nid
    };
    /// In painting order, for the width it has.
    std::vector<Part> parts() const;

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    struct Layout {
        std::vector<Part> parts;
        std::vector<std::pair<QRectF, QString>> heads, labels;  ///< words: titles of the three parts; names of rows
        double height = 0, scale = 1;
    };
    Layout layOut(double width, double scale) const;
    double fitting() const;
    void layDistances(Layout& out, double& y) const;
    void layNodes(Layout& out, double& y, double width) const;
    void layLists(Layout& out, double& y, double width) const;
    void paintPart(QPainter& painter, const Part& part, bool focused) const;
    void paintSinceMark(QPainter& painter, const Part& part) const;
    void choose(const Part& part);
    QString words(const Part& part) const;
    /// What became of the free pages of a zone, or of all of a node, since the marked moment; "" without one.
    QString sinceMark(const Part& part) const;
    std::vector<Nid> nodes() const;

    const Theme& m_theme;
    ViewState& m_state;
    SnapshotPtr m_snapshot;
    std::size_t m_focused = 0;
    double m_scale = 1;  ///< larger where the panel has room
};

/// 10 to itself and 20 to others where the machine says nothing (include/linux/topology.h).
unsigned nodeDistance(const Snapshot& snapshot, Nid from, Nid to);
/// "0-3, 8-11"; of the CPUs online.
QString cpusOfNode(const Snapshot& snapshot, Nid nid);

}  // namespace mm::gui
