// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/cache/cache_canvas.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>

#include "gui/format/format.h"
#include "gui/widgets/legend_line.h"

namespace mm::gui {

CacheCanvas::CacheCanvas(const Theme& theme, ViewState& state, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_state(state) {
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    setAccessibleName(tr("Pages of the file, and the swap area"));
    connect(&m_state, &ViewState::selectionChanged, this, qOverload<>(&QWidget::update));
    connect(&m_theme, &Theme::changed, this, &CacheCanvas::relayout);
}

const File* CacheCanvas::shown() const {
    if (!m_snapshot) return nullptr;
    const auto& files = *m_snapshot->state.processes.files;
    const auto it = files.find(m_file);
    return it == files.end() ? nullptr : &*it->second;
}

void CacheCanvas::setSnapshot(const SnapshotPtr& snapshot) {
    m_snapshot = snapshot;
    relayout();
}

void CacheCanvas::setFile(FileId id) {
    if (m_file == id) return;
    m_file = id;
    relayout();
}

void CacheCanvas::relayout() {
    m_counted = false;
    const File* const file = shown();
    const double line = QFontMetricsF(m_theme.small()).height() + m_theme.px(4), cell = m_theme.px(11);
    m_pages = PageGrid::fit(file ? file->end() : 0, m_theme.px(2), width(), cell);
    m_legend = m_pages.top + m_pages.height() + m_theme.px(3);
    m_height = m_legend + line;
    m_slots = {};
    if (m_snapshot && m_snapshot->state.processes.swap.on()) {
        m_swapCaption = m_height + m_theme.px(6);
        m_slots = PageGrid::fit(m_snapshot->state.processes.swap.pages, m_swapCaption + line, width(), cell);
        m_swapLegend = m_slots.top + m_slots.height() + m_theme.px(3);
        m_height = m_swapLegend + line;
    }
    updateGeometry();
    update();
}

CacheCanvas::Use CacheCanvas::useOf(PageSlot slot) const {
    if (slot.empty()) return notRead;
    if (slot.is_shadow()) return evicted;
    const std::uint32_t flags = m_snapshot->pages.at(slot.pfn()).flags;
    if (flags & bit(PageFlag::dirty)) return dirty;
    return flags & bit(PageFlag::active) ? active : inactive;
}

void CacheCanvas::countPages(const File& file) {
    for (const auto& [chunk, node] : file.pages)
        for (unsigned i = 0; i < xa_chunk; ++i) {
            const std::uint64_t index = chunk * xa_chunk + i;
            if (node->slots[i].empty() || index >= m_pages.pages) continue;
            Shares<uses>& cell = m_shares[m_pages.cellOf(index)];
            ++cell[useOf(node->slots[i])];
            --cell[notRead];
        }
}

void CacheCanvas::countSlots() {
    const SwapState& swap = m_snapshot->state.processes.swap;
    swap.map.each([&](Pfn slot, std::uint16_t users) {
        if (slot >= m_slots.pages || users == 0) return;
        Shares<slotUses>& cell = m_slotShares[m_slots.cellOf(slot)];
        ++cell[swap.cache[slot] != 0 ? cached : swapped];
        --cell[freeSlot];
    });
}

void CacheCanvas::count() {
    if (m_counted) return;
    m_counted = true;
    m_shares.assign(m_pages.cells, {});
    for (std::size_t i = 0; i < m_pages.cells; ++i)
        m_shares[i][notRead] = static_cast<std::uint32_t>(m_pages.endOf(i) - m_pages.firstOf(i));
    if (const File* file = shown()) countPages(*file);
    m_slotShares.assign(m_slots.cells, {});
    for (std::size_t i = 0; i < m_slots.cells; ++i)
        m_slotShares[i][freeSlot] = static_cast<std::uint32_t>(m_slots.endOf(i) - m_slots.firstOf(i));
    if (m_slots.cells > 0) countSlots();
}

std::array<QBrush, CacheCanvas::uses> CacheCanvas::inks() const {
    return {m_theme.tokens().track, m_theme.hatch(), m_theme.migrate(MigrateType::reclaimable, true),
            m_theme.migrate(MigrateType::reclaimable, false), m_theme.migrate(MigrateType::unmovable, false)};
}

std::array<QBrush, CacheCanvas::slotUses> CacheCanvas::slotInks() const {
    return {m_theme.tokens().track, m_theme.migrate(MigrateType::movable, false),
            m_theme.migrate(MigrateType::movable, true)};
}

void CacheCanvas::paintCells(QPainter& painter, const QRect& part) const {
    const auto grid = [&](const PageGrid& cells, const auto& shares, const auto& brushes) {
        for (std::size_t i = 0; i < cells.cells; ++i) {
            const QRectF rect = cells.rectOf(i);
            if (rect.bottom() >= part.top() && rect.top() <= part.bottom())
                paintShares(painter, rect, shares[i].data(), brushes.data(), brushes.size());
        }
    };
    grid(m_pages, m_shares, inks());
    grid(m_slots, m_slotShares, slotInks());
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(m_theme.tokens().accent, m_theme.px(2)));
    const PageMappings& mappings = m_snapshot->state.processes.mappings;
    for (const PfnRange& frames : m_state.selection().all())
        for (Pfn p = frames.start; p < std::min(frames.end, frames.start + 4096); ++p) {
            const PageMapping& m = mappings[p];
            if (m.kind == MappingKind::file && m.id == m_file) painter.drawRect(rectOfPage(m.index));
            if (m.swap != no_id && m.swap < m_slots.pages) painter.drawRect(m_slots.rectOf(m_slots.cellOf(m.swap)));
        }
}

void CacheCanvas::paintWords(QPainter& painter) const {
    const auto ink = inks();
    QString scale = m_pages.perCell == 1 ? QString() : tr("%1 pages a cell").arg(m_pages.perCell);
    paintLegendLine(painter, m_theme, {0, m_legend}, width(),
                    {{ink[active], tr("active")},
                     {ink[inactive], tr("inactive")},
                     {ink[dirty], tr("dirty")},
                     {ink[evicted], tr("evicted, remembered")},
                     {ink[notRead], tr("not in memory"), scale}});
    if (m_slots.cells == 0) return;
    const SwapState& swap = m_snapshot->state.processes.swap;
    const QFontMetricsF metrics(m_theme.small());
    painter.setFont(m_theme.small());
    painter.setPen(m_theme.tokens().dim);
    painter.drawText(QPointF(0, m_swapCaption + metrics.ascent()),
                     metrics.elidedText(tr("swap area %1 · %2 of %3 slots are taken")
                                            .arg(text(swap.path), number(swap.inuse), number(swap.total())),
                                        Qt::ElideMiddle, width()));
    const auto slotInk = slotInks();
    scale = m_slots.perCell == 1 ? QString() : tr("%1 slots a cell").arg(m_slots.perCell);
    paintLegendLine(painter, m_theme, {0, m_swapLegend}, width(),
                    {{slotInk[swapped], tr("swapped out")},
                     {slotInk[cached], tr("in the swap cache: in memory, too")},
                     {slotInk[freeSlot], tr("free"), scale}});
}

void CacheCanvas::paintEvent(QPaintEvent* event) {
    QPainter painter(this);
    painter.fillRect(event->rect(), m_theme.tokens().panel);
    if (!m_snapshot) return;
    count();
    paintCells(painter, event->rect());
    paintWords(painter);
}

void CacheCanvas::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    if (event->size().width() != event->oldSize().width()) relayout();
}

