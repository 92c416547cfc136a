// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/page/life_list.h"

#include <QHeaderView>

#include "gui/format/format.h"
#include "gui/widgets/moment_list.h"

namespace mm::gui {

LifeList::LifeList(const Theme& theme, QWidget* parent)
    : QTableView(parent), m_theme(theme), m_model(new LifeModel(this)) {
    setModel(m_model);
    setItemDelegate(new MomentDelegate(theme, LifeModel::futureRole, LifeModel::lastRole, LifeModel::what, this));
    setAccessibleName(tr("Biography of the frame"));
    makeList(*this);
    setFrameShape(QFrame::NoFrame);
    connect(this, &QTableView::clicked, this, &LifeList::goTo);
    connect(this, &QTableView::activated, this, &LifeList::goTo);
    connect(&m_theme, &Theme::changed, this, &LifeList::restyle);
    restyle();
}

void LifeList::setLife(std::shared_ptr<const LifeAnswer> life, Position at) {
    m_model->setLife(std::move(life), at);
    const int row = m_model->rowOfNow();
    if (row >= 0) scrollTo(m_model->index(row, 0), QAbstractItemView::PositionAtCenter);
}

void LifeList::goTo(const QModelIndex& index) {
    if (const auto event = m_model->eventAt(index.row())) Q_EMIT asked(*event);
}

void LifeList::restyle() {
    setFont(m_theme.mono());
    horizontalHeader()->setFont(m_theme.small());
    const QFontMetrics metrics(m_theme.mono());
    verticalHeader()->setMinimumSectionSize(1);
    verticalHeader()->setDefaultSectionSize(metrics.height() + m_theme.px(3));
    setColumnWidth(LifeModel::event, metrics.horizontalAdvance("1 000 000") + m_theme.px(14));
    setColumnWidth(LifeModel::who, metrics.horizontalAdvance("e820__memory_set") + m_theme.px(8));
}

}  // namespace mm::gui
