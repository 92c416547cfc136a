// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/stages/stage_delegate.h"

#include <QPainter>
#include <QPainterPath>
#include <QTreeView>

#include "gui/style/theme.h"

namespace mm::gui {
namespace {

QPainterPath pointer(QPointF c, double r, bool down) {
    QPainterPath path;
    if (down) {
        path.moveTo(c + QPointF(-r, -r * 0.55));
        path.lineTo(c + QPointF(r, -r * 0.55));
        path.lineTo(c + QPointF(0, r * 0.75));
    } else {
        path.moveTo(c + QPointF(-r * 0.55, -r));
        path.lineTo(c + QPointF(r * 0.75, 0));
        path.lineTo(c + QPointF(-r * 0.55, r));
    }
    path.closeSubpath();
    return path;
}

}  // namespace

void StageDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const Tokens& ink = m_theme.tokens();
    const auto mark = static_cast<StageMark>(index.data(stageMarkRole).toInt());
    const bool group = index.data(stageGroupRole).toBool(), current = mark == StageMark::current;
    const auto* tree = qobject_cast<const QTreeView*>(option.widget);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    QRectF row(option.rect);
    if (tree) row.setLeft(0), row.setRight(tree->viewport()->width());
    row.adjust(0.5, 0.5, -0.5, -0.5);
    const bool focused = option.state.testFlag(QStyle::State_HasFocus);
    if (current && !group) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(ink.accentWash);
        painter->drawRoundedRect(row, m_theme.px(4), m_theme.px(4));
    }
    if (option.state.testFlag(QStyle::State_Selected) || focused) {
        painter->setPen(QPen(focused ? ink.accent : ink.line, 1));
        painter->setBrush(Qt::NoBrush);
        painter->drawRoundedRect(row, m_theme.px(4), m_theme.px(4));
    }
    const QPointF at(option.rect.left() + m_theme.px(9), row.center().y());
    painter->setPen(Qt::NoPen);
    if (group) {
        painter->fillPath(pointer(at, m_theme.px(4), tree && tree->isExpanded(index)), ink.faint);
    } else if (current) {
        painter->fillPath(pointer(at, m_theme.px(5), false), ink.accent);
    } else if (mark == StageMark::done) {
        painter->setBrush(ink.accent);
        painter->drawEllipse(at, m_theme.px(3), m_theme.px(3));
    } else {
        painter->setPen(QPen(ink.faint, 1.2));
        painter->setBrush(Qt::NoBrush);
        painter->drawEllipse(at, m_theme.px(3), m_theme.px(3));
    }
    QFont font = m_theme.mono();
    if (current && !group) font.setBold(true);
    painter->setFont(font);
    painter->setPen(mark == StageMark::future ? ink.faint : ink.text);
    const QRectF words(option.rect.left() + m_theme.px(20), option.rect.top(),
                       row.right() - option.rect.left() - m_theme.px(22), option.rect.height());
    const QString name = index.data(Qt::DisplayRole).toString();
    painter->drawText(words, Qt::AlignVCenter | Qt::AlignLeft,
                      QFontMetricsF(font).elidedText(name, Qt::ElideRight, words.width()));
    painter->restore();
}

QSize StageDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex& index) const {
    const QFontMetrics metrics(m_theme.mono());
    return {metrics.horizontalAdvance(index.data(Qt::DisplayRole).toString()) + m_theme.px(28), m_theme.px(20)};
}

}  // namespace mm::gui
