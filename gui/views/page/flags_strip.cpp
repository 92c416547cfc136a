// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/page/flags_strip.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>

#include "engine/mmzone/page_flags.h"
#include "gui/format/format.h"
#include "gui/models/blend.h"

namespace mm::gui {
namespace {

constexpr unsigned perLine = 32;
constexpr double widestBit = 36;  ///< of a bit, where the panel is wide

}  // namespace

FlagsStrip::FlagsStrip(const Theme& theme, QWidget* parent) : QWidget(parent), m_theme(theme) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Bits of page->flags"));
    connect(&m_theme, &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void FlagsStrip::setWord(const FlagsLayout& layout, std::optional<std::uint64_t> word) {
    if (m_word == word && m_layout == layout) return;
    const bool otherHeight = m_layout.bits != layout.bits;
    m_layout = layout;
    m_word = word;
    setAccessibleDescription(word ? hex(*word) : QString());
    if (otherHeight) updateGeometry();
    update();
}

bool FlagsStrip::isSet(unsigned bit) const {
    const FlagsField* field = m_layout.at(bit);
    return m_word && field && field->known() && (*m_word >> bit & 1) != 0;
}

int FlagsStrip::lineHeight() const {
    return m_theme.px(12) + QFontMetrics(m_theme.axis()).height() + m_theme.px(3);
}

QSize FlagsStrip::sizeHint() const {
    return {m_theme.px(240), static_cast<int>(m_layout.bits / perLine) * lineHeight()};
}

QRect FlagsStrip::box(unsigned bit) const {
    const unsigned column = perLine - 1 - bit % perLine, line = m_layout.bits / perLine - 1 - bit / perLine;
    // Spread over the width, to the pixel; fields begin after a wider gap.
    const int gap = m_theme.px(3), gaps = 3 * gap;
    const int room = std::min(width(), gaps + m_theme.px(widestBit) * static_cast<int>(perLine));
    const auto x = [&](unsigned c) { return static_cast<int>(c) * (room - gaps) / static_cast<int>(perLine); };
    int shift = 0;
    for (const FlagsField& f : m_layout.fields)
        if (f.first / perLine == bit / perLine && f.first % perLine != 0 && bit < f.first) shift += gap;
    return {x(column) + shift, static_cast<int>(line) * lineHeight(), std::max(2, x(column + 1) - x(column) - 1),
            m_theme.px(12)};
}

QString FlagsStrip::bitInWords(unsigned bit) const {
    const FlagsField* field = m_layout.at(bit);
    if (!field) return {};
    switch (field->what) {
        case FlagsField::What::flags:
            return bit < nr_page_flags ? QStringLiteral("PG_") + text(page_flag_names[bit]) : tr("a flag");
        case FlagsField::What::lastCpupid:
            return tr("last CPU and process (NUMA balancing): not modelled");
        case FlagsField::What::zone:
            return tr("zone number");
        case FlagsField::What::node:
            return tr("node number");
        case FlagsField::What::generation:
            return tr("generation of the multi-generational LRU: 0 off its lists");
        case FlagsField::What::tier:
            return tr("tier of the multi-generational LRU");
        default:
            return field->name();
    }
}

void FlagsStrip::paintEvent(QPaintEvent*) {
    QPainter p(this);
    p.setRenderHint(QPainter::Antialiasing);
    const Tokens& t = m_theme.tokens();
    const QColor edge = blend(t.faint, t.panel, 0.5);  // a clear bit is a box too
    const int radius = m_theme.px(1.5);
    for (unsigned bit = 0; bit < m_layout.bits; ++bit) {
        const FlagsField* field = m_layout.at(bit);
        p.setBrush(isSet(bit) ? QBrush(t.accent) : field && field->known() ? QBrush(t.track) : m_theme.hatch());
        p.setPen(isSet(bit) ? t.accent : edge);
        p.drawRoundedRect(QRectF(box(bit)).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
    }
    p.setFont(m_theme.axis());
    p.setPen(t.dim);
    const QFontMetrics metrics(m_theme.axis());
    for (const FlagsField& f : m_layout.fields) {
        // A field over two lines is named where more of it is.
        const unsigned split = f.last() / perLine * perLine;
        const bool both = f.first < split;
        const bool upper = both && f.last() - split + 1 >= split - f.first;
        const QRect from = box(both && !upper ? split - 1 : f.last()), to = box(both && upper ? split : f.first);
        const QRect label(from.left(), from.bottom() + 1, to.right() - from.left() + 1, metrics.height());
        if (metrics.horizontalAdvance(f.name()) <= label.width() + m_theme.px(14))
            p.drawText(label, Qt::AlignHCenter | Qt::AlignTop | Qt::TextDontClip, f.name());
    }
}

bool FlagsStrip::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    for (unsigned bit = 0; bit < m_layout.bits; ++bit) {
        if (!box(bit).adjusted(-1, -1, 1, 1).contains(help->pos())) continue;
        QString words = tr("bit %1: %2").arg(bit).arg(bitInWords(bit));
        const FlagsField* field = m_layout.at(bit);
        if (m_word && field && field->known()) words += isSet(bit) ? tr(", set") : tr(", clear");
        QToolTip::showText(help->globalPos(), words + QStringLiteral("\ninclude/linux/page-flags.h"), this);
        return true;
    }
    QToolTip::hideText();
    return true;
}

}  // namespace mm::gui
