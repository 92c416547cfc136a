// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/zones/matrix_widget.h"

#include <QHash>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "gui/format/format.h"
#include "gui/models/blend.h"

namespace mm::gui {
namespace {

/// Rows shrink where the panel is low and grow where it is high.
constexpr double rowHeight = 20, tightRowHeight = 14, largeRowHeight = 64, cellGap = 3;

}  // namespace

MatrixWidget::MatrixWidget(const Theme& theme, std::function<void(ListRef)> chosen, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_choose(std::move(chosen)) {
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    setAccessibleName(tr("Free lists by order and migratetype"));
}

void MatrixWidget::setMatrix(FreeMatrix matrix, bool withChanges) {
    m_withChanges = withChanges;
    const bool resized = matrix.orders != m_matrix.orders;
    m_matrix = std::move(matrix);
    if (m_matrix.orders != 0) m_cursor.order = std::min(m_cursor.order, m_matrix.orders - 1);
    if (!m_matrix.columns.empty()) m_cursor.column = std::min(m_cursor.column, m_matrix.columns.size() - 1);
    setMaximumHeight(static_cast<int>(1.6 * headRoom()) +
                     m_theme.px(largeRowHeight) * int(std::max(1u, m_matrix.orders)));
    if (resized) updateGeometry();
    describe();
    update();
}

void MatrixWidget::setChosen(const std::optional<ListRef>& list) {
    m_list = list;
    update();
}

/// Words grow with the rows, but less.
double MatrixWidget::textScale() const {
    return std::clamp(height() / double(std::max(1, sizeHint().height())), 1.0, 1.6);
}

double MatrixWidget::headWidth() const {
    return textScale() * (QFontMetricsF(m_theme.mono()).horizontalAdvance(QStringLiteral("10")) + m_theme.px(6) +
                          QFontMetricsF(m_theme.axis()).horizontalAdvance(QStringLiteral("512K")) + m_theme.px(8));
}

double MatrixWidget::headHeight() const {
    return textScale() * headRoom();
}

double MatrixWidget::headRoom() const {
    return QFontMetricsF(m_theme.small()).height() + m_theme.px(5);
}

QSize MatrixWidget::sizeHint() const {
    return {m_theme.px(260), static_cast<int>(std::ceil(headRoom())) + m_theme.px(rowHeight) * int(m_matrix.orders)};
}

QSize MatrixWidget::minimumSizeHint() const {
    return {m_theme.px(180),
            static_cast<int>(std::ceil(headRoom() + m_theme.px(tightRowHeight) * double(m_matrix.orders)))};
}

QRectF MatrixWidget::cellRect(unsigned order, std::size_t column) const {
    const double rows = std::max(1u, m_matrix.orders), gap = m_theme.px(cellGap);
    const double pitch = std::clamp((height() - headHeight()) / rows, double(m_theme.px(tightRowHeight)),
                                    double(m_theme.px(largeRowHeight)));
    const double columns = static_cast<double>(std::max<std::size_t>(1, m_matrix.columns.size()));
    const double wide = (width() - headWidth() + gap) / columns;
    return {headWidth() + wide * static_cast<double>(column), headHeight() + pitch * order, wide - gap, pitch - gap};
}

ListRef MatrixWidget::listAt(Place place) const {
    return {m_matrix.nid, m_matrix.zone, place.order, m_matrix.columns[place.column]};
}

std::optional<MatrixWidget::Place> MatrixWidget::placeAt(QPointF at) const {
    for (unsigned order = 0; order < m_matrix.orders; ++order)
        for (std::size_t column = 0; column < m_matrix.columns.size(); ++column)
            if (cellRect(order, column).contains(at)) return Place{order, column};
    return std::nullopt;
}

QString MatrixWidget::columnName(std::size_t column) const {
    const QString full = text(name_of(m_matrix.columns[column]));
    const QFontMetricsF metrics(enlarged(m_theme.small(), textScale()));
    const double room = cellRect(0, column).width();
    static const QHash<QString, QString> shorter{
        {"Unmovable", "Unmov."}, {"Reclaimable", "Reclaim."}, {"HighAtomic", "HighAt."}};
    for (const QString& name : {full, shorter.value(full, full)})
        if (metrics.horizontalAdvance(name) <= room) return name;
    return full.left(1);
}

void MatrixWidget::paintEvent(QPaintEvent*) {
    if (m_matrix.orders == 0) return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    paintHeads(painter);
    for (unsigned order = 0; order < m_matrix.orders; ++order)
        for (std::size_t column = 0; column < m_matrix.columns.size(); ++column)
            paintCell(painter, {order, column});
}

void MatrixWidget::paintHeads(QPainter& painter) const {
    painter.setFont(enlarged(m_theme.small(), textScale()));
    painter.setPen(m_theme.tokens().dim);
    painter.drawText(QRectF(0, 0, headWidth(), headHeight()), Qt::AlignLeft | Qt::AlignVCenter, tr("order"));
    for (std::size_t column = 0; column < m_matrix.columns.size(); ++column) {
        const QRectF cell = cellRect(0, column);
        painter.drawText(QRectF(cell.left(), 0, cell.width(), headHeight()), Qt::AlignCenter | Qt::TextDontClip,
                         columnName(column));
    }
    const double digits = textScale() * QFontMetricsF(m_theme.mono()).horizontalAdvance(QStringLiteral("10"));
    for (unsigned order = 0; order < m_matrix.orders; ++order) {
        const QRectF cell = cellRect(order, 0);
        painter.setFont(enlarged(m_theme.mono(), textScale()));
        painter.setPen(m_theme.tokens().text);
        painter.drawText(QRectF(0, cell.top(), digits + 1, cell.height()), Qt::AlignRight | Qt::AlignVCenter,
                         QString::number(order));
        painter.setFont(enlarged(m_theme.axis(), textScale()));
        painter.setPen(m_theme.tokens().dim);
        painter.drawText(QRectF(digits, cell.top(), headWidth() - digits - m_theme.px(8), cell.height()),
                         Qt::AlignRight | Qt::AlignVCenter, blockSizeText(order));
    }
}

void MatrixWidget::paintCell(QPainter& painter, Place place) const {
    const FreeCell& cell = m_matrix.at(place.order, place.column);
    const QRectF rect = cellRect(place.order, place.column);
    const MigrateType type = m_matrix.columns[place.column];
    // The root lets small shares stand out from empty cells and from one another.
    const QColor fill = cell.blocks == 0 ? m_theme.tokens().track
                                         : blend(m_theme.migrate(type, true), m_theme.migrate(type, false),
                                                 0.15 + 0.85 * std::sqrt(cell.share));
    const double round = m_theme.px(3);
    painter.setPen(Qt::NoPen);
    painter.setBrush(fill);
    painter.drawRoundedRect(rect, round, round);
    painter.setFont(enlarged(m_theme.mono(), textScale()));
    painter.setPen(cell.blocks == 0 ? m_theme.tokens().faint : m_theme.textOn(fill));
    painter.drawText(rect.adjusted(0, 0, -m_theme.px(7), 0), Qt::AlignRight | Qt::AlignVCenter,
                     cell.blocks == 0 ? QStringLiteral("·") : number(cell.blocks));
    if (m_withChanges && cell.more != 0) {
        painter.setFont(enlarged(m_theme.axis(), textScale()));
        if (cell.blocks == 0) painter.setPen(m_theme.difference().ink);
        painter.drawText(rect.adjusted(m_theme.px(4), 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter,
                         (cell.more > 0 ? QChar('+') : QChar(0x2212)) + number(std::uint64_t(std::abs(cell.more))));
    }
    painter.setBrush(Qt::NoBrush);
    const QColor accent = m_withChanges ? m_theme.difference().ink : m_theme.tokens().accent;
    if (cell.changed && (!m_withChanges || cell.more != 0)) {
        painter.setPen(QPen(accent, 1));
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), round, round);
    }
    if (m_list == listAt(place)) {
        painter.setPen(QPen(m_theme.tokens().accent, m_theme.px(2)));
        painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), round, round);
    }
    if (hasFocus() && place.order == m_cursor.order && place.column == m_cursor.column) {
        painter.setPen(QPen(m_theme.tokens().text, 1, Qt::DotLine));
        painter.drawRoundedRect(rect.adjusted(2.5, 2.5, -2.5, -2.5), round, round);
    }
}

