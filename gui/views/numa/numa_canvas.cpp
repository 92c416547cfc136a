// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/numa/numa_canvas.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "gui/format/format.h"
#include "gui/models/blend.h"
#include "gui/models/zone_list.h"

namespace mm::gui {
namespace {

constexpr double cellWide = 36, cellHigh = 20, rowHigh = 22, partGap = 14, chipGap = 14;

}  // namespace

unsigned nodeDistance(const Snapshot& s, Nid from, Nid to) {
    const auto& table = s.state.numa.distance;
    const auto a = static_cast<std::size_t>(from), b = static_cast<std::size_t>(to);
    if (a < table.size() && b < table[a].size()) return table[a][b];
    return from == to ? 10 : 20;
}

QString cpusOfNode(const Snapshot& s, Nid nid) {
    QStringList runs;
    for (unsigned cpu = 0; cpu < s.state.online_cpus; ++cpu) {
        if (!s.state.numa.cpu_is_of(cpu, nid)) continue;
        unsigned last = cpu;
        while (last + 1 < s.state.online_cpus && s.state.numa.cpu_is_of(last + 1, nid))
            ++last;
        runs << (last == cpu ? QString::number(cpu) : QString("%1-%2").arg(cpu).arg(last));
        cpu = last;
    }
    return runs.join(", ");
}

NumaCanvas::NumaCanvas(const Theme& theme, ViewState& state, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_state(state) {
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    setAccessibleName(tr("Nodes, their distances and zonelists"));
    connect(&m_state, &ViewState::zoneChanged, this, qOverload<>(&QWidget::update));
    connect(&m_state, &ViewState::selectionChanged, this, qOverload<>(&QWidget::update));
    connect(&m_state, &ViewState::markChanged, this, qOverload<>(&QWidget::update));
    connect(&m_theme, &Theme::changed, this, &QWidget::updateGeometry);
}

void NumaCanvas::setSnapshot(const SnapshotPtr& snapshot) {
    m_snapshot = snapshot;
    m_scale = fitting();
    updateGeometry();
    update();
}

std::vector<Nid> NumaCanvas::nodes() const {
    std::vector<Nid> result;
    if (!m_snapshot) return result;
    for (const Node& node : m_snapshot->state.zones.nodes)
        result.push_back(node.nid);
    if (result.empty())
        for (const NodeData& node : m_snapshot->state.numa.nodes)
            result.push_back(node.nid);
    return result;
}

void NumaCanvas::layDistances(Layout& out, double& y) const {
    const double wide = out.scale * m_theme.px(cellWide), high = out.scale * m_theme.px(cellHigh),
                 left = out.scale * m_theme.px(56);
    const std::vector<Nid> all = nodes();
    out.heads.push_back({QRectF(0, y, left * 4, high), tr("Distances")});
    y += high;
    for (std::size_t to = 0; to < all.size(); ++to)
        out.labels.push_back({QRectF(left + wide * double(to), y, wide - 2, high), QString::number(all[to])});
    y += high;
    for (const Nid from : all) {
        out.labels.push_back({QRectF(0, y, left - out.scale * m_theme.px(8), high), tr("node %1").arg(from)});
        for (std::size_t to = 0; to < all.size(); ++to)
            out.parts.push_back({Part::Kind::distance,
                                 QRectF(left + wide * double(to), y, wide - 2, high - 2),
                                 from,
                                 {all[to], ZoneType::normal}});
        y += high;
    }
    y += out.scale * m_theme.px(partGap);
}

void NumaCanvas::layNodes(Layout& out, double& y, double width) const {
    const double high = out.scale * m_theme.px(rowHigh);
    out.heads.push_back({QRectF(0, y, width, high), tr("Nodes")});
    y += high;
    for (const Node& node : m_snapshot->state.zones.nodes) {
        out.parts.push_back({Part::Kind::node, QRectF(0, y, width, high - 2), node.nid, {}});
        y += high;
    }
    y += out.scale * m_theme.px(partGap);
}

void NumaCanvas::layLists(Layout& out, double& y, double width) const {
    const double high = out.scale * m_theme.px(rowHigh), left = out.scale * m_theme.px(56);
    const QFontMetricsF metrics(enlarged(m_theme.small(), out.scale));
    out.heads.push_back({QRectF(0, y, width, high), tr("Zonelists: where an allocation looks, in order")});
    y += high;
    for (const Node& node : m_snapshot->state.zones.nodes) {
        if (node.fallback.empty()) continue;
        out.labels.push_back({QRectF(0, y, left - out.scale * m_theme.px(8), high), tr("node %1").arg(node.nid)});
        double x = left;
        for (const ZoneRef ref : node.fallback) {
            const double wide = metrics.horizontalAdvance(zoneName(m_snapshot, ref)) + out.scale * m_theme.px(16);
            if (x > left && x + wide > width) x = left, y += high;
            out.parts.push_back(
                {Part::Kind::zone, QRectF(x, y + 1, wide, high - out.scale * m_theme.px(4)), node.nid, ref});
            x += wide + out.scale * m_theme.px(chipGap);
        }
        y += high + out.scale * m_theme.px(4);
    }
}

NumaCanvas::Layout NumaCanvas::layOut(double width, double scale) const {
    Layout out;
    out.scale = scale;
    if (!m_snapshot || nodes().empty()) return out;
    double y = 0;
    layDistances(out, y);
    if (!m_snapshot->state.zones.nodes.empty()) {
        layNodes(out, y, width);
        layLists(out, y, width);
    }
    out.height = y;
    return out;
}

std::vector<NumaCanvas::Part> NumaCanvas::parts() const {
    return layOut(width(), m_scale).parts;
}

QSize NumaCanvas::sizeHint() const {
    return {m_theme.px(420), static_cast<int>(std::ceil(layOut(std::max(width(), m_theme.px(240)), 1).height))};
}

void NumaCanvas::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    m_scale = fitting();
    updateGeometry();  // chips wrap
}

/// The largest of a few sizes at which everything is in sight and no row of chips is much wider than the panel.
double NumaCanvas::fitting() const {
    for (const double scale : {1.5, 1.25})
        if (width() >= scale * m_theme.px(520) && layOut(width(), scale).height <= height()) return scale;
    return 1;
}

void NumaCanvas::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Layout all = layOut(width(), m_scale);
    painter.setFont(enlarged(m_theme.title(), m_scale));
    painter.setPen(m_theme.tokens().text);
    for (const auto& [at, words] : all.heads)
        painter.drawText(at, Qt::AlignLeft | Qt::AlignVCenter, words);
    painter.setFont(enlarged(m_theme.small(), m_scale));
    painter.setPen(m_theme.tokens().dim);
    for (const auto& [at, words] : all.labels)
        painter.drawText(at, int{Qt::AlignVCenter} | int{at.left() > 0 ? Qt::AlignHCenter : Qt::AlignLeft}, words);
    for (std::size_t i = 0; i < all.parts.size(); ++i)
        paintPart(painter, all.parts[i], hasFocus() && i == m_focused);
}

