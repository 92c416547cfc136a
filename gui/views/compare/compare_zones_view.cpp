// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/compare/compare_zones_view.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "gui/format/format.h"
#include "gui/views/compare/zone_compare_model.h"

namespace mm::gui {

CompareZonesView::CompareZonesView(const ViewContext& context, QWidget* parent)
    : View(context, parent),
      m_model(new ZoneCompareModel(m_theme, this)),
      m_table(new QTableView(this)),
      m_words(new QLabel(this)),
      m_only(new QToolButton) {
    m_table->setModel(m_model);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setSectionsClickable(false);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->horizontalHeader()->setStretchLastSection(false);
    m_table->horizontalHeader()->setMinimumSectionSize(1);
    m_table->setAccessibleName(tr("Zones, real and computed"));
    m_words->setWordWrap(true);
    m_words->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_only->setText(tr("only differences"));
    m_only->setCheckable(true);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_words);
    column->addWidget(m_table, 1);
    connect(m_only, &QToolButton::toggled, m_model, &ZoneCompareModel::setOnlyDifferences);
    connect(m_table, &QTableView::clicked, this, [this](const QModelIndex& index) {
        if (!m_model->oneSided()) m_state.setDifference(DifferenceAt{true, m_model->zoneRow(index.row())});
    });
    connect(&m_state, &ViewState::differenceChanged, this, &CompareZonesView::showPlace);
    connect(&m_theme, &Theme::changed, this, &CompareZonesView::restyle);
    restyle();
    setComparison(nullptr);
}

QWidget* CompareZonesView::titleWidget() {
    return m_only;
}

void CompareZonesView::setComparison(const ComparisonPtr& comparison) {
    m_comparison = comparison;
    m_model->setComparison(comparison);
    const bool none = !comparison;
    m_table->setVisible(!none);
    m_only->setVisible(!none && !m_model->oneSided());
    m_words->setVisible(none || m_model->oneSided());
    fitColumns();
    m_words->setText(none ? tr("Both numbers of each zone appear here when a whole kernel log is open (Ctrl+O), best a "
                               "folder with proc_zoneinfo.txt beside it.")
                          : tr("There is no proc_zoneinfo.txt beside this log: only the computed numbers are known."));
    Q_EMIT contextChanged();
}

QString CompareZonesView::contextText() const {
    if (!m_comparison) return tr("nothing to compare");
    if (m_model->oneSided()) return tr("not compared");
    for (const CategoryCount& count : m_comparison->counts)
        if (count.category == Category::zoneinfo)
            return tr("%1 equal, %2 different").arg(number(count.equal), number(count.different()));
    return {};
}

/// Numbers whole before anything else; the names of fields give way, then the differences' column where it is empty.
void CompareZonesView::fitColumns() {
    const QFontMetrics metrics(m_theme.mono());
    const int pad = m_theme.px(12);
    int widest[ZoneCompareModel::columns] = {};
    bool any = false;
    for (const int column : {ZoneCompareModel::left, ZoneCompareModel::right}) {
        const QString head = m_model->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
        widest[column] = QFontMetrics(m_theme.small()).horizontalAdvance(head) + pad;
    }
    for (int row = 0; row < m_model->rowCount(); ++row)
        for (int column = 0; column < ZoneCompareModel::columns; ++column) {
            const QString words = m_model->index(row, column).data().toString();
            any = any || (column == ZoneCompareModel::difference && !words.isEmpty());
            if (words.startsWith('(')) continue;  // lowmem_reserve: a list, its tooltip has it all
            widest[column] = std::max(widest[column], metrics.horizontalAdvance(words) + pad);
        }
    m_table->setColumnHidden(ZoneCompareModel::difference, !any);
    const int zone = widest[ZoneCompareModel::zone], difference = any ? widest[ZoneCompareModel::difference] : 0;
    const int number = std::max(widest[ZoneCompareModel::left], widest[ZoneCompareModel::right]);
    const int room = m_table->viewport()->width() - zone - difference;
    const int field =
        std::clamp(room - 2 * number, m_theme.px(48), std::max(m_theme.px(48), widest[ZoneCompareModel::field]));
    m_table->setColumnWidth(ZoneCompareModel::zone, zone);
    m_table->setColumnWidth(ZoneCompareModel::field, field);
    for (const int column : {ZoneCompareModel::left, ZoneCompareModel::right})
        m_table->setColumnWidth(column, std::max(number, std::min((room - field) / 2, m_theme.px(200))));
    m_table->setColumnWidth(ZoneCompareModel::difference, difference);
}

void CompareZonesView::resizeEvent(QResizeEvent* event) {
    View::resizeEvent(event);
    fitColumns();
}

void CompareZonesView::showPlace() {
    const auto place = m_state.difference();
    if (!place || !place->zone) return m_table->clearSelection();
    const int row = m_model->rowOf(place->row);
    if (row < 0) return;
    m_table->selectRow(row);
    m_table->scrollTo(m_model->index(row, 0), QAbstractItemView::PositionAtCenter);
}

void CompareZonesView::restyle() {
    m_table->setFont(m_theme.mono());
    m_table->horizontalHeader()->setFont(m_theme.small());
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->verticalHeader()->setDefaultSectionSize(QFontMetrics(m_theme.mono()).height() + m_theme.px(5));
    QPalette palette = m_words->palette();
    palette.setColor(QPalette::WindowText, m_theme.tokens().dim);
    m_words->setPalette(palette);
    m_words->setFont(m_theme.body());
    m_only->setFont(m_theme.small());
    fitColumns();
}

}  // namespace mm::gui
