// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/events/events_view.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QMenu>
#include <QShortcut>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>

#include "gui/format/format.h"
#include "gui/views/events/event_model.h"
#include "gui/widgets/moment_list.h"

namespace mm::gui {
EventsView::EventsView(const ViewContext& context, QWidget* parent)
    : View(context, parent),
      m_model(new EventModel(this)),
      m_list(new QTableView(this)),
      m_controls(new QWidget),
      m_kind(new QComboBox(m_controls)),
      m_words(new QLineEdit(m_controls)) {
    m_list->setModel(m_model);
    m_list->setItemDelegate(
        new MomentDelegate(m_theme, EventModel::futureRole, EventModel::currentRole, EventModel::what, m_list));
    makeList(*m_list);
    m_list->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_list->setAccessibleName(tr("Events"));
    m_kind->addItem(tr("all kinds"));
    for (int kind = 0; kind <= static_cast<int>(EventKind::kernel_note); ++kind)
        m_kind->addItem(text(name_of(static_cast<EventKind>(kind))), kind);
    m_kind->setAccessibleName(tr("Kind of event"));
    m_kind->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_kind->setMinimumContentsLength(14);
    m_words->setPlaceholderText(tr("filter"));
    m_words->setClearButtonEnabled(true);
    m_words->setAccessibleName(tr("Filter events"));
    m_words->setToolTip(tr("Words that all occur in the event or the name of its stage: \"order 9 Movable\""));
    auto* row = new QHBoxLayout(m_controls);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(m_kind);
    row->addWidget(m_words);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_list);
    m_scan.setInterval(0);
    m_follow.setInterval(0);
    m_follow.setSingleShot(true);
    connect(&m_follow, &QTimer::timeout, this, &EventsView::follow);
    connect(&m_scan, &QTimer::timeout, this, &EventsView::scan);
    connect(m_words, &QLineEdit::textChanged, this, &EventsView::refilter);
    connect(m_kind, &QComboBox::currentIndexChanged, this, &EventsView::refilter);
    connect(m_list, &QTableView::clicked, this, &EventsView::goTo);
    connect(m_list, &QTableView::activated, this, &EventsView::goTo);
    for (const bool forward : {true, false}) {
        auto* key = new QShortcut(QKeySequence(forward ? "N" : "Shift+N"), m_list);
        key->setContext(Qt::WidgetShortcut);
        connect(key, &QShortcut::activated, this, [this, forward] { goToSameKind(forward); });
    }
    connect(&m_theme, &Theme::changed, this, &EventsView::restyle);
    setFocusProxy(m_list);
    restyle();
}

void EventsView::setSnapshot(const SnapshotPtr& snapshot) {
    m_snapshot = snapshot;
    m_model->setSnapshot(snapshot);
    m_list->setColumnHidden(EventModel::stage, snapshot->history.stages().empty());  // a recording has none
    fitNumbers();
    if (!m_model->filter().empty() && m_model->scanned() < m_model->total()) m_scan.start();
    showNow();
    describe();
}

void EventsView::refilter() {
    EventFilter filter;
    filter.words = m_words->text().split(' ', Qt::SkipEmptyParts);
    if (m_kind->currentIndex() > 0) filter.kind = static_cast<EventKind>(m_kind->currentData().toInt());
    m_model->setFilter(filter);
    if (!filter.empty()) m_scan.start();
    showNow();
    describe();
}

void EventsView::scan() {
    if (m_model->scanSome()) return describe();
    m_scan.stop();
    showNow();
    describe();
}

/// The line of now in sight; the user's own place is left alone where it already is. Not at once: the list knows its
/// new length only when it has been laid out.
void EventsView::showNow() {
    m_follow.start();
}

void EventsView::follow() {
    if (!m_snapshot) return;
    const int row = m_model->rowBefore(m_snapshot->at);
    if (row >= 0) m_list->scrollTo(m_model->index(row, 0));
}

void EventsView::goTo(const QModelIndex& index) {
    if (!index.isValid() || m_list->selectionModel()->selectedRows().size() > 1) return;
    const Position event = m_model->eventAt(index.row());
    m_state.select(
        {.frames = touched_pfns(m_snapshot->history.event(event).event.touched), .list = {}, .event = event + 1});
    Q_EMIT requested(Seek{event + 1});
}

void EventsView::goToSameKind(bool forward) {
    if (!m_snapshot || m_snapshot->at == 0) return;
    const History& history = m_snapshot->history;
    const EventKind kind = m_snapshot->last_event().event.kind;
    Position event = m_snapshot->at - 1;
    do {
        if (forward ? event + 1 >= history.size() : event == 0) return;
        forward ? ++event : --event;
    } while (history.event(event).event.kind != kind);
    m_state.select({.frames = touched_pfns(history.event(event).event.touched), .list = {}, .event = event + 1});
    Q_EMIT requested(Seek{event + 1});
}

void EventsView::fillMenu(QMenu& menu, QPoint place) {
    const QModelIndex index = m_list->indexAt(m_list->viewport()->mapFrom(this, place));
    if (!index.isValid()) return;
    const Position event = m_model->eventAt(index.row());
    menu.addAction(tr("Why this allocation?\tShift+F1"), this, [this, event] {
        m_state.select(
            {.frames = touched_pfns(m_snapshot->history.event(event).event.touched), .list = {}, .event = event + 1});
        Q_EMIT requested(Seek{event + 1});
        Q_EMIT revealed(QStringLiteral("why"));
    });
    menu.addAction(tr("Go to this moment"), this, [this, event] { Q_EMIT requested(Seek{event + 1}); });
}

Table EventsView::table() const {
    std::vector<int> rows;
    for (const QModelIndex& index : m_list->selectionModel()->selectedRows())
        rows.push_back(index.row());
    std::sort(rows.begin(), rows.end());
    return tableOf(*m_model, rows.size() > 1 ? rows : std::vector<int>{});
}

void EventsView::describe() {
    const QString total = number(m_model->total());
    QString context = tr("%1 events").arg(total);
    if (!m_model->filter().empty()) context = tr("%1 of %2").arg(number(std::uint64_t(m_model->rowCount())), total);
    if (isFiltering()) {
        const Position all = std::max<Position>(1, m_model->total());
        context += tr(" · looked through %1 %").arg(m_model->scanned() * 100 / all);
    }
    if (context == m_contextText) return;
    m_contextText = context;
    Q_EMIT contextChanged();
}

void EventsView::fitNumbers() {
    const QString longest = number(std::max<Position>(10000, m_model->total()));
    const int wide = QFontMetrics(m_theme.mono()).horizontalAdvance(longest) + m_theme.px(16);
    if (m_list->columnWidth(EventModel::number_) != wide) m_list->setColumnWidth(EventModel::number_, wide);
}

void EventsView::resizeEvent(QResizeEvent* event) {
    View::resizeEvent(event);
    showNow();
}

void EventsView::restyle() {
    m_list->setFont(m_theme.mono());
    m_list->horizontalHeader()->setFont(m_theme.small());
    const QFontMetrics metrics(m_theme.mono());
    m_list->verticalHeader()->setMinimumSectionSize(1);
    m_list->verticalHeader()->setDefaultSectionSize(metrics.height() + m_theme.px(3));
    fitNumbers();
    m_list->setColumnWidth(EventModel::stage, metrics.horizontalAdvance("e820__memblock_setup") + m_theme.px(12));
    m_kind->setFont(m_theme.small());
    m_words->setFont(m_theme.small());
    m_words->setFixedWidth(m_theme.px(160));
    m_controls->layout()->setSpacing(m_theme.px(6));
}

}  // namespace mm::gui
