// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/highmem/slots_canvas.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>

#include "gui/format/format.h"
#include "gui/widgets/difference_mark.h"
#include "gui/widgets/legend_line.h"

namespace mm::gui {
namespace {

unsigned usersOf(const PkmapSlot& slot) {
    return slot.count > 1 ? slot.count - 1 : 0;
}

}  // namespace

SlotsCanvas::SlotsCanvas(const Theme& theme, ViewState& state, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_state(state) {
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    setAccessibleName(tr("High memory and its windows"));
    connect(&m_state, &ViewState::selectionChanged, this, qOverload<>(&QWidget::update));
    connect(&m_state, &ViewState::markChanged, this, qOverload<>(&QWidget::update));
    connect(&m_theme, &Theme::changed, this, &SlotsCanvas::relayout);
}

void SlotsCanvas::setSnapshot(const SnapshotPtr& snapshot) {
    m_snapshot = snapshot;
    relayout();
}

void SlotsCanvas::relayout() {
    if (m_snapshot) m_layout = SlotsLayout::fit(highmem().window, m_theme, width() - 1.0);
    updateGeometry();
    update();
}

QSize SlotsCanvas::sizeHint() const {
    return {m_theme.px(420), static_cast<int>(m_layout.height) + 1};
}

double SlotsCanvas::xOf(Pfn pfn) const {
    return m_layout.physical.left() + m_layout.physical.width() * double(pfn) / double(std::max<Pfn>(endPfn(), 1));
}

void SlotsCanvas::paintPhysical(QPainter& painter) const {
    const HighmemWindow& window = highmem().window;
    const QRectF& bar = m_layout.physical;
    const Pfn border = std::min(window.first_high, endPfn());
    const struct {
        QRectF rect;
        ZoneType zone;
        QString words;
    } parts[]{{{bar.left(), bar.top(), xOf(border) - bar.left(), bar.height()},
               ZoneType::normal,
               tr("lowmem %1, in the direct map").arg(pagesAsSize(border))},
              {{xOf(border), bar.top(), bar.right() - xOf(border), bar.height()},
               ZoneType::highmem,
               tr("highmem %1").arg(pagesAsSize(endPfn() - border))}};
    painter.setFont(m_theme.axis());
    for (const auto& part : parts) {
        const QColor ink = m_theme.zone(part.zone);
        painter.fillRect(part.rect.adjusted(0, 0, -1, 0), ink);
        painter.setPen(m_theme.textOn(ink));
        for (const QString& words : {part.words, part.words.section(',', 0, 0), part.words.section(' ', 0, 0)})
            if (QFontMetricsF(m_theme.axis()).horizontalAdvance(words) + m_theme.px(8) <= part.rect.width()) {
                painter.drawText(part.rect, Qt::AlignCenter, words);
                break;
            }
    }
    for (const SlotRef& slot : mappedSlots(highmem()))
        painter.fillRect(QRectF(xOf(frameIn(highmem(), slot)), bar.bottom() + 1, m_theme.px(2), m_theme.px(5)),
                         m_theme.tokens().text);
    for (const PfnRange& frames : m_state.selection().all())
        if (!frames.empty())
            painter.fillRect(QRectF(xOf(frames.start) - 1, bar.top() - 2, m_theme.px(3), bar.height() + 4),
                             m_theme.tokens().accent);
}

void SlotsCanvas::paintSlot(QPainter& painter, const SlotRef& slot) const {
    const Tokens& ink = m_theme.tokens();
    const QRectF rect = m_layout.rectOf(slot);
    const Pfn pfn = frameIn(highmem(), slot);
    const QColor used = m_theme.zone(ZoneType::highmem);
    const unsigned users = slot.cpu ? 0 : usersOf(highmem().slots[slot.index]);
    if (pfn == no_pfn)
        painter.fillRect(rect, ink.track);
    else if (!slot.cpu && users == 0)
        painter.fillRect(rect, m_theme.hatch());
    else
        painter.fillRect(rect, used);
    if (users > 1) {
        painter.setPen(m_theme.textOn(used));
        painter.drawText(rect, Qt::AlignCenter, users < 10 ? QString::number(users) : QStringLiteral("+"));
    }
    const SnapshotPtr& mark = m_state.mark();
    if (mark && frameIn(mark->state.highmem, slot) != pfn) paintDiffers(painter, m_theme, rect);
    painter.setBrush(Qt::NoBrush);
    if (!slot.cpu && slot.index == highmem().last_slot && !highmem().by_page->empty()) {
        painter.setPen(QPen(ink.dim, m_theme.px(1)));
        painter.drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5));
    }
    if (pfn == no_pfn || !m_state.selection().touches({pfn, pfn + 1})) return;
    painter.setPen(QPen(ink.accent, m_theme.px(2)));
    painter.drawRect(rect);
}

void SlotsCanvas::paintCaptions(QPainter& painter) const {
    const HighmemWindow& window = highmem().window;
    const QFontMetricsF metrics(m_theme.small());
    painter.setFont(m_theme.small());
    painter.setPen(m_theme.tokens().dim);
    const auto line = [&](double top, const QString& words) {
        painter.drawText(QPointF(0, top + metrics.ascent()), metrics.elidedText(words, Qt::ElideRight, width()));
    };
    line(0, tr("Physical memory; ticks are frames that are mapped now"));
    line(m_layout.pkmapCaption,
         tr("pkmap %1: kmap() · %2 slots, %3 in use, %4 wait for a flush, last_pkmap_nr %5")
             .arg(hex(window.pkmap), number(window.slots), number(highmem().used()), number(highmem().waiting()))
             .arg(highmem().last_slot));
    line(m_layout.localCaption,
         tr("fixmap %1 downwards: kmap_local(), %2 slots a CPU, the last one mapped is unmapped first")
             .arg(hex(window.fixmap))
             .arg(window.usable_per_cpu()));
    for (unsigned cpu = 0; cpu < window.cpus; ++cpu) {
        const QRectF first = m_layout.rectOf({cpu, 0});
        painter.setFont(m_theme.mono());
        painter.drawText(QRectF(0, first.top(), m_layout.localLeft, first.height()),
                         int{Qt::AlignLeft} | int{Qt::AlignVCenter}, tr("CPU %1").arg(cpu));
    }
}

