// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/fragmentation/fragmentation_view.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QStackedWidget>
#include <QTabBar>
#include <QVBoxLayout>

#include "gui/format/format.h"

namespace mm::gui {

FragmentationView::FragmentationView(const ViewContext& context, QWidget* parent)
    : View(context, parent),
      m_controls(new QWidget),
      m_tabs(new QTabBar(m_controls)),
      m_pages(new QStackedWidget(this)),
      m_pollution(new PollutionPage(m_theme, m_state, m_pages)),
      m_transitions(new TransitionsCanvas(m_theme, m_pages)),
      m_picker(new ZonePicker(m_state, m_controls)),
      m_canvas(new FragCanvas(m_theme, this)),
      m_empty(
          new QLabel(tr("Fragmentation appears once memory is freed to the page allocator: press F5 to run the boot "
                        "to its end, then start a workload (Experiment)"),
                     this)) {
    setAccessibleName(tr("Fragmentation"));
    m_empty->setWordWrap(true);
    m_empty->setAlignment(Qt::AlignTop);
    auto* first = new QWidget(m_pages);
    auto* column = new QVBoxLayout(first);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_empty);
    column->addWidget(m_canvas, 1);
    m_canvas->hide();
    for (QWidget* page : {first, static_cast<QWidget*>(m_pollution), static_cast<QWidget*>(m_transitions)})
        m_pages->addWidget(page);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_pages);
    for (const QString& name : {tr("Index"), tr("Pollution"), tr("Transitions")})
        m_tabs->addTab(name);
    m_tabs->setDocumentMode(true);
    m_tabs->setDrawBase(false);
    m_tabs->setAccessibleName(tr("Index, pollution or transitions"));
    auto* row = new QHBoxLayout(m_controls);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(m_tabs);
    row->addWidget(m_picker);
    setFocusProxy(m_canvas);
    connect(m_tabs, &QTabBar::currentChanged, this, &FragmentationView::showTab);
    connect(m_pollution, &PollutionPage::asked, this, [this](Position event) { Q_EMIT requested(Seek{event + 1}); });
    connect(m_transitions, &TransitionsCanvas::asked, this, [this](const TypeChange& change) {
        m_state.select(
            {.frames = {change.first, change.first + pageblock_pages}, .list = {}, .event = change.event + 1});
        Q_EMIT requested(Seek{change.event + 1});
    });
    connect(m_canvas, &FragCanvas::asked, this, [this](Position at) { Q_EMIT requested(Seek{at}); });
    connect(m_picker, &ZonePicker::zoneChanged, this, &FragmentationView::showZone);
    connect(&m_state, &ViewState::markChanged, this, &FragmentationView::showZone);
}

void FragmentationView::setSnapshot(const SnapshotPtr& snapshot) {
    const bool other = m_snapshot && m_snapshot->machine != snapshot->machine;
    m_snapshot = snapshot;
    if (other) m_answer.reset();
    m_picker->setSnapshot(snapshot);
    showZone();
    ask();
}

void FragmentationView::showTab() {
    m_pages->setCurrentIndex(m_tabs->currentIndex());
    m_picker->setVisible(m_tabs->currentIndex() == index);
    setFocusProxy(m_tabs->currentIndex() == pollutionTab     ? static_cast<QWidget*>(&m_pollution->canvas())
                  : m_tabs->currentIndex() == transitionsTab ? static_cast<QWidget*>(m_transitions)
                                                             : m_canvas);
    showZone();
    ask();
}

void FragmentationView::ask() {
    if (!m_snapshot || m_tabs->currentIndex() == index || !isVisible()) return;
    if (!m_answer) {
        m_pollution->setMap(m_snapshot, nullptr);
        m_transitions->setMap(nullptr);
    }
    if (m_running) return;
    const bool same = m_askedOf == m_snapshot->machine && m_askedTotal == m_snapshot->total;
    if (same && m_askedAt == m_snapshot->at) return;
    m_askedOf = m_snapshot->machine;
    m_askedAt = m_snapshot->at;
    m_askedTotal = m_snapshot->total;
    Q_EMIT requested(AskPollution{});
}

void FragmentationView::setStatus(const WorkerStatus& status) {
    const bool before = std::exchange(m_running, status.playing || status.workload);
    if (before && !m_running) ask();
}

