// SPDX-License-Identifier: GPL-3.0-or-later
// Paints a row of the stage tree: mark, kernel function name, number of events; the current stage on an accent wash.
#pragma once

#include <QStyledItemDelegate>

namespace mm::gui {

class Theme;

enum class StageMark { future, current, done };
inline constexpr int stageMarkRole = Qt::UserRole, stageIndexRole = Qt::UserRole + 1, stageGroupRole = Qt::UserRole + 2;

class StageDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    StageDelegate(const Theme& theme, QObject* parent) : QStyledItemDelegate(parent), m_theme(theme) {}
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    const Theme& m_theme;
};

}  // namespace mm::gui