std::vector<Pfn> CacheCanvas::framesOf(std::size_t cell) const {
    std::vector<Pfn> frames;
    const File* const file = shown();
    for (std::uint64_t index = m_pages.firstOf(cell); file && index < m_pages.endOf(cell); ++index)
        if (const PageSlot slot = file->slot(index); slot.is_page()) frames.push_back(slot.pfn());
    return frames;
}

std::vector<Pfn> CacheCanvas::framesOfSlots(std::size_t cell) const {
    std::vector<Pfn> frames;
    const SwapState& swap = m_snapshot->state.processes.swap;
    for (std::uint64_t slot = m_slots.firstOf(cell); slot < m_slots.endOf(cell); ++slot)
        if (const Pfn entry = swap.cache[slot]; entry != 0) frames.push_back(entry - 1);
    return frames;
}

void CacheCanvas::choose(std::vector<Pfn> frames) {
    if (frames.empty()) return;
    Selection selection;
    selection.frames = {frames.front(), frames.front() + 1};
    for (std::size_t i = 1; i < frames.size(); ++i)
        selection.more.push_back({frames[i], frames[i] + 1});
    m_state.select(selection);
}

std::optional<std::size_t> CacheCanvas::chosen() const {
    const PfnRange frames = m_state.selection().frames;
    if (!m_snapshot || frames.empty()) return std::nullopt;
    const PageMapping& m = m_snapshot->state.processes.mappings[frames.start];
    if (m.kind != MappingKind::file || m.id != m_file || m.index >= m_pages.pages) return std::nullopt;
    return m_pages.cellOf(m.index);
}

