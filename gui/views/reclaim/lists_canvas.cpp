// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/reclaim/lists_canvas.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>

#include "engine/snapshot/mm_counters.h"
#include "gui/format/format.h"
#include "gui/widgets/difference_mark.h"
#include "gui/widgets/legend_line.h"

namespace mm::gui {
namespace {

struct VmCounter {
    std::string_view name;
    std::uint64_t VmEvents::*value;
};
constexpr std::array vmCounters{
    VmCounter{"pgsteal_kswapd", &VmEvents::pgsteal_kswapd}, VmCounter{"pgsteal_direct", &VmEvents::pgsteal_direct},
    VmCounter{"pageoutrun", &VmEvents::pageoutrun}, VmCounter{"oom_kill", &VmEvents::oom_kill}};
const std::array reclaimCounters{"pgscan_kswapd",
                                 "pgscan_direct",
                                 "pgsteal_kswapd",
                                 "pgsteal_direct",
                                 "pgrefill",
                                 "pswpout",
                                 "pswpin",
                                 "workingset_refault_file",
                                 "workingset_refault_anon",
                                 "workingset_activate_file",
                                 "workingset_activate_anon",
                                 "slabs_scanned",
                                 "pageoutrun",
                                 "oom_kill"};

/// By its name in /proc/vmstat.
std::uint64_t counterOf(const MachineState& state, std::string_view name) {
    for (const VmCounter& counter : vmCounters)
        if (counter.name == name) return state.stats.vm.*counter.value;
    return node_stat(state.processes, name) + mm_event(state.processes.events, name);
}

const std::array<const char*, nr_lru_lists> listNames{"inactive anon", "active anon", "inactive file", "active file",
                                                      "unevictable"};

}  // namespace

ListsCanvas::ListsCanvas(const Theme& theme, ViewState& state, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_state(state) {
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    setAccessibleName(tr("Lists that reclaim takes pages from"));
    connect(&m_state, &ViewState::selectionChanged, this, qOverload<>(&QWidget::update));
    connect(&m_state, &ViewState::markChanged, this, qOverload<>(&QWidget::update));
    connect(&m_theme, &Theme::changed, this, &ListsCanvas::relayout);
}

void ListsCanvas::setSnapshot(const SnapshotPtr& snapshot) {
    m_snapshot = snapshot;
    relayout();
}

void ListsCanvas::relayout() {
    m_tails.clear();
    if (m_snapshot) {
        const LruVecs& lru = m_snapshot->state.processes.lru;
        std::vector<Nid> nodes;
        for (const Node& node : m_snapshot->state.zones.nodes)
            if (static_cast<std::size_t>(node.nid) < lru.size()) nodes.push_back(node.nid);
        m_layout = ListsLayout::fit(nodes, reclaimCounters.size(), m_theme, width() - 1.0);
        for (std::size_t node = 0; node < nodes.size(); ++node) {
            auto& tails = m_tails.emplace_back();
            for (unsigned l = 0; l < nr_lru_lists; ++l)
                tails[l] = lru_tail(vecOf(node).lists[l], m_snapshot->pages, m_layout.tailCells);
        }
    }
    updateGeometry();
    update();
}

const LruVec& ListsCanvas::vecOf(std::size_t node) const {
    return m_snapshot->state.processes.lru[static_cast<std::size_t>(m_layout.nodes[node].nid)];
}

NodeMarks ListsCanvas::marksOf(std::size_t node) const {
    return marks_of(*m_snapshot->state.zones.node(m_layout.nodes[node].nid));
}

QString ListsCanvas::stateWords(std::size_t node) const {
    const NodeMarks marks = marksOf(node);
    if (marks.free > marks.high) return tr("kswapd sleeps");
    if (marks.free > marks.low) return tr("kswapd goes on up to high, once it is awake");
    return marks.free > marks.min ? tr("kswapd is woken") : tr("who asks for memory has to reclaim itself");
}

/// Free memory against its watermarks: the whole bar is four times the high one.
void ListsCanvas::paintGauge(QPainter& painter, std::size_t node) const {
    const Tokens& ink = m_theme.tokens();
    const ListsLayout::NodeRows& rows = m_layout.nodes[node];
    const NodeMarks marks = marksOf(node);
    const NrPages whole = 4 * std::max<NrPages>(marks.high, 1);
    const QFontMetricsF metrics(m_theme.small());
    painter.setFont(m_theme.small());
    painter.setPen(ink.text);
    painter.drawText(
        QPointF(0, rows.caption + metrics.ascent()),
        metrics.elidedText(tr("Node %1 · %2 free · marks: min %3, low %4, high %5, the bar ends at %6 · %7")
                               .arg(rows.nid)
                               .arg(pagesAsSize(marks.free), pagesAsSize(marks.min), pagesAsSize(marks.low),
                                    pagesAsSize(marks.high), pagesAsSize(whole), stateWords(node)),
                           Qt::ElideRight, width()));
    painter.fillRect(rows.gauge, ink.track);
    QRectF filled = rows.gauge;
    filled.setWidth(rows.gauge.width() * std::min(1.0, double(marks.free) / double(whole)));
    const bool enough = marks.free > marks.low;
    painter.fillRect(filled, m_theme.migrate(enough ? MigrateType::reclaimable : MigrateType::unmovable, false));
    for (const NrPages mark : {marks.min, marks.low, marks.high}) {
        const double x = rows.gauge.left() + rows.gauge.width() * double(mark) / double(whole);
        painter.fillRect(QRectF(x, rows.gauge.top() - 2, m_theme.px(2), rows.gauge.height() + 4), ink.text);
    }
    painter.setPen(ink.dim);
    const double heads = rows.lists[0] - m_layout.line + metrics.ascent();
    painter.drawText(QPointF(m_layout.bar, heads), tr("pages, against the longest"));
    painter.drawText(QPointF(m_layout.tail, heads), tr("the tail, looked at first"));
}

QBrush ListsCanvas::inkOf(LruList list, Pfn pfn) const {
    if (list == LruList::unevictable) return m_theme.state(PageState::reserved);
    const std::uint32_t flags = m_snapshot->pages.at(pfn).flags;
    if (is_file(list) && (flags & bit(PageFlag::dirty))) return m_theme.migrate(MigrateType::unmovable, false);
    const MigrateType hue = is_file(list) ? MigrateType::reclaimable : MigrateType::movable;
    return m_theme.migrate(hue, !(flags & bit(PageFlag::referenced)));
}

void ListsCanvas::paintList(QPainter& painter, std::size_t node, LruList list, NrPages most) const {
    const Tokens& ink = m_theme.tokens();
    const auto l = static_cast<std::size_t>(list);
    const double top = m_layout.nodes[node].lists[l];
    const NrPages pages = vecOf(node).pages(list);
    painter.setFont(m_theme.small());
    painter.setPen(ink.text);
    painter.drawText(QRectF(0, top, m_layout.amount, m_layout.row), int{Qt::AlignLeft} | int{Qt::AlignVCenter},
                     QString::fromLatin1(listNames[l]));
    painter.setFont(m_theme.mono());
    painter.drawText(QRectF(m_layout.amount, top, m_layout.bar - m_layout.amount - m_theme.px(10), m_layout.row),
                     int{Qt::AlignRight} | int{Qt::AlignVCenter}, pages ? pagesAsSize(pages) : QStringLiteral("0"));
    QRectF bar = m_layout.barOf(node, list);
    painter.fillRect(bar, ink.track);
    const SnapshotPtr& mark = m_state.mark();
    const LruVecs* then = mark ? &mark->state.processes.lru : nullptr;
    const auto nid = static_cast<std::size_t>(m_layout.nodes[node].nid);
    const bool differs = then && (nid < then->size() ? (*then)[nid].pages(list) : 0) != pages;
    const double share = double(pages) / double(std::max<NrPages>(most, 1));
    bar.setWidth(pages ? std::max<double>(m_theme.px(2), bar.width() * share) : 0);
    const MigrateType hue = is_file(list) ? MigrateType::reclaimable : MigrateType::movable;
    painter.fillRect(bar,
                     list == LruList::unevictable ? m_theme.state(PageState::reserved) : m_theme.migrate(hue, false));
    if (differs) paintDiffers(painter, m_theme, m_layout.barOf(node, list));
    const auto& tail = m_tails[node][l];
    for (std::size_t i = 0; i < tail.size(); ++i) {
        const QRectF cell = m_layout.cellOf(node, list, i);
        painter.fillRect(cell, inkOf(list, tail[i]));
        if (!m_state.selection().touches({tail[i], tail[i] + 1})) continue;
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(ink.accent, m_theme.px(2)));
        painter.drawRect(cell);
    }
}

void ListsCanvas::paintShrinkers(QPainter& painter, std::size_t node) const {
    const MmState& state = m_snapshot->state.processes;
    const auto nid = static_cast<std::uint32_t>(m_layout.nodes[node].nid);
    const QFontMetricsF metrics(m_theme.small());
    painter.setFont(m_theme.small());
    painter.setPen(m_theme.tokens().dim);
    const std::size_t queue = nid < state.thp.queues.size() ? state.thp.queues[nid].folios.size() : 0;
    painter.drawText(
        QPointF(0, m_layout.nodes[node].shrinkers + metrics.ascent() + m_theme.px(3)),
        metrics.elidedText(
            tr("shrinkers have %1 dentries, %2 inodes, %3 nodes of shadows, %4 huge pages to split")
                .arg(number(state.file_lists->dentries.count(nid)), number(state.file_lists->inodes.count(nid)),
                     number(state.file_lists->shadow_nodes.count(nid)), number(queue)),
            Qt::ElideRight, width()));
}

void ListsCanvas::paintCounters(QPainter& painter) const {
    const Tokens& ink = m_theme.tokens();
    const std::size_t rows = (reclaimCounters.size() + m_layout.counterColumns - 1) / m_layout.counterColumns;
    for (std::size_t i = 0; i < reclaimCounters.size(); ++i) {
        const QRectF place(m_layout.counterWidth * double(i / rows),
                           m_layout.counters + m_layout.line * double(i % rows), m_layout.counterWidth - m_theme.px(16),
                           m_layout.line);
        const std::uint64_t value = counterOf(m_snapshot->state, reclaimCounters[i]);
        painter.setFont(m_theme.small());
        painter.setPen(value ? ink.text : ink.dim);
        painter.drawText(place, int{Qt::AlignLeft} | int{Qt::AlignVCenter}, QString::fromLatin1(reclaimCounters[i]));
        painter.setFont(m_theme.mono());
        painter.drawText(place, int{Qt::AlignRight} | int{Qt::AlignVCenter}, number(value));
    }
}

void ListsCanvas::paintLegend(QPainter& painter) const {
    paintLegendLine(painter, m_theme, {0, m_layout.legend}, width(),
                    {{m_theme.migrate(MigrateType::movable, false), tr("anonymous, referenced")},
                     {m_theme.migrate(MigrateType::movable, true), tr("anonymous, not referenced")},
                     {m_theme.migrate(MigrateType::reclaimable, false), tr("of a file, referenced")},
                     {m_theme.migrate(MigrateType::reclaimable, true), tr("of a file, not referenced")},
                     {m_theme.migrate(MigrateType::unmovable, false), tr("dirty")}});
}

void ListsCanvas::paintEvent(QPaintEvent* event) {
    QPainter painter(this);
    painter.fillRect(event->rect(), m_theme.tokens().panel);
    if (!m_snapshot) return;
    for (std::size_t node = 0; node < m_layout.nodes.size(); ++node) {
        NrPages most = 0;
        for (unsigned l = 0; l < nr_lru_lists; ++l)
            most = std::max(most, vecOf(node).pages(static_cast<LruList>(l)));
        paintGauge(painter, node);
        for (unsigned l = 0; l < nr_lru_lists; ++l)
            paintList(painter, node, static_cast<LruList>(l), most);
        paintShrinkers(painter, node);
    }
    paintLegend(painter);
    paintCounters(painter);
}

void ListsCanvas::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    if (event->size().width() != event->oldSize().width()) relayout();
}

