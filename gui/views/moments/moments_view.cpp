// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/moments/moments_view.h"

#include <QHeaderView>
#include <QLabel>
#include <QTableWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "gui/format/format.h"
#include "gui/models/moment_difference.h"

namespace mm::gui {

MomentsView::MomentsView(const ViewContext& context, QWidget* parent)
    : View(context, parent),
      m_list(new QTableWidget(this)),
      m_empty(new QLabel(tr("Mark a moment (Ctrl+M), go somewhere else in time or do something else from there: what "
                            "differs appears here, on the map and in the free lists."),
                         this)) {
    setAccessibleName(tr("Two moments"));
    m_empty->setWordWrap(true);
    m_empty->setAlignment(Qt::AlignCenter);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_list->setShowGrid(false);
    m_list->verticalHeader()->hide();
    m_list->setAccessibleName(tr("Differences between the marked moment and now"));
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_list);
    all->addWidget(m_empty);
    connect(&m_state, &ViewState::markChanged, this, &MomentsView::fill);
    connect(&m_theme, &Theme::changed, this, &MomentsView::restyle);
    restyle();
    fill();
}

QString MomentsView::contextText() const {
    const SnapshotPtr& mark = m_state.mark();
    if (!mark || !m_snapshot) return {};
    const QString a = m_state.markName().isEmpty() ? tr("event %1").arg(number(mark->at)) : m_state.markName();
    return tr("A: %1 · now: event %2").arg(a, number(m_snapshot->at));
}

void MomentsView::setSnapshot(const SnapshotPtr& snapshot) {
    m_snapshot = snapshot;
    fill();
}

Table MomentsView::table() const {
    const SnapshotPtr& mark = m_state.mark();
    return mark && m_snapshot ? momentTable(*mark, *m_snapshot) : Table{};
}

void MomentsView::fill() {
    const Table shown = table();
    m_list->setVisible(!shown.empty());
    m_empty->setVisible(shown.empty());
    m_list->setColumnCount(static_cast<int>(shown.columns.size()));
    m_list->setHorizontalHeaderLabels(shown.columns);
    m_list->setRowCount(static_cast<int>(shown.rows.size()));
    const QFontMetrics metrics(m_theme.body());
    QList<int> widest;
    for (const QString& name : shown.columns)
        widest.push_back(QFontMetrics(m_theme.small()).horizontalAdvance(name));
    for (int row = 0; row < m_list->rowCount(); ++row) {
        const QStringList& cells = shown.rows[static_cast<std::size_t>(row)];
        const bool differs = cells.last().size() > 1 || (cells.last() != "0" && !cells.last().isEmpty());
        for (int column = 0; column < m_list->columnCount(); ++column) {
            auto* item = new QTableWidgetItem(cells[column]);
            if (column > 0) item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
            widest[column] = std::max(widest[column], metrics.horizontalAdvance(cells[column]));
            item->setForeground(column == 3 && differs ? m_theme.difference().ink : m_theme.tokens().text);
            m_list->setItem(row, column, item);
        }
    }
    for (int column = 0; column < m_list->columnCount(); ++column)
        m_list->horizontalHeaderItem(column)->setTextAlignment(column > 0 ? Qt::AlignRight : Qt::AlignLeft);
    for (int column = 1; column < m_list->columnCount(); ++column) {
        m_list->horizontalHeader()->setSectionResizeMode(column, QHeaderView::Fixed);
        m_list->setColumnWidth(column, widest[column] + m_theme.px(20));
    }
    if (!widest.empty()) m_nameWidth = widest[0] + m_theme.px(40);
    fitNames();
    Q_EMIT contextChanged();
}

/// The numbers stay near the names they belong to, however wide the panel is.
void MomentsView::fitNames() {
    if (m_list->columnCount() == 0) return;
    int numbers = 0;
    for (int column = 1; column < m_list->columnCount(); ++column)
        numbers += m_list->columnWidth(column);
    m_list->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Fixed);
    m_list->setColumnWidth(0, std::max(m_theme.px(60), std::min(m_list->viewport()->width() - numbers, m_nameWidth)));
}

void MomentsView::resizeEvent(QResizeEvent* event) {
    View::resizeEvent(event);
    fitNames();
}

void MomentsView::restyle() {
    m_list->setFont(m_theme.body());
    m_list->horizontalHeader()->setFont(m_theme.small());
    m_list->verticalHeader()->setDefaultSectionSize(m_theme.px(22));
    m_empty->setFont(m_theme.body());
    QPalette palette = m_empty->palette();
    palette.setColor(QPalette::WindowText, m_theme.tokens().dim);
    m_empty->setPalette(palette);
    fill();
}

}  // namespace mm::gui
