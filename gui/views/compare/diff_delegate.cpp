// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/compare/diff_delegate.h"

#include <QPainter>

#include "engine/verify/spans.h"
#include "gui/format/format.h"

namespace mm::gui {
namespace {

QString signOf(const Row& row, int column) {
    switch (row.state) {
        case RowState::changed:
            return column == DiffModel::right ? QStringLiteral("≠") : QString();
        case RowState::only_left:
            return column == DiffModel::left ? QStringLiteral("−") : QString();
        case RowState::only_right:
            return column == DiffModel::right ? QStringLiteral("+") : QString();
        case RowState::moved:
            return (column == DiffModel::left) == row.left.has_value() ? QStringLiteral("↕") : QString();
        default:
            return {};
    }
}

}  // namespace

QSize DiffDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {m_theme.px(120), QFontMetrics(m_theme.mono()).height() + m_theme.px(4)};
}

void DiffDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const QRect rect = option.rect;
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    painter->save();
    painter->setClipRect(rect);
    painter->setFont(m_theme.mono());
    const Row* row = m_model.rowAt(index.row());
    if (!row) {
        painter->fillRect(rect, m_theme.tokens().background);
        if (index.column() == DiffModel::left) paintFold(*painter, rect, index.data().toString());
    } else {
        const bool missing = !m_model.lineAt(index.row(), index.column());
        if (row->differs()) painter->fillRect(rect, missing ? m_theme.tokens().track : m_theme.difference().wash);
        if (!missing) paintLine(*painter, rect, index, *row);
    }
    if (selected) {
        // A frame and not a wash: what the row says of itself stays visible.
        painter->setPen(QPen(m_theme.tokens().accent, m_theme.px(1)));
        painter->drawLine(rect.topLeft(), rect.topRight());
        painter->drawLine(rect.bottomLeft(), rect.bottomRight());
        if (index.column() == DiffModel::left)
            painter->fillRect(QRect(rect.topLeft(), QSize(m_theme.px(3), rect.height())), m_theme.tokens().accent);
    }
    painter->restore();
}

void DiffDelegate::paintFold(QPainter& painter, const QRect& rect, const QString& words) const {
    painter.setFont(m_theme.small());
    painter.setPen(m_theme.tokens().dim);
    painter.drawText(rect.adjusted(m_theme.px(4), 0, 0, 0), Qt::AlignVCenter | Qt::TextSingleLine,
                     QStringLiteral("▸  ") + words);
}

QColor DiffDelegate::inkOf(const QModelIndex& index, const Row& row) const {
    if (row.state == RowState::given || row.state == RowState::other) return m_theme.tokens().faint;
    const SideLine* line = m_model.lineAt(index.row(), index.column());
    return line->at && *line->at > m_now ? m_theme.tokens().faint : m_theme.tokens().text;
}

void DiffDelegate::paintLine(QPainter& painter, const QRect& rect, const QModelIndex& index, const Row& row) const {
    const QRect words = rect.adjusted(gutter(), 0, 0, 0);
    painter.setPen(row.differs() ? m_theme.difference().ink : m_theme.tokens().faint);
    painter.drawText(QRect(rect.topLeft(), QSize(gutter(), rect.height())), Qt::AlignCenter,
                     signOf(row, index.column()));
    painter.setClipRect(words);
    if (row.state == RowState::changed) markWords(painter, words, index.column(), row);
    painter.setPen(inkOf(index, row));
    const QString line = index.data().toString();
    painter.drawText(words.adjusted(-m_shift, 0, 4096, 0), Qt::AlignVCenter | Qt::TextSingleLine, line);
    const QFontMetrics metrics(m_theme.mono());
    if (metrics.horizontalAdvance(line) - m_shift <= words.width()) return;
    // Where it goes on beyond the edge, it says so.
    const QString more = QStringLiteral("…");
    const QRect edge(words.right() - metrics.horizontalAdvance(more), words.top(), words.width(), words.height());
    painter.fillRect(edge, row.differs() ? m_theme.difference().wash : m_theme.tokens().panel);
    painter.drawText(edge, Qt::AlignLeft | Qt::AlignVCenter, more);
}

void DiffDelegate::markWords(QPainter& painter, const QRect& rect, int column, const Row& row) const {
    const Comparison& c = *m_model.comparison();
    const std::string &left = c.left.lines[*row.left].text, &right = c.right.lines[*row.right].text;
    const DifferingSpans spans = differing_spans(left, right);
    const std::string& own = column == DiffModel::left ? left : right;
    const QFontMetrics metrics(m_theme.mono());
    for (const TextSpan& span : column == DiffModel::left ? spans.left : spans.right) {
        const int from = metrics.horizontalAdvance(logText(std::string_view(own).substr(0, span.start)));
        const int to = metrics.horizontalAdvance(logText(std::string_view(own).substr(0, span.start + span.size)));
        const int thick = std::max(2, m_theme.px(2));
        painter.fillRect(QRect(rect.left() - m_shift + from, rect.bottom() - thick, to - from, thick),
                         m_theme.difference().ink);
    }
}

}  // namespace mm::gui
