// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/page/flags_strip.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <array>

#include "engine/mmzone/page_flags.h"
#include "gui/format/format.h"

namespace mm::gui {
namespace {

constexpr unsigned cpupidShift = 30;

struct Field {
    const char* name;
    unsigned first, last;  ///< bits, of one line
};
constexpr std::array<Field, 6> fields{{{"node", nodes_pgshift, 63},
                                       {"zone", zones_pgshift, nodes_pgshift - 1},
                                       {"lastcpupid", 32, zones_pgshift - 1},
                                       {"", cpupidShift, 31},
                                       {"unused", nr_page_flags, cpupidShift - 1},
                                       {"PG_ flags", 0, nr_page_flags - 1}}};

bool known(unsigned bit) {
    return bit < cpupidShift || bit >= zones_pgshift;
}

}  // namespace

FlagsStrip::FlagsStrip(const Theme& theme, QWidget* parent) : QWidget(parent), m_theme(theme) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Bits of page->flags"));
    connect(&m_theme, &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void FlagsStrip::setWord(std::optional<std::uint64_t> word) {
    if (m_word == word) return;
    m_word = word;
    setAccessibleDescription(word ? hex(*word) : QString());
    update();
}

int FlagsStrip::labelHeight() const {
    return QFontMetrics(m_theme.axis()).height();
}

QSize FlagsStrip::sizeHint() const {
    return {m_theme.px(240), 2 * (m_theme.px(12) + labelHeight() + m_theme.px(3))};
}

QRect FlagsStrip::box(unsigned bit) const {
    const unsigned column = 31 - bit % 32;
    const int line = bit >= 32 ? 0 : 1;
    // Spread over the whole width, to the pixel; fields begin after a wider gap.
    const int gap = m_theme.px(3), gaps = 2 * gap;
    const auto x = [&](unsigned c) { return static_cast<int>(c) * (width() - gaps) / 32; };
    int shift = 0;
    for (const Field& f : fields) {
        const bool sameLine = (f.last >= 32) == (bit >= 32);
        if (sameLine && bit < f.first) shift += gap;
    }
    const int y = line * (m_theme.px(12) + labelHeight() + m_theme.px(3));
    return {x(column) + shift, y, std::max(2, x(column + 1) - x(column) - 1), m_theme.px(12)};
}

QString FlagsStrip::bitInWords(unsigned bit) {
    if (bit < nr_page_flags) return QStringLiteral("PG_") + text(page_flag_names[bit]);
    if (bit < cpupidShift) return tr("unused");
    if (bit < zones_pgshift) return tr("last CPU and process (NUMA balancing): not modelled");
    return bit < nodes_pgshift ? tr("zone number") : tr("node number");
}

void FlagsStrip::paintEvent(QPaintEvent*) {
    QPainter p(this);
    p.setRenderHint(QPainter::Antialiasing);
    const Tokens& t = m_theme.tokens();
    p.setPen(Qt::NoPen);
    const int radius = m_theme.px(1.5);
    for (unsigned bit = 0; bit < 64; ++bit) {
        const bool set = m_word && known(bit) && (*m_word >> bit & 1) != 0;
        p.setBrush(set ? QBrush(t.accent) : known(bit) ? QBrush(t.track) : m_theme.hatch());
        p.drawRoundedRect(box(bit), radius, radius);
    }
    p.setFont(m_theme.axis());
    p.setPen(t.faint);
    for (const Field& f : fields) {
        const QRect from = box(f.last), to = box(f.first);
        const QRect label(from.left(), from.bottom() + 1, to.right() - from.left() + 1, labelHeight());
        p.drawText(label, Qt::AlignHCenter | Qt::AlignTop | Qt::TextDontClip, QLatin1String(f.name));
    }
}

bool FlagsStrip::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    for (unsigned bit = 0; bit < 64; ++bit) {
        if (!box(bit).adjusted(-1, -1, 1, 1).contains(help->pos())) continue;
        QString words = tr("bit %1: %2").arg(bit).arg(bitInWords(bit));
        if (m_word && known(bit)) words += (*m_word >> bit & 1) != 0 ? tr(", set") : tr(", clear");
        QToolTip::showText(help->globalPos(), words + QStringLiteral("\ninclude/linux/page-flags.h"), this);
        return true;
    }
    QToolTip::hideText();
    return true;
}

}  // namespace mm::gui