void SlotsCanvas::paintLegend(QPainter& painter) const {
    paintLegendLine(painter, m_theme, {0, m_layout.legend}, width(),
                    {{m_theme.zone(ZoneType::highmem), tr("mapped (number: users)")},
                     {m_theme.hatch(), tr("unmapped, TLBs may know it")},
                     {m_theme.tokens().track, tr("free")}});
}

void SlotsCanvas::paintEvent(QPaintEvent* event) {
    QPainter painter(this);
    painter.fillRect(event->rect(), m_theme.tokens().panel);
    if (!m_snapshot || !highmem().up) return;
    paintCaptions(painter);
    paintPhysical(painter);
    painter.setFont(m_theme.axis());
    for (unsigned i = 0; i < highmem().window.slots; ++i)
        paintSlot(painter, {{}, i});
    for (unsigned cpu = 0; cpu < highmem().window.cpus; ++cpu)
        for (unsigned i = 0; i < highmem().window.usable_per_cpu(); ++i)
            paintSlot(painter, {cpu, i});
    paintLegend(painter);
}

void SlotsCanvas::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    if (event->oldSize().width() != width()) relayout();
}

void SlotsCanvas::choose(const SlotRef& slot) {
    const Pfn pfn = frameIn(highmem(), slot);
    if (pfn == no_pfn) return;
    m_state.select({.frames = {pfn, pfn + 1}, .list = {}, .event = {}});
    setAccessibleDescription(words(slot));
}

void SlotsCanvas::mousePressEvent(QMouseEvent* event) {
    if (!m_snapshot) return;
    if (m_layout.physical.contains(event->position())) {
        const auto pfn = static_cast<Pfn>(event->position().x() / m_layout.physical.width() * double(endPfn()));
        return m_state.select({.frames = {pfn, pfn + 1}, .list = {}, .event = {}});
    }
    if (const auto slot = m_layout.slotAt(highmem().window, event->position())) return choose(*slot);
    QWidget::mousePressEvent(event);
}

void SlotsCanvas::keyPressEvent(QKeyEvent* event) {
    const bool forward = event->key() == Qt::Key_Right || event->key() == Qt::Key_Down;
    if (!forward && event->key() != Qt::Key_Left && event->key() != Qt::Key_Up) return QWidget::keyPressEvent(event);
    const std::vector<SlotRef> mapped = m_snapshot ? mappedSlots(highmem()) : std::vector<SlotRef>{};
    if (mapped.empty()) return;
    const auto now = std::find_if(mapped.begin(), mapped.end(), [this](const SlotRef& slot) {
        const Pfn pfn = frameIn(highmem(), slot);
        return m_state.selection().touches({pfn, pfn + 1});
    });
    if (now == mapped.end()) return choose(forward ? mapped.front() : mapped.back());
    const auto i = std::clamp<std::ptrdiff_t>(now - mapped.begin() + (forward ? 1 : -1), 0, std::ssize(mapped) - 1);
    choose(mapped[static_cast<std::size_t>(i)]);
}

QString SlotsCanvas::words(const SlotRef& slot) const {
    const Pfn pfn = frameIn(highmem(), slot);
    const QString place = tr("%1 %2 at %3")
                              .arg(slot.cpu ? tr("CPU %1, index").arg(*slot.cpu) : tr("slot"))
                              .arg(slot.index)
                              .arg(hex(addressOf(highmem().window, slot)));
    if (pfn == no_pfn) return place + tr(": free");
    if (slot.cpu) return place + tr(": frame %1\nkmap_local_page(), mm/highmem.c").arg(hex(pfn));
    const PkmapSlot& pkmap = highmem().slots[slot.index];
    const QString state = pkmap.count == 1 ? tr("no users; may be used again when the TLBs have been flushed")
                                           : tr("%1 users").arg(usersOf(pkmap));
    return place + tr(": frame %1, %2\npkmap_count[] %3, mm/highmem.c").arg(hex(pfn), state).arg(pkmap.count);
}

QString SlotsCanvas::physicalWords(QPointF at) const {
    const auto pfn = static_cast<Pfn>(at.x() / m_layout.physical.width() * double(endPfn()));
    return highmem().window.is_high(pfn)
               ? tr("frame %1: high memory\nno address of its own: kmap() or kmap_local() give it one").arg(hex(pfn))
               : tr("frame %1: low memory, always at %2").arg(hex(pfn), hex(highmem().window.lowmem_address(pfn)));
}

bool SlotsCanvas::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    QToolTip::hideText();
    if (!m_snapshot || !highmem().up) return true;
    if (m_layout.physical.contains(help->pos()))
        QToolTip::showText(help->globalPos(), physicalWords(help->pos()), this);
    else if (const auto slot = m_layout.slotAt(highmem().window, help->pos()))
        QToolTip::showText(help->globalPos(), words(*slot), this);
    return true;
}

}  // namespace mm::gui
