// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/why/why_view.h"

#include <QTextBrowser>
#include <QUrl>
#include <QVBoxLayout>

#include "gui/format/format.h"
#include "gui/views/why/why_page.h"

namespace mm::gui {

WhyView::WhyView(const ViewContext& context, QWidget* parent) : View(context, parent), m_page(new QTextBrowser(this)) {
    setAccessibleName(tr("Why this allocation"));
    m_page->setAccessibleName(tr("Why this allocation"));
    m_page->setOpenLinks(false);
    m_page->setFrameShape(QFrame::NoFrame);
    m_page->setContextMenuPolicy(Qt::NoContextMenu);  // the panel's own
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_page);
    setFocusProxy(m_page);
    connect(m_page, &QTextBrowser::anchorClicked, this, &WhyView::follow);
    connect(&m_state, &ViewState::selectionChanged, this, &WhyView::ask);
    connect(&m_theme, &Theme::changed, this, &WhyView::restyle);
    restyle();
}

void WhyView::setSnapshot(const SnapshotPtr& snapshot) {
    m_snapshot = snapshot;
    ask();
}

void WhyView::setStatus(const WorkerStatus& status) {
    const bool before = std::exchange(m_running, status.playing || status.workload);
    if (before && !m_running) ask();
}

/// The selected event; while the cursor stands elsewhere, that before the cursor.
std::optional<Position> WhyView::eventInQuestion() const {
    if (!m_snapshot) return {};
    const auto selected = m_state.selection().event;
    const Position position = selected && *selected <= m_snapshot->total ? *selected : m_snapshot->at;
    if (position == 0) return {};
    return position - 1;
}

void WhyView::ask() {
    if (!m_snapshot || !isVisible() || m_running) return;
    const auto event = eventInQuestion();
    if (!event) return refresh();
    if (m_asked == event && m_askedTotal == m_snapshot->total && m_askedOf == m_snapshot->machine) return;
    m_asked = event;
    m_askedTotal = m_snapshot->total;
    m_askedOf = m_snapshot->machine;
    const auto& stages = m_snapshot->history.stages();
    if (m_snapshot->history.event(*event).stage < stages.size()) return refresh();  // the boot asks nobody
    Q_EMIT requested(AskWhy{*event});
}

void WhyView::setAnswers(const Answers& answers) {
    if (answers.why == m_answer) return;
    m_answer = answers.why;
    refresh();
}

std::optional<Position> WhyView::nextAllocation() const {
    const History& history = m_snapshot->history;
    constexpr Position farthest = 20000;  // a look through more would be felt
    const Position from = m_asked.value_or(0), end = std::min(history.size(), from + farthest);
    for (Position p = from; p < end; ++p) {
        const EventKind kind = history.event(p).event.kind;
        if (ends_request_for_pages(kind) || hands_out_object(kind)) return p;
    }
    return {};
}

void WhyView::showEmpty(const QString& sentence) {
    QString html = QStringLiteral("<p style='color:%1;font-size:%2px'>%3</p>")
                       .arg(m_theme.tokens().dim.name())
                       .arg(m_theme.px(13))
                       .arg(sentence.toHtmlEscaped());
    if (const auto next = m_snapshot ? nextAllocation() : std::nullopt)
        html += QStringLiteral(
                    "<p style='font-size:%1px'><a href='event:%2' style='color:%3;text-decoration:none'>%4"
                    "</a></p>")
                    .arg(m_theme.px(13))
                    .arg(*next)
                    .arg(m_theme.tokens().accent.name(), tr("The next allocation: event %1 ▸").arg(number(*next + 1)));
    m_page->setHtml(html);
}

void WhyView::refresh() {
    const auto event = eventInQuestion();
    QString context;
    const bool answered = m_answer && event && m_answer->event == *event;
    if (answered && m_answer->refusal.isEmpty()) {
        m_page->setHtml(whyPage(m_answer->explanation, m_theme, m_page->viewport()->width()));
        context = m_answer->explanation.first == m_answer->explanation.last
                      ? tr("event %1").arg(number(m_answer->explanation.last + 1))
                      : tr("events %1 – %2")
                            .arg(number(m_answer->explanation.first + 1), number(m_answer->explanation.last + 1));
    } else if (answered) {
        showEmpty(m_answer->refusal);
    } else if (!event) {
        showEmpty(
            tr("Why an allocation got its page frame, decision by decision: click an mm_page_alloc in Events, or "
               "allocate something in Experiment."));
    } else {
        showEmpty(
            tr("This event is of the boot, which asks memblock and not the page allocator. Click an mm_page_alloc "
               "in Events, or run the boot to its end (F5) and allocate something in Experiment."));
    }
    if (context == m_contextText) return;
    m_contextText = context;
    Q_EMIT contextChanged();
}

void WhyView::follow(const QUrl& url) {
    const QStringList parts = url.toString().split(':');
    if (parts.size() < 2) return;
    const auto value = [&parts](int i) { return parts.value(i).toULongLong(); };
    if (parts[0] == "frames") {
        Selection s = m_state.selection();
        s.frames = {value(1), value(1) + std::max<NrPages>(1, value(2))};
        m_state.select(s);
    } else if (parts[0] == "zone") {
        m_state.setZone(ZoneRef{static_cast<Nid>(value(1)), static_cast<ZoneType>(value(2))});
    } else if (parts[0] == "event" && value(1) < m_snapshot->history.size()) {
        const Position event = value(1);
        m_state.select(
            {.frames = touched_pfns(m_snapshot->history.event(event).event.touched), .list = {}, .event = event + 1});
        Q_EMIT requested(Seek{event + 1});
    }
}

Table WhyView::table() const {
    return hasTable() ? whyTable(m_answer->explanation) : Table{};
}

QString WhyView::plainText() const {
    return m_page->toPlainText();
}

void WhyView::resizeEvent(QResizeEvent* event) {
    View::resizeEvent(event);
    if (hasTable()) refresh();
}

void WhyView::restyle() {
    QPalette palette = m_page->palette();
    palette.setColor(QPalette::Base, m_theme.tokens().panel);
    palette.setColor(QPalette::Text, m_theme.tokens().text);
    m_page->setPalette(palette);
    m_page->setFont(m_theme.body());
    refresh();
}

}  // namespace mm::gui