void NumaCanvas::paintPart(QPainter& painter, const Part& part, bool focused) const {
    const Tokens& ink = m_theme.tokens();
    const double round = m_scale * m_theme.px(3);
    painter.setPen(Qt::NoPen);
    painter.setFont(enlarged(m_theme.small(), m_scale));
    if (part.kind == Part::Kind::distance) {
        const unsigned distance = nodeDistance(*m_snapshot, part.nid, part.zone.nid);
        // 10 is at home; twice as far is a third of the way to full, and so on.
        const double far = std::clamp(std::log2(std::max(10u, distance) / 10.0) / 3, 0.0, 1.0);
        const QColor fill = blend(ink.track, m_theme.node(0), far);
        painter.setBrush(fill);
        painter.drawRoundedRect(part.at, round, round);
        painter.setFont(enlarged(m_theme.mono(), m_scale));
        painter.setPen(m_theme.textOn(fill));
        painter.drawText(part.at, Qt::AlignCenter, QString::number(distance));
    } else if (part.kind == Part::Kind::zone) {
        const QColor fill = m_theme.zone(part.zone.type);
        painter.setBrush(part.zone.nid == part.nid ? fill : blend(fill, ink.panel, 0.6));
        if (m_state.zone() == part.zone) painter.setPen(QPen(ink.accent, m_theme.px(2)));
        painter.drawRoundedRect(part.at, round, round);
        painter.setPen(m_theme.textOn(painter.brush().color()));
        painter.drawText(part.at, Qt::AlignCenter, zoneName(m_snapshot, part.zone));
        const auto& list = m_snapshot->state.zones.node(part.nid)->fallback;
        if (list.empty() || list.back() != part.zone) {
            painter.setPen(ink.dim);
            painter.drawText(QRectF(part.at.right(), part.at.top(), m_scale * m_theme.px(chipGap), part.at.height()),
                             Qt::AlignCenter, QStringLiteral("\u203a"));
        }
    } else {
        painter.setBrush(m_theme.node(part.nid));
        const double dot = m_scale * m_theme.px(10);
        painter.drawRoundedRect(QRectF(0, part.at.center().y() - dot / 2, dot, dot), round, round);
        painter.setPen(ink.text);
        painter.drawText(part.at.adjusted(dot + m_scale * m_theme.px(8), 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(words(part).section('\n', 0, 0), Qt::ElideRight,
                                                          static_cast<int>(part.at.width() - 2 * dot)));
    }
    paintSinceMark(painter, part);
    if (!focused) return;
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(ink.text, 1, Qt::DotLine));
    painter.drawRoundedRect(part.at.adjusted(-1.5, -1.5, 1.5, 1.5), round, round);
}

