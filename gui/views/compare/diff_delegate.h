// SPDX-License-Identifier: GPL-3.0-or-later
// Paints one side of a row: a sign in the gutter, the line, the words that differ marked. What belongs to a state:
//
//      equal     plain                    changed    wash, differing words in ink, "≠"
//      moved     plain, "↕"               one side   wash, "−" left or "+" right; the other side blank
//      given, not compared: grey          after the current moment: grey
#pragma once

#include <QStyledItemDelegate>

#include "gui/style/theme.h"
#include "gui/views/compare/diff_model.h"

namespace mm::gui {

class DiffDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    DiffDelegate(const Theme& theme, const DiffModel& model, QObject* parent = nullptr)
        : QStyledItemDelegate(parent), m_theme(theme), m_model(model) {}

    void setShift(int pixels) { m_shift = pixels; }  ///< both columns scroll sideways together
    void setNow(Position now) { m_now = now; }
    int gutter() const { return m_theme.px(18); }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    void paintFold(QPainter& painter, const QRect& rect, const QString& words) const;
    void paintLine(QPainter& painter, const QRect& rect, const QModelIndex& index, const Row& row) const;
    void markWords(QPainter& painter, const QRect& rect, int column, const Row& row) const;
    QColor inkOf(const QModelIndex& index, const Row& row) const;

    const Theme& m_theme;
    const DiffModel& m_model;
    int m_shift = 0;
    Position m_now = ~Position{0};
};

}  // namespace mm::gui
