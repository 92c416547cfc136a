// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/buddy/buddy_canvas.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "gui/format/format.h"
#include "gui/models/blend.h"
#include "gui/models/free_matrix.h"

namespace mm::gui {
namespace {

constexpr double rowPitch = 12, groupGap = 5, boxGap = 2;

}  // namespace

BuddyCanvas::BuddyCanvas(const Theme& theme, ViewState& state, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_state(state) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    setAccessibleName(tr("Blocks of the free lists, in list order"));
    connect(&m_state, &ViewState::selectionChanged, this, qOverload<>(&QWidget::update));
    connect(&m_state, &ViewState::hoveredChanged, this, qOverload<>(&QWidget::update));
    connect(&m_theme, &Theme::changed, this, &QWidget::updateGeometry);
}

void BuddyCanvas::setRows(ZoneRef zone, std::vector<BuddyRow> rows) {
    const bool otherHeight = rows.size() != m_rows.size();
    m_zone = zone;
    m_rows = std::move(rows);
    m_cursor.row = std::min(m_cursor.row, m_rows.empty() ? 0 : m_rows.size() - 1);
    if (otherHeight) updateGeometry();
    update();
}

double BuddyCanvas::naturalTop(std::size_t row) const {
    std::size_t groups = 0;
    for (std::size_t i = 1; i <= row && i < m_rows.size(); ++i)
        groups += m_rows[i].order != m_rows[i - 1].order;
    return static_cast<double>(row) * m_theme.px(rowPitch) + static_cast<double>(groups) * m_theme.px(groupGap);
}

double BuddyCanvas::naturalHeight() const {
    return m_rows.empty() ? 0 : naturalTop(m_rows.size() - 1) + m_theme.px(rowPitch);
}

/// Rows and boxes grow with the panel, so that a large one is used.
double BuddyCanvas::scale() const {
    return m_rows.empty() ? 1 : std::clamp(height() / naturalHeight(), 1.0, 4.0);
}
/// Words grow less than boxes.
double BuddyCanvas::textScale() const {
    return std::min(scale(), 1.6);
}

double BuddyCanvas::rowHeight() const {
    return scale() * m_theme.px(rowPitch);
}

double BuddyCanvas::rowTop(std::size_t row) const {
    return scale() * naturalTop(row);
}

double BuddyCanvas::labelWidth() const {
    return textScale() * (QFontMetricsF(m_theme.mono()).horizontalAdvance("10") +
                          QFontMetricsF(m_theme.axis()).horizontalAdvance("512K") + m_theme.px(34));
}

double BuddyCanvas::boxWidth(unsigned order) const {
    return textScale() * m_theme.px(5.0 + 2.2 * order);
}

QSize BuddyCanvas::sizeHint() const {
    return {m_theme.px(280), static_cast<int>(std::ceil(naturalHeight()))};
}

/// Blocks that fit, leaving room for the number of the others.
std::size_t BuddyCanvas::shown(std::size_t row) const {
    const BuddyRow& r = m_rows[row];
    const double wide = boxWidth(r.order) + m_theme.px(boxGap), room = width() - labelWidth();
    const auto fit = [wide](double w) { return static_cast<std::size_t>(std::max(0.0, w / wide)); };
    if (r.blocks <= fit(room) && r.heads.size() == r.blocks) return r.heads.size();
    return std::min(r.heads.size(), fit(room - textScale() * m_theme.px(56)));
}

QRectF BuddyCanvas::box(Place place) const {
    if (place.block >= shown(place.row)) return {};
    const double wide = boxWidth(m_rows[place.row].order);
    return {labelWidth() + static_cast<double>(place.block) * (wide + m_theme.px(boxGap)), rowTop(place.row), wide,
            rowHeight() - m_theme.px(boxGap)};
}

std::optional<BuddyCanvas::Place> BuddyCanvas::placeAt(QPointF at) const {
    for (std::size_t row = 0; row < m_rows.size(); ++row) {
        const double top = rowTop(row);
        if (at.y() < top || at.y() >= top + rowHeight() || at.x() < labelWidth()) continue;
        const double pitch = boxWidth(m_rows[row].order) + m_theme.px(boxGap);
        const auto block = static_cast<std::size_t>((at.x() - labelWidth()) / pitch);
        if (block < shown(row)) return Place{row, block};
    }
    return {};
}

void BuddyCanvas::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    paintLabels(painter);
    for (std::size_t row = 0; row < m_rows.size(); ++row)
        paintRow(painter, row);
}

void BuddyCanvas::paintLabels(QPainter& painter) const {
    const QFont mono = enlarged(m_theme.mono(), textScale()), axis = enlarged(m_theme.axis(), textScale());
    const double digits = QFontMetricsF(mono).horizontalAdvance("10");
    const double letter = labelWidth() - textScale() * m_theme.px(16);
    for (std::size_t row = 0; row < m_rows.size(); ++row) {
        const BuddyRow& r = m_rows[row];
        const double top = rowTop(row), high = rowHeight() - m_theme.px(boxGap);
        if (row == 0 || m_rows[row - 1].order != r.order) {
            painter.setFont(mono);
            painter.setPen(m_theme.tokens().text);
            painter.drawText(QRectF(0, top, digits + 1, high), Qt::AlignRight | Qt::AlignVCenter | Qt::TextDontClip,
                             QString::number(r.order));
            painter.setFont(axis);
            painter.setPen(m_theme.tokens().dim);
            painter.drawText(QRectF(digits, top, letter - digits - m_theme.px(6), high),
                             Qt::AlignRight | Qt::AlignVCenter | Qt::TextDontClip, blockSizeText(r.order));
        }
        painter.setFont(axis);
        painter.setPen(r.blocks == 0 ? m_theme.tokens().faint : m_theme.tokens().dim);
        painter.drawText(QRectF(letter, top, textScale() * m_theme.px(12), high), Qt::AlignCenter | Qt::TextDontClip,
                         text(name_of(r.type)).left(1));
    }
}