Pfn ListsCanvas::pageAt(QPointF at) const {
    for (std::size_t node = 0; node < m_tails.size(); ++node)
        for (unsigned l = 0; l < nr_lru_lists; ++l) {
            const double top = m_layout.nodes[node].lists[l];
            if (at.y() < top || at.y() >= top + m_layout.row || at.x() < m_layout.tail) continue;
            const auto i = static_cast<std::size_t>((at.x() - m_layout.tail) / m_layout.cell);
            if (i < m_tails[node][l].size()) return m_tails[node][l][i];
        }
    return no_pfn;
}

QString ListsCanvas::pageWords(Pfn pfn) const {
    const MmState& state = m_snapshot->state.processes;
    const PageMapping& mapping = state.mappings[pfn];
    const std::uint32_t flags = m_snapshot->pages.at(pfn).flags;
    QString out =
        mapping.kind == MappingKind::file
            ? tr("frame %1, page %2 of %3").arg(hex(pfn), number(mapping.index), text(state.file(mapping.id).path))
            : tr("frame %1, anonymous").arg(hex(pfn));
    out += flags & bit(PageFlag::referenced) ? tr(": referenced since it was looked at") : tr(": not referenced");
    if (flags & bit(PageFlag::dirty)) out += tr(", dirty");
    return out + tr("\nstruct lruvec, mm/vmscan.c: shrink_inactive_list() begins at the tail");
}