/// A zone that differs from the marked moment has an edge, a node the number of its free pages more or less.
void NumaCanvas::paintSinceMark(QPainter& painter, const Part& part) const {
    const QString difference = sinceMark(part);
    if (difference.isEmpty()) return;
    const QColor ink = m_theme.difference().ink;
    painter.setBrush(Qt::NoBrush);
    if (part.kind == Part::Kind::zone) {
        const double edge = m_scale * m_theme.px(2);
        painter.setPen(QPen(ink, edge));
        painter.drawLine(part.at.bottomLeft() + QPointF(edge, edge), part.at.bottomRight() + QPointF(-edge, edge));
        return;
    }
    painter.setPen(ink);
    painter.drawText(part.at, Qt::AlignRight | Qt::AlignVCenter, tr("free since A: %1").arg(difference));
}

QString NumaCanvas::words(const Part& part) const {
    const Snapshot& s = *m_snapshot;
    if (part.kind == Part::Kind::distance)
        return tr("From node %1 to node %2: %3\nnode_distance(): ACPI SLIT, 10 is local memory")
            .arg(part.nid)
            .arg(part.zone.nid)
            .arg(nodeDistance(s, part.nid, part.zone.nid));
    if (part.kind == Part::Kind::zone) {
        const Zone* zone = s.state.zones.zone(part.zone.nid, part.zone.type);
        const auto& list = s.state.zones.node(part.nid)->fallback;
        const auto place = std::find(list.begin(), list.end(), part.zone) - list.begin() + 1;
        return tr("%1: number %2 of node %3's zonelist\n%4 managed, %5 free, watermark low %6\n"
                  "node_zonelists[ZONELIST_FALLBACK], build_zonelists(), mm/page_alloc.c")
                   .arg(zoneName(m_snapshot, part.zone))
                   .arg(place)
                   .arg(part.nid)
                   .arg(number(zone ? zone->managed : 0), number(zone ? zone->free_pages : 0),
                        number(zone ? zone->watermark[1] : 0)) +
               (sinceMark(part).isEmpty() ? QString() : tr("\nfree pages since A: %1").arg(sinceMark(part)));
    }
    const Node& node = *s.state.zones.node(part.nid);
    const QString cpus = cpusOfNode(s, part.nid);
    QString line = tr("node %1 \u00b7 %2").arg(part.nid).arg(pagesAsSize(node.present));
    line += cpus.isEmpty() ? tr(" \u00b7 no CPU") : tr(" \u00b7 CPU %1").arg(cpus);
    QStringList ranges;
    for (const NumaMemblk& block : s.state.numa.memblks)
        if (block.nid == part.nid) ranges << rangeText(block.range);
    return line + QStringLiteral(" \u00b7 ") + ranges.join(' ') +
           tr("\n%1 spanned, %2 present\npg_data_t, include/linux/mmzone.h")
               .arg(number(node.spanned), number(node.present));
}