void MatrixWidget::mousePressEvent(QMouseEvent* event) {
    const auto place = placeAt(event->position());
    if (!place || event->button() != Qt::LeftButton) return;
    m_cursor = *place;
    describe();
    m_choose(listAt(*place));
}

void MatrixWidget::keyPressEvent(QKeyEvent* event) {
    if (m_matrix.orders == 0) return QWidget::keyPressEvent(event);
    const auto move = [](auto value, int by, auto last) {
        return by < 0 ? (value == 0 ? value : value - 1) : std::min<decltype(value)>(value + 1, last);
    };
    switch (event->key()) {
        case Qt::Key_Up:
        case Qt::Key_Down:
            m_cursor.order = move(m_cursor.order, event->key() == Qt::Key_Up ? -1 : 1, m_matrix.orders - 1);
            break;
        case Qt::Key_Left:
        case Qt::Key_Right:
            m_cursor.column = move(m_cursor.column, event->key() == Qt::Key_Left ? -1 : 1, m_matrix.columns.size() - 1);
            break;
        case Qt::Key_Return:
        case Qt::Key_Enter:
        case Qt::Key_Space:
            m_choose(listAt(m_cursor));
            break;
        default:
            return QWidget::keyPressEvent(event);
    }
    describe();
    update();
}

void MatrixWidget::describe() {
    if (m_matrix.orders == 0) return setAccessibleDescription({});
    setAccessibleDescription(tr("order %1, %2: %3 blocks")
                                 .arg(m_cursor.order)
                                 .arg(text(name_of(m_matrix.columns[m_cursor.column])))
                                 .arg(m_matrix.at(m_cursor.order, m_cursor.column).blocks));
}

bool MatrixWidget::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    auto* help = static_cast<QHelpEvent*>(event);
    const auto place = placeAt(help->pos());
    if (!place) {
        QToolTip::hideText();
        return true;
    }
    const FreeCell& cell = m_matrix.at(place->order, place->column);
    QToolTip::showText(help->globalPos(),
                       tr("<b>order %1, %2</b><br>%3 blocks of %4 · %5<br>%6 of the zone's free pages<br>"
                          "zone.free_area[%1].free_list, mm/page_alloc.c")
                           .arg(place->order)
                           .arg(text(name_of(m_matrix.columns[place->column])), number(cell.blocks),
                                pagesAsSize(NrPages{1} << place->order), pagesAsSize(cell.pages),
                                percentText(cell.pages, m_matrix.pages)),
                       this);
    return true;
}

}  // namespace mm::gui
