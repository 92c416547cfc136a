// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/walk/walk_canvas.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>

#include "gui/format/format.h"
#include "gui/models/difference_words.h"
#include "gui/widgets/difference_mark.h"

namespace mm::gui {
namespace {

constexpr double nameWidth = 44, nameGap = 10, levelGap = 10;

QString joined(const std::vector<std::string>& words) {
    QStringList all;
    for (const std::string& w : words)
        all << text(w);
    return all.join(' ');
}

QString padded(std::uint64_t value, unsigned bytes) {
    return QStringLiteral("%1").arg(value, static_cast<int>(bytes) * 2, 16, QLatin1Char('0'));
}

}  // namespace

WalkCanvas::WalkCanvas(const Theme& theme, QWidget* parent) : QWidget(parent), m_theme(theme) {
    setAccessibleName(tr("Page-table walk"));
    connect(&m_theme, &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void WalkCanvas::setWalk(const SnapshotPtr& snapshot, WalkReport report, std::optional<WalkReport> atMark) {
    m_snapshot = snapshot;
    m_report = std::move(report);
    m_atMark = std::move(atMark);
    setAccessibleDescription(text(m_report.outcome));
    updateGeometry();
    update();
}

std::optional<QString> WalkCanvas::wasAtMark(const WalkLevel& level) const {
    if (!m_atMark) return {};
    for (const WalkLevel& was : m_atMark->levels) {
        if (was.level != level.level) continue;
        const bool same = was.is_reached == level.is_reached && was.is_folded == level.is_folded &&
                          was.entry_at == level.entry_at && was.entry == level.entry;
        if (same) return {};
        return was.is_reached ? hex(was.entry) + tr(" in the table at ") + hex(was.table) : tr("not reached");
    }
    return QString();
}

std::vector<WalkCanvas::Field> WalkCanvas::fields() const {
    std::vector<Field> all;
    const Paging& paging = *m_report.paging;
    if (paging.virtual_bits < 64 && paging.virtual_bits > 32)
        all.push_back({tr("sign"), QStringLiteral("%1").arg(m_report.virt >> paging.virtual_bits, 0, 16),
                       QStringLiteral("63..%1").arg(paging.virtual_bits), 64 - paging.virtual_bits, false, true});
    unsigned low = 0;
    bool leaf = false;
    for (const WalkLevel& l : m_report.levels) {
        if (leaf) break;
        if (!l.is_folded) low = l.low_bit;
        all.push_back({text(name_of(l.level)), l.is_folded ? QString() : QString::number(l.index),
                       l.is_folded ? tr("folded") : QStringLiteral("%1..%2").arg(l.high_bit).arg(l.low_bit),
                       l.is_folded ? 0 : l.high_bit - l.low_bit + 1, l.is_folded, l.is_folded || l.is_reached});
        leaf = l.is_leaf;
    }
    const std::uint64_t offset = m_report.virt & ((std::uint64_t{1} << low) - 1);
    all.push_back(
        {tr("offset"), hex(offset), QStringLiteral("%1..0").arg(low - 1), low, false, m_report.phys.has_value()});
    return all;
}

double WalkCanvas::lineHeight() const {
    return QFontMetricsF(m_theme.mono()).height() + m_theme.px(2);
}

double WalkCanvas::fieldsHeight() const {
    return 3 * lineHeight() + m_theme.px(14);
}

double WalkCanvas::levelHeight(const WalkLevel& level) const {
    if (level.is_folded || !level.is_reached) return lineHeight() + m_theme.px(levelGap / 2);
    return 4 * lineHeight() + m_theme.px(levelGap);
}

QSize WalkCanvas::sizeHint() const {
    double height = fieldsHeight() + 3 * lineHeight() + m_theme.px(12);
    for (const WalkLevel& l : m_report.levels)
        height += levelHeight(l);
    return {m_theme.px(420), static_cast<int>(height)};
}

QSize WalkCanvas::minimumSizeHint() const {
    return {m_theme.px(330), sizeHint().height()};
}

/// By the number of bits, but each wide enough for its words.
std::vector<QRectF> WalkCanvas::fieldBoxes(const std::vector<Field>& fields) const {
    const QFontMetricsF mono(m_theme.mono()), axis(m_theme.axis());
    std::vector<double> least;
    double words = 0, bits = 0;
    for (const Field& f : fields) {
        least.push_back(std::max({mono.horizontalAdvance(f.value), axis.horizontalAdvance(f.bits),
                                  axis.horizontalAdvance(f.name)}) +
                        m_theme.px(8));
        words += least.back();
        bits += f.width;
    }
    const double spacing = m_theme.px(3), most = m_theme.px(900);
    const double room = std::min<double>(width(), most) - spacing * static_cast<double>(fields.size());
    const double spare = std::max(0.0, room - words);
    std::vector<QRectF> boxes;
    double x = 0.5;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const double wide = least[i] + (bits > 0 ? spare * fields[i].width / bits : 0);
        boxes.emplace_back(x, lineHeight() + 0.5, wide, lineHeight() + m_theme.px(4));
        x += wide + spacing;
    }
    return boxes;
}

void WalkCanvas::paintFields(QPainter& painter) const {
    const Tokens& t = m_theme.tokens();
    const auto all = fields();
    const auto boxes = fieldBoxes(all);
    for (std::size_t i = 0; i < all.size(); ++i) {
        const Field& f = all[i];
        const QRectF& box = boxes[i];
        painter.setPen(QPen(t.line, 1, f.isFolded ? Qt::DashLine : Qt::SolidLine));
        painter.setBrush(f.isFolded ? QBrush(Qt::NoBrush) : QBrush(f.isUsed ? t.accentWash : t.track));
        painter.drawRoundedRect(box, m_theme.px(3), m_theme.px(3));
        painter.setFont(m_theme.axis());
        painter.setPen(t.dim);
        const QRectF above(box.left(), 0, box.width(), lineHeight()), below = above.translated(0, box.bottom() + 1);
        painter.drawText(above, Qt::AlignCenter, f.name);
        painter.drawText(below, Qt::AlignHCenter | Qt::AlignTop, f.bits);
        painter.setFont(m_theme.mono());
        painter.setPen(t.text);
        painter.drawText(box, Qt::AlignCenter, f.value);
    }
}

/// The entry between its neighbours, as they lie in the table.
void WalkCanvas::paintTable(QPainter& painter, const WalkLevel& level, const QRectF& box) const {
    const Tokens& t = m_theme.tokens();
    const Paging& paging = *m_report.paging;
    const PtPage* page = m_snapshot->state.direct_map.tables.table(pfn_down(level.table));
    painter.setBrush(t.panel);
    painter.setPen(QPen(t.line, 1));
    painter.drawRect(box);
    painter.setFont(m_theme.mono());
    for (int row = -1; row <= 1; ++row) {
        const QRectF line(box.left(), box.top() + (row + 1) * lineHeight(), box.width(), lineHeight());
        const long index = static_cast<long>(level.index) + row;
        if (index < 0 || index >= static_cast<long>(level.entries)) {
            painter.fillRect(line.adjusted(1, 1, 0, 0), m_theme.hatch());
            continue;
        }
        const PtEntry e = page ? page->get(static_cast<unsigned>(index), paging.entry_size) : level.entry;
        if (row == 0) painter.fillRect(line.adjusted(1, 0, 0, 0), t.accentWash);
        painter.setPen(row == 0 ? t.text : t.dim);
        const QRectF words = line.adjusted(m_theme.px(5), 0, -m_theme.px(5), 0);
        painter.drawText(words, Qt::AlignVCenter | Qt::AlignLeft, QString::number(index));
        painter.drawText(words, Qt::AlignVCenter | Qt::AlignRight, padded(e, paging.entry_size));
        if (row != 0) continue;
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(t.accent, m_theme.px(1.5)));
        painter.drawRect(line.adjusted(0, 0, 0, 0));
    }
}

void WalkCanvas::paintLevel(QPainter& painter, const WalkLevel& level, double top) const {
    const Tokens& t = m_theme.tokens();
    const double left = m_theme.px(nameWidth), line = lineHeight();
    const auto was = wasAtMark(level);
    if (was) paintDiffers(painter, m_theme, {left - m_theme.px(8), top, 0, levelHeight(level) - m_theme.px(4)});
    painter.setFont(level.is_reached ? m_theme.title() : m_theme.body());
    painter.setPen(level.is_reached ? t.text : t.dim);
    painter.drawText(QRectF(0, top, left, line), Qt::AlignVCenter, text(name_of(level.level)));
    painter.setFont(m_theme.small());
    painter.setPen(t.dim);
    const QRectF rest(left, top, width() - left, line);
    if (level.is_folded || !level.is_reached) {
        const bool inPage = !level.is_folded && m_report.phys;
        painter.drawText(rest, Qt::AlignVCenter,
                         level.is_folded ? tr("folded: this CPU has no such level; the kernel's helpers pass through")
                         : inPage        ? tr("not needed: the page above is larger, these bits belong to the offset")
                                         : tr("not reached"));
        return;
    }
    painter.drawText(rest, Qt::AlignVCenter, tr("table at %1").arg(hex(level.table)));
    const QFontMetricsF mono(m_theme.mono());
    const double wide =
        mono.horizontalAdvance(QStringLiteral("5110") + padded(0, m_report.paging->entry_size)) + m_theme.px(18);
    paintTable(painter, level, {left + 0.5, top + line + 0.5, wide, 3 * line});
    const double x = left + wide + m_theme.px(nameGap);
    const QRectF words(x, top + line, width() - x, 3 * line);
    painter.setFont(m_theme.mono());
    painter.setPen(t.text);
    if (!level.is_present) {
        painter.drawText(words, Qt::AlignVCenter | Qt::TextWordWrap, tr("not present: the walk ends"));
        return;
    }
    const QString to = level.is_leaf ? tr("\u2192 %1 page at %2").arg(sizeText(m_report.leaf_size), hex(level.leads_to))
                                     : tr("\u2192 table at %1").arg(hex(level.leads_to));
    painter.drawText(words, Qt::AlignVCenter | Qt::TextWordWrap, joined(level.flags) + '\n' + to);
}

void WalkCanvas::paintEvent(QPaintEvent*) {
    if (!m_report.paging) return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    paintFields(painter);
    double top = fieldsHeight();
    if (m_report.refusal.empty())
        for (const WalkLevel& l : m_report.levels) {
            paintLevel(painter, l, top);
            top += levelHeight(l);
        }
    painter.setFont(m_theme.title());
    painter.setPen(m_theme.tokens().text);
    painter.drawText(QRectF(0, top, width(), 3 * lineHeight()), Qt::AlignTop | Qt::TextWordWrap,
                     text(m_report.outcome));
}

QString WalkCanvas::tipAt(QPointF at) const {
    double top = fieldsHeight();
    for (const WalkLevel& l : m_report.levels) {
        const double bottom = top + levelHeight(l);
        const auto was = at.y() >= top && at.y() < bottom ? wasAtMark(l) : std::nullopt;
        if (was && !l.is_reached) return text(name_of(l.level)) + wordsOfMark(*was);
        if (at.y() >= top && at.y() < bottom && l.is_reached) {
            QStringList lines{tr("%1 entry %2 of %3, at physical address %4")
                                  .arg(text(name_of(l.level)))
                                  .arg(l.index)
                                  .arg(l.entries)
                                  .arg(hex(l.entry_at))};
            for (const std::string& flag : l.flags)
                if (const QString words = flagInWords(text(flag)); !words.isEmpty())
                    lines << QStringLiteral("%1: %2").arg(text(flag), words);
            return lines.join('\n') + (was ? wordsOfMark(*was) : QString());
        }
        top = bottom;
    }
    return at.y() < fieldsHeight() ? tr("Each index picks an entry of that level's table; the offset stays as it is")
                                   : QString();
}

bool WalkCanvas::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip || !m_report.paging) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    QToolTip::showText(help->globalPos(), tipAt(help->pos()), this);
    return true;
}

QString flagInWords(const QString& flag) {
    static const std::pair<const char*, const char*> words[] = {
        {"P", "present"},
        {"RW", "writable"},
        {"US", "user space may use it, as far as the lower levels allow"},
        {"PWT", "write-through"},
        {"PCD", "cache disabled"},
        {"A", "accessed: set by the CPU when it is used"},
        {"D", "dirty: set by the CPU when it is written"},
        {"G", "global: stays in the TLB when CR3 changes"},
        {"NX", "no execution"},
        {"PSE", "a large page: no lower table"},
        {"PAT", "selects a memory type together with PCD and PWT"},
        {"AF", "accessed: a fault is raised while it is clear"},
        {"DBM", "writable (the CPU clears RDONLY on the first write)"},
        {"RDONLY", "read-only"},
        {"PXN", "no execution by the kernel"},
        {"UXN", "no execution by user space"},
        {"BLOCK", "a large page: no lower table"},
        {"TABLE", "leads to the next table"},
        {"nG", "not global: belongs to one address space"},
    };
    for (const auto& [name, meaning] : words)
        if (flag == QLatin1String(name)) return QObject::tr(meaning);
    return {};
}

}  // namespace mm::gui
