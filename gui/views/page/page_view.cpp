// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/page/page_view.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QTabBar>
#include <QVBoxLayout>

#include "engine/snapshot/callers_block.h"
#include "gui/format/format.h"
#include "gui/models/difference_words.h"
#include "gui/views/page/flags_strip.h"
#include "gui/widgets/frame_menu.h"

namespace mm::gui {

PageView::PageView(const ViewContext& context, QWidget* parent) : View(context, parent) {
    makeParts();
    connect(&m_state, &ViewState::selectionChanged, this, [this] { refresh(); });
    connect(&m_state, &ViewState::markChanged, this, [this] { refresh(); });
    connect(&m_state, &ViewState::hoveredChanged, this, [this] {
        if (m_state.selection().frames.empty()) refresh();
    });
    connect(&m_theme, &Theme::changed, this, [this] { ink(); });
    ink();
    refresh();
}

void PageView::makeParts() {
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    m_empty = new QLabel(tr("Click a page frame to see its struct page"), this);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    outer->addWidget(m_empty, 1);
    m_scroll = new QScrollArea(this);
    m_scroll->setAccessibleName(tr("Fields of struct page"));
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setWidgetResizable(true);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    outer->addWidget(m_scroll, 1);
    m_body = new QWidget;
    m_scroll->setWidget(m_body);
    auto* column = new QVBoxLayout(m_body);
    column->setContentsMargins(0, 0, 0, 0);
    m_flags = new FlagsStrip(m_theme, m_body);
    column->addWidget(m_flags);
    m_grid = new QGridLayout;
    m_grid->setColumnStretch(1, 1);
    column->addLayout(m_grid);
    auto* buttons = new QHBoxLayout;
    column->addLayout(buttons);
    column->addStretch(1);
    m_life = new LifeList(m_theme, this);
    outer->addWidget(m_life, 1);
    m_tabs = new QTabBar;
    m_tabs->setDocumentMode(true);
    m_tabs->setDrawBase(false);
    m_tabs->addTab(tr("Fields"));
    m_tabs->addTab(tr("Biography"));
    m_tabs->setAccessibleName(tr("Fields or biography"));
    connect(m_tabs, &QTabBar::currentChanged, this, &PageView::refresh);
    connect(m_life, &LifeList::asked, this, [this](Position event) { Q_EMIT requested(Seek{event + 1}); });
    m_head = new QPushButton(tr("Head of block"), this);
    m_head->setToolTip(tr("Selects the first frame of the block this one belongs to"));
    m_free = new QPushButton(tr("Free this block"), this);
    m_free->setToolTip(tr("__free_pages(): gives the allocation back to the buddy, mm/page_alloc.c"));
    buttons->addWidget(m_head);
    buttons->addWidget(m_free);
    buttons->addStretch(1);
    connect(m_head, &QPushButton::clicked, this, [this] {
        if (m_block) goTo(m_block->head);
    });
    connect(m_free, &QPushButton::clicked, this, [this] {
        if (m_block && !m_block->free) Q_EMIT requested(Free{m_block->head, m_block->order});
    });
}

void PageView::ink() {
    const Tokens& t = m_theme.tokens();
    m_empty->setFont(m_theme.body());
    m_empty->setStyleSheet(QStringLiteral("color: %1").arg(t.dim.name()));
    for (const auto& [name, value] : m_rows) {
        name->setFont(m_theme.mono());
        name->setStyleSheet(QStringLiteral("color: %1").arg(t.dim.name()));
        value->setFont(m_theme.mono());
        value->setStyleSheet(QStringLiteral("color: %1").arg(t.text.name()));
    }
    m_grid->setHorizontalSpacing(m_theme.px(12));
    m_grid->setVerticalSpacing(m_theme.px(3));
    m_body->layout()->setSpacing(m_theme.px(8));
    layout()->setSpacing(m_theme.px(8));
    refresh();
}

std::optional<Pfn> PageView::shownFrame() const {
    const PfnRange selected = m_state.selection().frames;
    if (!selected.empty()) return selected.start;
    return m_state.hovered();
}

void PageView::goTo(Pfn pfn) {
    Selection s;
    s.frames = {pfn, pfn + 1};
    m_state.select(s);
}

void PageView::setSnapshot(const SnapshotPtr& snapshot) {
    m_snapshot = snapshot;
    refresh();
}

bool PageView::showsLife() const {
    return m_tabs->currentIndex() == 1;
}

/// Of a selected frame, not of each one the pointer passes; while the machine runs by itself the list would never rest.
void PageView::askLife() {
    const PfnRange selected = m_state.selection().frames;
    if (!m_snapshot || selected.empty() || m_running || !isVisible()) return;
    const LifeAnswer* known = m_life->lifeModel().life();
    if (known && known->pfn == selected.start && known->total == m_snapshot->total && m_askedOf == m_snapshot->machine)
        return m_life->lifeModel().setNow(m_snapshot->at);
    if (m_asked == selected.start && m_askedTotal == m_snapshot->total && m_askedOf == m_snapshot->machine) return;
    m_asked = selected.start;
    m_askedTotal = m_snapshot->total;
    m_askedOf = m_snapshot->machine;
    Q_EMIT requested(AskLife{m_asked});
}

void PageView::fillMenu(QMenu& menu, QPoint) {
    addFrameCommands(menu, m_snapshot.get(), shownFrame(),
                     [this](const QString& words) { Q_EMIT requested(RunCommand{words}); });
}

void PageView::setStatus(const WorkerStatus& status) {
    const bool before = std::exchange(m_running, status.playing || status.workload);
    if (before && !m_running && showsLife()) refresh();
}

void PageView::setAnswers(const Answers& answers) {
    if (!answers.life || answers.life->pfn != m_asked || !m_snapshot) return;
    if (m_life->lifeModel().life() == answers.life.get()) return;
    m_life->setLife(answers.life, m_snapshot->at);
    refresh();
}

QString PageView::contextText() const {
    return m_context;
}

void PageView::showRows(const std::vector<PageRow>& rows) {
    while (m_rows.size() < rows.size()) {
        auto* name = new QLabel(m_body);
        auto* value = new QLabel(m_body);
        name->setFont(m_theme.mono());
        value->setFont(m_theme.mono());
        name->setStyleSheet(QStringLiteral("color: %1").arg(m_theme.tokens().dim.name()));
        value->setStyleSheet(QStringLiteral("color: %1").arg(m_theme.tokens().text.name()));
        value->setWordWrap(true);
        value->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::LinksAccessibleByMouse |
                                       Qt::LinksAccessibleByKeyboard);
        connect(value, &QLabel::linkActivated, this, [this](const QString& link) { goTo(link.toULongLong()); });
        const int line = static_cast<int>(m_rows.size());
        m_grid->addWidget(name, line, 0, Qt::AlignTop | Qt::AlignLeft);
        m_grid->addWidget(value, line, 1);
        m_rows.emplace_back(name, value);
    }
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        const auto& [name, value] = m_rows[i];
        const bool used = i < rows.size();
        name->setVisible(used);
        value->setVisible(used);
        if (!used) continue;
        const PageRow& row = rows[i];
        name->setText(row.name);
        const QString link = QStringLiteral("<a href=\"%1\" style=\"color: %2; text-decoration: none\">%3</a>");
        value->setTextFormat(row.leadsTo ? Qt::RichText : Qt::PlainText);
        const QString at = row.was && !row.was->isEmpty() ? tr("  (A: %1)").arg(*row.was) : QString();
        value->setText(row.leadsTo ? link.arg(QString::number(*row.leadsTo), m_theme.tokens().accent.name(),
                                              row.value + QStringLiteral(" \u25b8")) +
                                         at.toHtmlEscaped()
                                   : row.value + at);
        const QColor ink = row.was ? m_theme.difference().ink : m_theme.tokens().text;
        value->setStyleSheet(QStringLiteral("color: %1").arg(ink.name()));
        const QString why = row.why + (row.was ? wordsOfMark(*row.was) : QString());
        name->setToolTip(why);
        value->setToolTip(why);
    }
}