void BuddyCanvas::paintRow(QPainter& painter, std::size_t row) const {
    const BuddyRow& r = m_rows[row];
    const std::size_t count = shown(row);
    const QColor fill = m_theme.migrate(r.type, true), edge = blend(fill, m_theme.migrate(r.type, false), 0.6);
    const Tokens& ink = m_theme.tokens();
    // New since the step before, or since the marked moment.
    const DifferenceInk fresh =
        m_state.mark() ? m_theme.difference() : DifferenceInk{m_theme.tokens().accentWash, m_theme.tokens().accent};
    const double round = std::min(m_theme.px(1.5) * 1.0, boxWidth(r.order) / 6);
    if (r.blocks == 0) {
        painter.setPen(ink.faint);
        painter.drawText(QRectF(labelWidth(), rowTop(row), m_theme.px(20), rowHeight() - m_theme.px(boxGap)),
                         Qt::AlignLeft | Qt::AlignVCenter, QStringLiteral("·"));
    }
    for (std::size_t i = 0; i < count; ++i) {
        const QRectF rect = box({row, i});
        const PfnRange frames = r.frames(i);
        const bool selected = m_state.selection().touches(frames);
        const bool hovered = m_state.hovered() && frames.contains(*m_state.hovered());
        painter.setBrush(r.fresh[i] ? fresh.wash : fill);
        painter.setPen(QPen(selected     ? ink.accent
                            : r.fresh[i] ? fresh.ink
                            : hovered    ? ink.text
                                         : edge,
                            selected ? m_theme.px(2) : 1));
        const double inset = selected ? 1 : 0.5;
        painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), round, round);
        if (hasFocus() && m_cursor == Place{row, i}) {
            painter.setBrush(Qt::NoBrush);
            painter.setPen(QPen(ink.text, 1, Qt::DotLine));
            painter.drawRect(rect.adjusted(-1.5, -1.5, 1.5, 1.5));
        }
    }
    if (count >= r.blocks) return;
    painter.setFont(enlarged(m_theme.axis(), textScale()));
    painter.setPen(ink.dim);
    const double x = count == 0 ? labelWidth() : box({row, count - 1}).right() + m_theme.px(6);
    painter.drawText(QRectF(x, rowTop(row), width() - x, rowHeight() - m_theme.px(boxGap)),
                     Qt::AlignLeft | Qt::AlignVCenter, QStringLiteral("+ ") + number(r.blocks - count));
}

QString BuddyCanvas::words(Place place) const {
    const BuddyRow& r = m_rows[place.row];
    return tr("%1, order %2, %3, block %4 of %5 of its list")
        .arg(pfnText(r.frames(place.block)))
        .arg(r.order)
        .arg(text(name_of(r.type)))
        .arg(place.block + 1)
        .arg(r.blocks);
}

void BuddyCanvas::select(Place place) {
    const BuddyRow& r = m_rows[place.row];
    m_state.select({r.frames(place.block), ListRef{m_zone.nid, m_zone.type, r.order, r.type}, {}});
}

void BuddyCanvas::mousePressEvent(QMouseEvent* event) {
    const auto place = placeAt(event->position());
    if (event->button() != Qt::LeftButton || !place) return QWidget::mousePressEvent(event);
    moveTo(*place);
    select(*place);
}

void BuddyCanvas::mouseMoveEvent(QMouseEvent* event) {
    const auto place = placeAt(event->position());
    m_state.setHovered(place ? std::optional(m_rows[place->row].heads[place->block]) : std::nullopt);
}

void BuddyCanvas::leaveEvent(QEvent* event) {
    m_state.setHovered({});
    QWidget::leaveEvent(event);
}

void BuddyCanvas::moveTo(Place place) {
    m_cursor = place;
    setAccessibleDescription(words(place));
    update();
}

void BuddyCanvas::keyPressEvent(QKeyEvent* event) {
    if (m_rows.empty()) return QWidget::keyPressEvent(event);
    Place to = m_cursor;
    // Up and down go on to the next list that has blocks.
    const auto vertical = [&](int by) {
        for (std::size_t row = to.row; by < 0 ? row-- > 0 : ++row < m_rows.size();) {
            if (shown(row) == 0) continue;
            to = {row, std::min(to.block, shown(row) - 1)};
            return;
        }
    };
    switch (event->key()) {
        case Qt::Key_Up:
            vertical(-1);
            break;
        case Qt::Key_Down:
            vertical(1);
            break;
        case Qt::Key_Left:
            to.block -= to.block > 0;
            break;
        case Qt::Key_Right:
            to.block += to.block + 1 < shown(to.row);
            break;
        case Qt::Key_Return:
        case Qt::Key_Enter:
        case Qt::Key_Space:
            if (to.block < shown(to.row)) select(to);
            return;
        default:
            return QWidget::keyPressEvent(event);
    }
    if (to.block < shown(to.row)) moveTo(to);
}

bool BuddyCanvas::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    auto* help = static_cast<QHelpEvent*>(event);
    const auto place = placeAt(help->pos());
    if (place)
        QToolTip::showText(help->globalPos(),
                           words(*place) + '\n' + rangeText(phys_of(m_rows[place->row].frames(place->block))) +
                               tr("\nzone->free_area[order].free_list[type], mm/page_alloc.c"),
                           this);
    else
        QToolTip::hideText();
    return true;
}

}  // namespace mm::gui