QString CacheCanvas::words(std::size_t cell) const {
    const File* const file = shown();
    if (!file || cell >= m_pages.cells) return {};
    const std::uint64_t first = m_pages.firstOf(cell), end = m_pages.endOf(cell);
    if (m_pages.perCell == 1) {
        const PageSlot slot = file->slot(first);
        const std::array<QString, uses> what{tr("not in memory"), tr("evicted; a shadow remembers when"),
                                             tr("inactive"), tr("active"), tr("dirty")};
        const QString out = tr("page %1 of %2: %3").arg(number(first), text(file->path), what[useOf(slot)]);
        return slot.is_page() ? out + tr(", frame %1").arg(hex(slot.pfn())) : out;
    }
    Shares<uses> shares{};
    for (std::uint64_t index = first; index < end; ++index)
        ++shares[useOf(file->slot(index))];
    return tr("pages %1 to %2 of %3: %4 active, %5 inactive, %6 dirty, %7 evicted, %8 not in memory")
        .arg(number(first), number(end - 1), text(file->path))
        .arg(shares[active])
        .arg(shares[inactive])
        .arg(shares[dirty])
        .arg(shares[evicted])
        .arg(shares[notRead]);
}

QString CacheCanvas::slotWords(std::size_t cell) const {
    const SwapState& swap = m_snapshot->state.processes.swap;
    const std::uint64_t first = m_slots.firstOf(cell), end = m_slots.endOf(cell);
    unsigned taken = 0, both = 0;
    for (std::uint64_t slot = first; slot < end; ++slot) {
        taken += swap.map[slot] != 0;
        both += swap.cache[slot] != 0;
    }
    if (m_slots.perCell > 1)
        return tr("slots %1 to %2: %3 taken, %4 of them in the swap cache, too")
            .arg(number(first), number(end - 1))
            .arg(taken)
            .arg(both);
    if (first == 0) return tr("slot 0 is the area's header");
    QString out = taken ? tr("slot %1: swap_map %2").arg(number(first)).arg(swap.map[first])
                        : tr("slot %1 is free").arg(number(first));
    if (both) out += tr(", in memory, too, in frame %1").arg(hex(swap.cache[first] - 1));
    return out;
}

void CacheCanvas::mousePressEvent(QMouseEvent* event) {
    if (const auto cell = m_pages.cellAt(event->position())) return choose(framesOf(*cell));
    if (const auto cell = m_slots.cellAt(event->position())) return choose(framesOfSlots(*cell));
    QWidget::mousePressEvent(event);
}

/// To the next page that is in memory, or a row on.
void CacheCanvas::keyPressEvent(QKeyEvent* event) {
    const std::array keys{Qt::Key_Left, Qt::Key_Right, Qt::Key_Up, Qt::Key_Down};
    if (!shown() || std::find(keys.begin(), keys.end(), event->key()) == keys.end())
        return QWidget::keyPressEvent(event);
    const auto from = chosen();
    const auto step =
        static_cast<std::ptrdiff_t>(event->key() == Qt::Key_Up || event->key() == Qt::Key_Down ? m_pages.columns : 1);
    const bool back = event->key() == Qt::Key_Left || event->key() == Qt::Key_Up;
    auto cell = from ? static_cast<std::ptrdiff_t>(*from) + (back ? -step : step) : 0;
    for (; cell >= 0 && cell < static_cast<std::ptrdiff_t>(m_pages.cells); cell += back ? -1 : 1) {
        const auto frames = framesOf(static_cast<std::size_t>(cell));
        if (frames.empty()) continue;
        choose(frames);
        setAccessibleDescription(words(static_cast<std::size_t>(cell)));
        return;
    }
}

bool CacheCanvas::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip || !m_snapshot) return QWidget::event(event);
    auto* help = static_cast<QHelpEvent*>(event);
    QToolTip::hideText();
    if (const auto cell = m_pages.cellAt(help->pos()))
        QToolTip::showText(help->globalPos(), words(*cell) + tr("\naddress_space, mm/filemap.c"), this);
    else if (const auto slot = m_slots.cellAt(help->pos()))
        QToolTip::showText(help->globalPos(), slotWords(*slot) + tr("\nswap_info_struct, mm/swapfile.c"), this);
    return true;
}

}  // namespace mm::gui