QString NumaCanvas::sinceMark(const Part& part) const {
    const SnapshotPtr& mark = m_state.mark();
    if (!mark || part.kind == Part::Kind::distance) return {};
    const auto freeIn = [&part](const Snapshot& s) {
        NrPages sum = 0;
        for (const Node& node : s.state.zones.nodes)
            for (const Zone& zone : node.zones)
                if (part.kind == Part::Kind::node ? node.nid == part.nid : ZoneRef{zone.nid, zone.type} == part.zone)
                    sum += zone.free_pages;
        return sum;
    };
    const NrPages was = freeIn(*mark), is = freeIn(*m_snapshot);
    if (was == is) return {};
    return (is > was ? QStringLiteral("+") : QString(QChar(0x2212))) + number(is > was ? is - was : was - is);
}

void NumaCanvas::choose(const Part& part) {
    if (part.kind == Part::Kind::distance) return;
    if (part.kind == Part::Kind::zone) {
        m_state.setZone(part.zone);
        if (const Zone* zone = m_snapshot->state.zones.zone(part.zone.nid, part.zone.type))
            m_state.select({.frames = zone->span(), .list = {}, .event = {}});
        return;
    }
    const Node& node = *m_snapshot->state.zones.node(part.nid);
    m_state.select({.frames = {node.start_pfn, node.start_pfn + node.spanned}, .list = {}, .event = {}});
}

void NumaCanvas::mousePressEvent(QMouseEvent* event) {
    const std::vector<Part> all = parts();
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (!all[i].at.contains(event->position())) continue;
        m_focused = i;
        choose(all[i]);
        update();
        return;
    }
    QWidget::mousePressEvent(event);
}

void NumaCanvas::keyPressEvent(QKeyEvent* event) {
    const std::vector<Part> all = parts();
    if (all.empty()) return QWidget::keyPressEvent(event);
    m_focused = std::min(m_focused, all.size() - 1);
    switch (event->key()) {
        case Qt::Key_Right:
        case Qt::Key_Down:
            m_focused = std::min(m_focused + 1, all.size() - 1);
            break;
        case Qt::Key_Left:
        case Qt::Key_Up:
            m_focused -= m_focused > 0;
            break;
        case Qt::Key_Return:
        case Qt::Key_Enter:
        case Qt::Key_Space:
            choose(all[m_focused]);
            break;
        default:
            return QWidget::keyPressEvent(event);
    }
    setAccessibleDescription(words(all[m_focused]));
    update();
}

bool NumaCanvas::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    auto* help = static_cast<QHelpEvent*>(event);
    QToolTip::hideText();
    for (const Part& part : parts())
        if (part.at.contains(help->pos())) QToolTip::showText(help->globalPos(), words(part), this);
    return true;
}

}  // namespace mm::gui
