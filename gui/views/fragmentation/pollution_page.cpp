// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/fragmentation/pollution_page.h"

#include <QHeaderView>
#include <QLabel>
#include <QTableView>
#include <QVBoxLayout>

#include "gui/format/format.h"
#include "gui/views/fragmentation/pollution_model.h"
#include "gui/widgets/moment_list.h"

namespace mm::gui {

PollutionPage::PollutionPage(const Theme& theme, ViewState& state, QWidget* parent)
    : QWidget(parent),
      m_theme(theme),
      m_state(state),
      m_words(new QLabel(this)),
      m_canvas(new PollutionCanvas(theme, state, this)),
      m_model(new PollutionModel(this)),
      m_list(new QTableView(this)) {
    m_list->setModel(m_model);
    m_list->setAccessibleName(tr("Pageblocks with pages that do not belong there"));
    m_list->setFrameShape(QFrame::NoFrame);
    makeList(*m_list);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_words);
    all->addWidget(m_canvas, 2);
    all->addWidget(m_list, 3);
    m_words->setWordWrap(true);
    connect(m_canvas, &PollutionCanvas::chosen, this, &PollutionPage::choose);
    connect(m_list, &QTableView::clicked, this,
            [this](const QModelIndex& i) { choose(m_model->block(i.row()).first); });
    connect(m_list, &QTableView::activated, this, [this](const QModelIndex& i) {
        const PollutedBlock& block = m_model->block(i.row());
        choose(block.first);
        if (block.since) Q_EMIT asked(*block.since);
    });
    connect(&m_state, &ViewState::selectionChanged, this, &PollutionPage::showSelected);
    connect(&m_theme, &Theme::changed, this, &PollutionPage::restyle);
    restyle();
}

void PollutionPage::setMap(const SnapshotPtr& snapshot, const std::shared_ptr<const PollutionAnswer>& answer) {
    m_canvas->setMap(snapshot, answer);
    m_model->setMap(answer);
    NrPages foreign = 0;
    if (answer)
        for (const PollutedBlock& block : answer->map.blocks)
            foreign += block.foreign;
    const std::size_t blocks = answer ? answer->map.blocks.size() : 0;
    m_words->setText(blocks == 0 ? tr("No page lies in a pageblock of another type. They come when a type's own lists "
                                      "are empty: start a workload (Experiment).")
                                 : tr("%1 pages lie in %2 pageblocks of another type; compaction cannot clear those "
                                      "with unmovable ones.")
                                       .arg(number(foreign), number(blocks)));
    m_list->setVisible(blocks != 0);
    showSelected();
}

void PollutionPage::choose(Pfn pageblock) {
    Selection s;
    s.frames = {pageblock, pageblock + pageblock_pages};
    m_state.select(s);
}

void PollutionPage::showSelected() {
    const PfnRange frames = m_state.selection().frames;
    const int row = frames.empty() ? -1 : m_model->rowOf(align_down(frames.start, pageblock_pages));
    if (row < 0) return m_list->clearSelection();
    m_list->selectRow(row);
    m_list->scrollTo(m_model->index(row, 0));
}

Table PollutionPage::table() const {
    return tableOf(*m_model);
}

void PollutionPage::restyle() {
    m_words->setFont(m_theme.body());
    QPalette palette = m_words->palette();
    palette.setColor(QPalette::WindowText, m_theme.tokens().dim);
    m_words->setPalette(palette);
    m_list->setFont(m_theme.mono());
    m_list->horizontalHeader()->setFont(m_theme.small());
    const QFontMetrics metrics(m_theme.mono());
    m_list->verticalHeader()->setMinimumSectionSize(1);
    m_list->verticalHeader()->setDefaultSectionSize(metrics.height() + m_theme.px(3));
    const auto wide = [&](int column, const char* longest) {
        m_list->setColumnWidth(column, metrics.horizontalAdvance(QLatin1String(longest)) + m_theme.px(16));
    };
    wide(PollutionModel::pageblock, "Pageblock  ");
    wide(PollutionModel::zone, "0:Movable");
    wide(PollutionModel::type, "Reclaimable");
    wide(PollutionModel::foreign, "512 Unmovable, 30");
    wide(PollutionModel::since, "1 000 000");
    wide(PollutionModel::oldest, "  0x1a800a");
    layout()->setSpacing(m_theme.px(8));
}

}  // namespace mm::gui