void FragmentationView::setAnswers(const Answers& answers) {
    if (answers.pollution == m_answer || !m_snapshot) return;
    m_answer = answers.pollution;
    m_pollution->setMap(m_snapshot, m_answer);
    m_transitions->setMap(m_answer);
    showZone();
}

void FragmentationView::tell(const QString& context) {
    if (context == m_contextText) return;
    m_contextText = context;
    Q_EMIT contextChanged();
}

void FragmentationView::showZone() {
    if (!m_snapshot) return;
    if (m_tabs->currentIndex() == pollutionTab)
        return tell(m_answer ? tr("%1 pageblocks").arg(number(m_answer->map.blocks.size())) : QString());
    if (m_tabs->currentIndex() == transitionsTab)
        return tell(m_answer ? tr("%1 changes so far").arg(number(m_answer->map.changes.size())) : QString());
    const ZoneRef ref = m_picker->zone();
    const auto& samples = m_snapshot->history.samples();
    // While one only moves in time the samples stay: the same shared vector.
    if (&samples != m_shownSamples || samples.size() != m_shownCount || m_snapshot->total != m_shownEnd ||
        ref != m_shownZone) {
        m_shownSamples = &samples;
        m_shownCount = samples.size();
        m_shownEnd = m_snapshot->total;
        m_shownZone = ref;
        m_canvas->setSeries(fragSeries(samples, ref, ordersOf(m_snapshot)), ordersOf(m_snapshot), m_snapshot->total);
    }
    const Zone* zone = zoneIn(m_snapshot, ref);
    const bool free = zone && zone->free_pages != 0;
    m_canvas->setNow(free ? fragPoint(*zone, m_snapshot->at, ordersOf(m_snapshot)) : FragPoint{}, free);
    const SnapshotPtr& mark = m_state.mark();
    const Zone* was = mark ? zoneIn(mark, ref) : nullptr;
    m_canvas->setMark(
        was && was->free_pages != 0 ? std::optional(fragPoint(*was, mark->at, ordersOf(m_snapshot))) : std::nullopt,
        mark && mark->machine == m_snapshot->machine && mark->at <= m_snapshot->total);
    const bool any = !m_canvas->series().empty();
    m_canvas->setVisible(any);
    m_empty->setVisible(!any);
    const FragPoint now = free ? fragPoint(*zone, m_snapshot->at, ordersOf(m_snapshot)) : FragPoint{};
    QString context =
        now.largest < 0
            ? QString()
            : tr("largest free block: order %1, %2").arg(now.largest).arg(pagesAsSize(NrPages{1} << now.largest));
    if (was && !context.isEmpty()) context += tr(" · in colour: differs from A");
    tell(context);
}

QString FragmentationView::procName() const {
    return m_tabs->currentIndex() == index ? QStringLiteral("/sys/kernel/debug/extfrag/unusable_index") : QString();
}

Table FragmentationView::table() const {
    if (m_tabs->currentIndex() == pollutionTab) return m_pollution->table();
    if (m_tabs->currentIndex() == transitionsTab) return m_transitions->table();
    Table table{{tr("event"), tr("order"), tr("unusable"), tr("extfrag"), tr("largest order")}, {}};
    for (const FragPoint& point : m_canvas->series())
        for (unsigned order = 0; order < ordersOf(m_snapshot); ++order)
            table.rows.push_back({QString::number(point.at), QString::number(order),
                                  QString::number(point.unusable[order] / 1000.0, 'f', 3),
                                  QString::number(point.extfrag[order] / 1000.0, 'f', 3),
                                  QString::number(point.largest)});
    return table;
}

QString FragmentationView::procText() const {
    QString out;
    for (const ZoneRef ref : populatedZones(m_snapshot)) {
        const FragPoint point = fragPoint(*zoneIn(m_snapshot, ref), m_snapshot->at, ordersOf(m_snapshot));
        out += QStringLiteral("Node %1, zone %2 ").arg(ref.nid).arg(text(name_of(ref.type)), 8);
        for (unsigned order = 0; order < ordersOf(m_snapshot); ++order)
            out += QStringLiteral("%1 ").arg(point.unusable[order] / 1000.0, 0, 'f', 3);
        out += '\n';
    }
    return out;
}

}  // namespace mm::gui