void ListsCanvas::mousePressEvent(QMouseEvent* event) {
    const Pfn pfn = m_snapshot ? pageAt(event->position()) : no_pfn;
    if (pfn == no_pfn) return QWidget::mousePressEvent(event);
    m_state.select({.frames = {pfn, pfn + 1}, .list = {}, .event = {}});
}

/// Along the list that the selected page is on.
void ListsCanvas::keyPressEvent(QKeyEvent* event) {
    const bool right = event->key() == Qt::Key_Right;
    if (!m_snapshot || (!right && event->key() != Qt::Key_Left)) return QWidget::keyPressEvent(event);
    const Pfn from = m_state.selection().frames.start;
    for (const auto& lists : m_tails)
        for (const std::vector<Pfn>& tail : lists) {
            const auto at = std::find(tail.begin(), tail.end(), from);
            if (at == tail.end()) continue;
            const auto next = right ? at + 1 : at - 1;
            if (right ? next == tail.end() : at == tail.begin()) return;
            m_state.select({.frames = {*next, *next + 1}, .list = {}, .event = {}});
            return setAccessibleDescription(pageWords(*next));
        }
    for (const auto& lists : m_tails)
        for (const std::vector<Pfn>& tail : lists)
            if (!tail.empty()) return m_state.select({.frames = {tail[0], tail[0] + 1}, .list = {}, .event = {}});
}

bool ListsCanvas::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip || !m_snapshot) return QWidget::event(event);
    auto* help = static_cast<QHelpEvent*>(event);
    QToolTip::hideText();
    if (const Pfn pfn = pageAt(help->pos()); pfn != no_pfn) QToolTip::showText(help->globalPos(), pageWords(pfn), this);
    for (std::size_t node = 0; node < m_layout.nodes.size(); ++node)
        if (m_layout.nodes[node].gauge.adjusted(0, -4, 0, 4).contains(help->pos()))
            QToolTip::showText(help->globalPos(),
                               tr("Free memory of the node; marks: min, low, high (the whole bar is four times high)\n"
                                  "%1\nbalance_pgdat(), mm/vmscan.c")
                                   .arg(stateWords(node)),
                               this);
    return true;
}

}  // namespace mm::gui
