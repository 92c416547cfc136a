// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/percpu/units_canvas.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <bit>
#include <cmath>

#include "engine/snapshot/percpu_frames.h"
#include "gui/format/format.h"
#include "gui/widgets/legend_line.h"

namespace mm::gui {
namespace {

/// Part of `top` over `ground`.
QColor mixed(const QColor& ground, const QColor& top, double share) {
    const auto channel = [share](int a, int b) { return static_cast<int>(std::lround(a + (b - a) * share)); };
    return {channel(ground.red(), top.red()), channel(ground.green(), top.green()), channel(ground.blue(), top.blue())};
}

}  // namespace

UnitsCanvas::UnitsCanvas(const Theme& theme, ViewState& state, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_state(state) {
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    setAccessibleName(tr("Units of the chunk"));
    connect(&m_state, &ViewState::selectionChanged, this, qOverload<>(&QWidget::update));
    connect(&m_theme, &Theme::changed, this, &UnitsCanvas::relayout);
}

const PercpuChunk* UnitsCanvas::shown() const {
    if (!m_snapshot || m_chunk >= percpu().chunks.size()) return nullptr;
    const PercpuChunk& chunk = percpu().chunk(m_chunk);
    return percpu().up && chunk.base != 0 ? &chunk : nullptr;
}

Bytes UnitsCanvas::before() const {
    return ofBoot() ? percpu().chunk(m_chunk).base - percpu().geometry.base : 0;
}

Bytes UnitsCanvas::drawn() const {
    const PercpuGeometry& g = percpu().geometry;
    if (ofBoot()) return align_up(g.static_size + g.reserved_size + g.dyn_size, page_size);
    const std::vector<bool>& populated = percpu().chunk(m_chunk).populated;
    const auto last = std::find(populated.rbegin(), populated.rend(), true);
    const auto end = static_cast<std::size_t>(populated.rend() - last);
    return std::min(g.unit_size, phys_of(NrPages{2 * std::bit_ceil(std::max<std::size_t>(end, 4))}));
}

double UnitsCanvas::rowHeight() const {
    return m_theme.px(shown() && percpu().geometry.cpus() > 4 ? 24 : 40);
}

void UnitsCanvas::setSnapshot(const SnapshotPtr& snapshot) {
    m_snapshot = snapshot;
    const PercpuChunk* chunk = shown();
    if (m_allocation && (!chunk || *m_allocation >= chunk->map.bits() || !chunk->map.begins(*m_allocation)))
        setAllocation(std::nullopt);
    relayout();
}

void UnitsCanvas::setChunk(ChunkId id) {
    if (m_chunk != id && m_allocation) setAllocation(std::nullopt);
    m_chunk = id;
    relayout();
}

void UnitsCanvas::setAllocation(std::optional<int> bit) {
    m_allocation = bit;
    Q_EMIT allocationChanged();
    update();
}

std::uint64_t UnitsCanvas::pointerOf(int bit) const {
    return percpu().chunk(m_chunk).base + static_cast<Bytes>(bit) * ChunkMap::unit - percpu().geometry.base;
}

void UnitsCanvas::relayout() {
    measure();
    updateGeometry();
    update();
}

/// Of each pixel column of a unit how much is taken: the same for all CPUs.
void UnitsCanvas::measure() {
    m_taken.clear();
    const PercpuChunk* chunk = shown();
    const double wide = unitOf(0).width();
    if (!chunk || wide < 1) return;
    m_taken.assign(static_cast<std::size_t>(wide), 0);
    const double bits = double(drawn()) / ChunkMap::unit;
    const double first = double(before()) / ChunkMap::unit;
    for (std::size_t x = 0; x < m_taken.size(); ++x) {
        const int from = std::max(0, static_cast<int>(double(x) * bits / wide - first));
        const int to = std::min(chunk->map.bits(), std::max(from + 1, int(double(x + 1) * bits / wide - first)));
        int taken = 0;
        for (int bit = from; bit < to; ++bit)
            taken += chunk->map.taken(bit);
        if (to > from) m_taken[x] = float(taken) / float(to - from);
    }
}

QSize UnitsCanvas::sizeHint() const {
    const double rows = shown() ? percpu().geometry.cpus() : 1;
    return {m_theme.px(420), static_cast<int>(std::ceil(rows * rowHeight() + m_theme.px(24)))};
}

QRectF UnitsCanvas::unitOf(unsigned cpu) const {
    const double left = QFontMetricsF(m_theme.mono()).horizontalAdvance("CPU 100") + m_theme.px(8);
    const double high = rowHeight();
    return {left, cpu * high + m_theme.px(3), std::max(1.0, width() - left - 2), high - m_theme.px(6)};
}

double UnitsCanvas::xOf(int bit) const {
    const QRectF unit = unitOf(0);
    return unit.left() + unit.width() * (double(before()) + double(bit) * ChunkMap::unit) / double(drawn());
}

Pfn UnitsCanvas::frameOf(unsigned cpu, std::size_t page) const {
    const PercpuChunk* chunk = shown();
    if (!chunk || page >= chunk->pages()) return no_pfn;
    return percpu_frame(m_snapshot->state, {m_chunk, cpu, static_cast<unsigned>(page)});
}

void UnitsCanvas::paintEvent(QPaintEvent* event) {
    QPainter painter(this);
    painter.fillRect(event->rect(), m_theme.tokens().panel);
    const PercpuChunk* chunk = shown();
    if (!chunk) return;
    const unsigned cpus = percpu().geometry.cpus();
    for (unsigned cpu = 0; cpu < cpus; ++cpu)
        if (unitOf(cpu).bottom() >= event->rect().top() && unitOf(cpu).top() <= event->rect().bottom())
            paintUnit(painter, *chunk, cpu);
    paintLegend(painter);
}

/// What of a unit of boot's memory is not the chunk's: the kernel's own variables, and what modules may have.
void UnitsCanvas::paintBoot(QPainter& painter, const QRectF& unit) const {
    const PercpuGeometry& g = percpu().geometry;
    const auto x = [&](Bytes at) { return unit.left() + unit.width() * double(at) / double(drawn()); };
    const struct {
        Bytes from, size;
        QString words;
        QColor ink;
    } parts[]{
        {0, g.static_size, tr("static %1").arg(sizeText(g.static_size)), m_theme.state(PageState::reserved)},
        {g.static_size, g.reserved_size, tr("for modules %1").arg(sizeText(g.reserved_size)),
         m_theme.state(PageState::boot)},
        {g.static_size + g.reserved_size, g.dyn_size, tr("dynamic %1").arg(sizeText(g.dyn_size)),
         m_theme.tokens().track},
    };
    painter.setFont(m_theme.axis());
    for (const auto& part : parts) {
        const QRectF rect(x(part.from), unit.top(), x(part.from + part.size) - x(part.from), unit.height());
        const bool own =
            m_chunk == percpu().first ? part.from == g.static_size + g.reserved_size : part.from == g.static_size;
        if (own || rect.isEmpty()) continue;
        painter.fillRect(rect, part.ink);
        painter.setPen(m_theme.textOn(part.ink));
        if (QFontMetricsF(m_theme.axis()).horizontalAdvance(part.words) + m_theme.px(6) <= rect.width())
            painter.drawText(rect, Qt::AlignCenter, part.words);
    }
}

void UnitsCanvas::paintPages(QPainter& painter, const PercpuChunk& chunk, unsigned cpu, const QRectF& unit) const {
    const Tokens& ink = m_theme.tokens();
    const double top = unit.top(), high = unit.height();
    for (std::size_t page = 0; page < chunk.pages(); ++page) {
        const double from = xOf(static_cast<int>(page) * ChunkMap::block_bits);
        const double to = xOf(static_cast<int>(page + 1) * ChunkMap::block_bits);
        const QRectF rect(from, top, to - from, high);
        const Pfn pfn = frameOf(cpu, page);
        if (!chunk.populated[page]) painter.fillRect(rect, m_theme.hatch());
        if (page != 0 && to - from > 4) painter.fillRect(QRectF(from, top, 1, high), ink.panel);
        if (pfn != no_pfn && chunk.populated[page] && m_state.selection().touches({pfn, pfn + 1}))
            painter.fillRect(QRectF(from, top + high, to - from, m_theme.px(3)), ink.accent);
    }
}

void UnitsCanvas::paintUnit(QPainter& painter, const PercpuChunk& chunk, unsigned cpu) const {
    const Tokens& ink = m_theme.tokens();
    const QRectF unit = unitOf(cpu);
    painter.setFont(m_theme.mono());
    painter.setPen(ink.text);
    painter.drawText(QRectF(0, unit.top(), unit.left(), unit.height()), int{Qt::AlignLeft} | int{Qt::AlignVCenter},
                     tr("CPU %1").arg(cpu));
    const QRectF own(xOf(static_cast<int>(chunk.start_offset / ChunkMap::unit)), unit.top(), 0, unit.height());
    const double end = xOf(chunk.map.bits() - static_cast<int>(chunk.end_offset / ChunkMap::unit));
    painter.fillRect(own.adjusted(0, 0, end - own.left(), 0), ink.track);
    const QColor taken = m_theme.migrate(MigrateType::unmovable, false);
    for (std::size_t x = 0; x < m_taken.size(); ++x)
        if (const double at = unit.left() + double(x); m_taken[x] > 0 && at >= own.left() && at < end)
            painter.fillRect(QRectF(at, unit.top(), 1, unit.height()),
                             mixed(ink.track, taken, std::max(0.35, double(m_taken[x]))));
    paintPages(painter, chunk, cpu, unit);
    if (ofBoot()) paintBoot(painter, unit);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(ink.line);
    painter.drawRect(unit.adjusted(0.5, 0.5, -0.5, -0.5));
    if (!m_allocation) return;
    const double from = xOf(*m_allocation), to = xOf(chunk.map.end_of(*m_allocation));
    const double slim = std::max(0.0, m_theme.px(4) - (to - from));  // a few bytes have to be seen, too
    painter.setPen(QPen(ink.accent, m_theme.px(2)));
    painter.drawRect(QRectF(from - slim / 2, unit.top() - 1, to - from + slim, unit.height() + 2));
}

void UnitsCanvas::paintLegend(QPainter& painter) const {
    std::vector<LegendEntry> entries{
        {m_theme.migrate(MigrateType::unmovable, false), tr("allocated")},
        {m_theme.tokens().track, tr("free")},
    };
    if (ofBoot())
        entries.insert(entries.end(), {{m_theme.state(PageState::reserved), tr("the kernel's own variables")},
                                       {m_theme.state(PageState::boot), tr("for modules")}});
    else
        entries.push_back({m_theme.hatch(), tr("pages without memory yet")});
    const double top = unitOf(percpu().geometry.cpus()).top();
    const double x = paintLegendLine(painter, m_theme, {unitOf(0).left(), top}, width(), entries);
    const NrPages more = ofBoot() ? 0 : (percpu().geometry.unit_size - drawn()) / page_size;
    if (more == 0) return;
    painter.setPen(m_theme.tokens().dim);
    painter.drawText(QPointF(x, top + QFontMetricsF(m_theme.small()).ascent()),
                     tr("%1 more of them on the right").arg(number(more)));
}

void UnitsCanvas::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    if (event->oldSize().width() != width()) measure();
}

std::optional<UnitsCanvas::Place> UnitsCanvas::placeAt(QPointF at) const {
    if (!shown()) return std::nullopt;
    for (unsigned cpu = 0; cpu < percpu().geometry.cpus(); ++cpu) {
        const QRectF unit = unitOf(cpu);
        if (at.y() < unit.top() || at.y() >= unit.bottom() || at.x() < unit.left() || at.x() >= unit.right()) continue;
        const double byte = (at.x() - unit.left()) / unit.width() * double(drawn());
        return Place{cpu, static_cast<int>(std::floor((byte - double(before())) / ChunkMap::unit))};
    }
    return std::nullopt;
}

/// The allocation over that bit, or the nearest one that is no farther than a finger is wide.
std::optional<int> UnitsCanvas::allocationAt(int bit) const {
    const PercpuChunk* chunk = shown();
    if (!chunk) return std::nullopt;
    const int last = chunk->map.bits() - static_cast<int>(chunk->end_offset / ChunkMap::unit);
    const int reach = static_cast<int>(double(drawn()) / ChunkMap::unit / unitOf(0).width() * 3) + 1;
    const auto over = [&](int at) -> std::optional<int> {
        if (at < static_cast<int>(chunk->start_offset / ChunkMap::unit) || at >= last || !chunk->map.taken(at))
            return std::nullopt;
        while (at > 0 && !chunk->map.begins(at))
            --at;
        return at;
    };
    for (int away = 0; away <= reach; ++away) {
        if (const auto found = over(bit - away)) return found;
        if (const auto found = over(bit + away)) return found;
    }
    return std::nullopt;
}

void UnitsCanvas::choose(const Place& place) {
    setAllocation(allocationAt(place.bit));
    setAccessibleDescription(words(place));
    const Pfn pfn =
        place.bit < 0 ? no_pfn : frameOf(place.cpu, static_cast<std::size_t>(place.bit) / ChunkMap::block_bits);
    if (pfn != no_pfn) m_state.select({.frames = {pfn, pfn + 1}, .list = {}, .event = {}});
}

void UnitsCanvas::mousePressEvent(QMouseEvent* event) {
    const auto place = placeAt(event->position());
    if (!place) return QWidget::mousePressEvent(event);
    choose(*place);
}

/// To the next allocation or the one before.
void UnitsCanvas::keyPressEvent(QKeyEvent* event) {
    const PercpuChunk* chunk = shown();
    const bool forward = event->key() == Qt::Key_Right;
    if (!chunk || (!forward && event->key() != Qt::Key_Left)) return QWidget::keyPressEvent(event);
    const int first = static_cast<int>(chunk->start_offset / ChunkMap::unit);
    const int end = chunk->map.bits() - static_cast<int>(chunk->end_offset / ChunkMap::unit);
    for (int bit = m_allocation ? *m_allocation + (forward ? 1 : -1)
                   : forward    ? first
                                : end - 1;
         bit >= first && bit < end; bit += forward ? 1 : -1)
        if (chunk->map.begins(bit)) return choose({0, bit});
}

QString UnitsCanvas::words(const Place& place) const {
    const PercpuChunk* chunk = shown();
    if (place.bit < 0 || place.bit >= chunk->map.bits())
        return ofBoot() ? tr("CPU %1: variables of the kernel image or of boot (see __per_cpu_start)").arg(place.cpu)
                        : QString();
    const std::size_t page = static_cast<std::size_t>(place.bit) / ChunkMap::block_bits;
    const Pfn pfn = frameOf(place.cpu, page);
    const QString where = tr("CPU %1, page %2 of the unit: %3")
                              .arg(place.cpu)
                              .arg(page)
                              .arg(pfn == no_pfn ? tr("no memory yet") : tr("frame %1").arg(hex(pfn)));
    const auto begin = allocationAt(place.bit);
    if (!begin) return where + tr("\nfree");
    const int bits = chunk->map.end_of(*begin) - *begin;
    return where +
           tr("\nper-CPU pointer %1: %2 bytes for each CPU, here at %3")
               .arg(hex(pointerOf(*begin)), number(static_cast<Bytes>(bits) * ChunkMap::unit),
                    hex(percpu().geometry.base + percpu().geometry.unit_offsets[place.cpu] + pointerOf(*begin)));
}

bool UnitsCanvas::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    QToolTip::hideText();
    if (const auto place = placeAt(help->pos())) QToolTip::showText(help->globalPos(), words(*place), this);
    return true;
}

}  // namespace mm::gui
