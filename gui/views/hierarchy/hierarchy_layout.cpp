// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/hierarchy/hierarchy_layout.h"

#include <algorithm>
#include <set>

namespace mm::gui {
namespace {

/// A column of the picture, as wide as the most boxes that one layer of its lanes has.
struct Column {
    std::vector<unsigned> lanes;
    std::set<unsigned> layers;
    int boxes = 1;
    double left = 0, width = 0;
};

std::vector<Column> columnsOf(const Hierarchy& h) {
    std::vector<Column> columns;
    for (unsigned lane = 0; lane < h.lanes; ++lane) {
        std::set<unsigned> layers;
        std::vector<int> count(h.layers, 0);
        for (const HierarchyBox& box : h.boxes)
            if (box.lane == lane) layers.insert(box.layer), ++count[box.layer];
        const bool shares = !columns.empty() && std::none_of(layers.begin(), layers.end(), [&](unsigned layer) {
            return columns.back().layers.contains(layer);
        });
        if (!shares) columns.emplace_back();
        Column& column = columns.back();
        column.lanes.push_back(lane);
        column.layers.merge(layers);
        column.boxes = std::max(column.boxes, *std::max_element(count.begin(), count.end()));
    }
    return columns;
}

class Fitting {
public:
    Fitting(const Hierarchy& h, const HierarchyMetrics& m) : m_h(h), m_m(m), m_columns(columnsOf(h)) {
        int parts = 0;
        for (const Column& column : m_columns)
            parts += column.boxes;
        double left = 0;
        for (Column& column : m_columns) {
            column.left = left;
            column.width = m.width * column.boxes / std::max(1, parts);
            left += column.width;
        }
    }

    HierarchyLayout run() {
        HierarchyLayout out;
        for (std::size_t i = 0; i < m_h.boxes.size(); ++i)
            out.boxes.push_back(boxRect(i));
        m_boxes = out.boxes;
        for (const HierarchyEdge& edge : m_h.edges)
            out.edges.push_back(line(edge));
        return out;
    }

private:
    double pitch() const { return m_m.height / std::max(1u, m_h.layers); }
    double high() const { return pitch() - 1.5 * m_m.gap; }

    QRectF boxRect(std::size_t i) const {
        const HierarchyBox& box = m_h.boxes[i];
        const auto [from, to] = box.lane == no_lane ? sharedPlace(i) : lanePlace(i);
        return {from + m_m.gap, pitch() * box.layer, std::max(1.0, to - from - m_m.gap), high()};
    }

    /// Several boxes of a layer side by side; a single one below a pair keeps to the left half, where its edge comes
    /// from, unless it is asked by more than one.
    std::pair<double, double> lanePlace(std::size_t i) const {
        const HierarchyBox& box = m_h.boxes[i];
        const Column& column = *std::find_if(m_columns.begin(), m_columns.end(), [&](const Column& c) {
            return std::find(c.lanes.begin(), c.lanes.end(), box.lane) != c.lanes.end();
        });
        int before = 0, count = 0;
        for (std::size_t other = 0; other < m_h.boxes.size(); ++other) {
            if (m_h.boxes[other].lane != box.lane || m_h.boxes[other].layer != box.layer) continue;
            before += other < i;
            ++count;
        }
        const double part = column.width / column.boxes;
        if (count == column.boxes || (count == 1 && box.layer <= 1))
            return {column.left + part * before, column.left + part * (before + 1)};
        return {column.left, column.left + column.width};
    }

    /// As wide as those that ask it; zones and the like share the width.
    std::pair<double, double> sharedPlace(std::size_t i) const {
        const HierarchyBox& box = m_h.boxes[i];
        double before = 0, count = 0;
        for (std::size_t other = 0; other < m_h.boxes.size(); ++other) {
            if (m_h.boxes[other].lane != no_lane || m_h.boxes[other].layer != box.layer) continue;
            before += other < i;
            ++count;
        }
        double from = m_m.width, to = 0;
        for (const HierarchyEdge& edge : m_h.edges) {
            if (edge.to != i || m_h.boxes[edge.from].lane == no_lane) continue;
            const auto [a, b] = lanePlace(edge.from);
            from = std::min(from, a);
            to = std::max(to, b);
        }
        const bool own = count == 1 && from < to && to < m_m.width - 1;
        if (own) return {from, to};
        return {m_m.width * before / count, m_m.width * (before + 1) / count};
    }

    /// Straight down where nothing stands between; else along the left of what does.
    QPolygonF line(const HierarchyEdge& edge) const {
        const QRectF a = m_boxes[edge.from], b = m_boxes[edge.to];
        // Those that come from far turn a little earlier than the neighbours, so that the two are told apart.
        const bool far = m_h.boxes[edge.to].layer > m_h.boxes[edge.from].layer + 1;
        const double turn = b.top() - m_m.gap * (far ? 1.0 : 0.5);
        const double inset = std::min(a.width(), m_m.gap * 2);
        double x = a.center().x();
        QPolygonF points;
        if (blocked(edge, x)) {
            x = a.left() - m_m.gap / 2;
            points << QPointF(a.left(), a.center().y()) << QPointF(x, a.center().y());
        } else {
            points << QPointF(x, a.bottom());
        }
        const double landing = std::clamp(x, b.left() + inset / 2, b.right() - inset / 2);
        const double target = b.width() > a.width() ? landing : b.center().x();
        points << QPointF(x, turn) << QPointF(target, turn) << QPointF(target, b.top());
        return points;
    }

    bool blocked(const HierarchyEdge& edge, double x) const {
        for (std::size_t i = 0; i < m_boxes.size(); ++i) {
            const unsigned layer = m_h.boxes[i].layer;
            if (layer <= m_h.boxes[edge.from].layer || layer >= m_h.boxes[edge.to].layer) continue;
            if (x >= m_boxes[i].left() && x <= m_boxes[i].right()) return true;
        }
        return false;
    }

    const Hierarchy& m_h;
    const HierarchyMetrics m_m;
    std::vector<Column> m_columns;
    std::vector<QRectF> m_boxes;
};

}  // namespace

HierarchyLayout HierarchyLayout::fit(const Hierarchy& hierarchy, const HierarchyMetrics& metrics) {
    return Fitting(hierarchy, metrics).run();
}

}  // namespace mm::gui