Table PageView::table() const {
    if (showsLife()) return tableOf(*m_life->model());
    Table table{{tr("field"), tr("value")}, {}};
    if (!shownFrame() || !m_snapshot) return table;
    for (const PageRow& row : pageRows(*m_snapshot, frameFacts(*m_snapshot, *shownFrame())))
        table.rows.push_back({row.name.trimmed(), row.value});
    return table;
}

void PageView::refresh() {
    const std::optional<Pfn> pfn = shownFrame();
    const bool life = showsLife();
    const bool show = pfn && m_snapshot && !(life && m_state.selection().frames.empty());
    m_empty->setText(life ? tr("Click a page frame to read its life: firmware, memblock, zone, and each time it was "
                               "allocated, freed, split, merged, moved or stolen")
                          : tr("Click a page frame to see its struct page"));
    m_empty->setVisible(!show);
    m_scroll->setVisible(show && !life);
    m_life->setVisible(show && life);
    if (show && life) askLife();
    m_head->setVisible(false);
    m_free->setVisible(false);
    QString context;
    if (show) {
        const FrameFacts facts = frameFacts(*m_snapshot, *pfn);
        m_block = facts.block;
        m_flags->setVisible(facts.hasStruct);
        m_flags->setWord(flagsLayoutOf(*m_snapshot), flagsWord(*m_snapshot, facts));
        showRows(pageRows(*m_snapshot, facts, m_state.mark().get()));
        m_head->setVisible(!life && m_block && m_block->head != *pfn);
        m_free->setVisible(!life && m_block && !m_block->free && m_snapshot->booted &&
                           is_callers_block(*m_snapshot, m_block->head));
        context = pfnText({*pfn, *pfn + 1});
        if (m_state.mark() && !life) context += tr(" · compared with A");
    }
    if (context == m_context) return;
    m_context = context;
    Q_EMIT contextChanged();
}

}  // namespace mm::gui
