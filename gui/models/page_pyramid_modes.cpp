// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/page_pyramid_modes.h"

#include <algorithm>

#include "engine/mmzone/stretches.h"
#include "gui/format/format.h"

namespace mm::gui {
namespace {

using Lut = std::array<Category, 256>;  ///< state byte to category

std::vector<PfnRange> merged(std::vector<PfnRange> ranges) {
    std::erase_if(ranges, [](PfnRange r) { return r.empty(); });
    std::sort(ranges.begin(), ranges.end());
    std::vector<PfnRange> out;
    for (const PfnRange r : ranges) {
        if (!out.empty() && r.start <= out.back().end)
            out.back().end = std::max(out.back().end, r.end);
        else
            out.push_back(r);
    }
    return out;
}

/// Calls f(i, j) for the runs [i, j) of the pageblock that lie inside the ranges.
template<class F>
void forRuns(const std::vector<PfnRange>& ranges, Pfn first, F f) {
    const PfnRange block{first, first + pageblock_pages};
    auto it = std::partition_point(ranges.begin(), ranges.end(), [&](PfnRange r) { return r.end <= block.start; });
    for (; it != ranges.end() && it->start < block.end; ++it) {
        const PfnRange r = it->intersect(block);
        f(static_cast<unsigned>(r.start - first), static_cast<unsigned>(r.end - first));
    }
}

/// Frames of the pageblock that lie inside the ranges.
unsigned covered(const std::vector<PfnRange>& ranges, Pfn first) {
    unsigned out = 0;
    forRuns(ranges, first, [&](unsigned i, unsigned j) { out += j - i; });
    return out;
}

}  // namespace

bool isAllMemory(const Ground& ground, Pfn first) {
    return covered(ground.memory, first) == pageblock_pages;
}

namespace {

/// Frames outside RAM become holes, whatever their struct page says; before the memmap, claims show.
int applyGround(const BlockInput& in, int uniform, BlockCategories& out) {
    const Ground& g = in.ground;
    const bool early = in.snapshot.pages.end_pfn() == 0;
    const unsigned memory = covered(g.memory, in.first);
    if (memory == 0) return categoryHole;
    const bool full = memory == pageblock_pages;
    const bool claims = early && covered(g.claimed, in.first) != 0;
    if (full && !claims) return uniform;
    if (full && covered(g.claimed, in.first) == pageblock_pages) return categoryClaimed;
    BlockCategories was;
    if (uniform >= 0)
        was.fill(static_cast<Category>(uniform));
    else
        was = out;
    if (claims)
        forRuns(g.claimed, in.first,
                [&](unsigned i, unsigned j) { std::fill(was.begin() + i, was.begin() + j, categoryClaimed); });
    out.fill(categoryHole);
    forRuns(g.memory, in.first,
            [&](unsigned i, unsigned j) { std::copy(was.begin() + i, was.begin() + j, out.begin() + i); });
    return -1;
}

Lut commonLut() {
    Lut lut{};
    lut.fill(categoryNotYet);
    lut[state_byte(PageState::reserved)] = categoryReserved;
    lut[state_byte(PageState::boot)] = categoryBoot;
    return lut;
}

/// Sets what free and allocated frames become; used(t) by the migratetype of the allocation.
template<class Used>
Lut lutOf(Category free, Used used) {
    Lut lut = commonLut();
    lut[state_byte(PageState::free)] = free;
    lut[state_byte(PageState::unknown)] = used(static_cast<unsigned>(MigrateType::unmovable));
    for (unsigned t = 0; t < 16; ++t) {
        lut[state_byte(PageState::allocated, static_cast<MigrateType>(t))] = used(std::min(t, nr_migratetypes - 1));
        lut[state_byte(PageState::pcp, static_cast<MigrateType>(t))] = free;
    }
    return lut;
}

int classifyByLut(const BlockInput& in, const Lut& lut, BlockCategories& out) {
    const FrozenPages& pages = in.snapshot.pages;
    if (in.first >= pages.end_pfn()) return applyGround(in, categoryNotYet, out);
    const PageBlockImage* const image = pages.block_image(in.first);
    if (!image) return applyGround(in, lut[pages.uniform_block(in.first).state], out);
    const std::uint8_t* const states = image->state.data();
    for_stretches([&](std::size_t i, auto n) { return alike<n>(states + i); },
                  [&](std::size_t i, std::size_t n) { std::memset(out.data() + i, lut[states[i]], n); },
                  [&](std::size_t i) { out[i] = lut[states[i]]; });
    return applyGround(in, -1, out);
}

Category at(unsigned i) {
    return static_cast<Category>(categoryFirst + i);
}

unsigned pageblockType(const BlockInput& in) {
    const auto& types = in.snapshot.state.zones.pageblock_type;
    const std::size_t i = in.first / pageblock_pages;
    return i < types.size() ? std::min<unsigned>(types[i], nr_migratetypes - 1) : 0u;
}

// Each kind has two categories, in use (even) and free (odd).
bool oddIsFree(Category c) {
    return ((c - categoryFirst) & 1) != 0;
}

// ---- free blocks --------------------------------------------------------------------------------------------------
/// Head byte of the free block that begins in an earlier pageblock and covers this one; 0 if none. Blocks lie at
/// multiples of their size, so there is one candidate an order.
std::uint8_t headFromBefore(const FrozenPages& pages, Pfn first) {
    for (unsigned order = 10; order < max_orders; ++order) {
        const Pfn head = align_down(first, Pfn{1} << order);
        if (head == first) continue;
        const PageRecord r = pages.at(head);
        if (r.order != not_a_head && r.order >= order && state_of(r.state) == PageState::free)
            return head_byte(r.order, r.list);
    }
    return 0;
}

bool isFree(BlockTally::Kind kind) {
    return state_of(kind.state) == PageState::free;
}
/// REQUIRES: isFree(kind).
std::uint8_t headOf(const BlockInput& in, BlockTally::Kind kind) {
    return kind.head ? kind.head : headFromBefore(in.snapshot.pages, in.first);
}

/// As classifyByLut(), with the category of free frames taken from the head byte of their block.
template<class OfHead>
int classifyByBlock(const BlockInput& in, Lut& lut, BlockCategories& out, OfHead ofHead) {
    const FrozenPages& pages = in.snapshot.pages;
    if (in.first >= pages.end_pfn()) return classifyByLut(in, lut, out);
    Category& free = lut[state_byte(PageState::free)];
    const PageBlockImage* const image = pages.block_image(in.first);
    if (!image) {
        const UniformBlock u = pages.uniform_block(in.first);
        if (state_of(u.state) == PageState::free) free = ofHead(u.head ? u.head : headFromBefore(pages, in.first));
        return classifyByLut(in, lut, out);
    }
    // Free frames before the first head are of a block that begins before.
    const auto& kinds = image->tally;
    const auto fromBefore = [](BlockTally::Kind kind) { return isFree(kind) && kind.head == 0; };
    if (kinds.overflown() || std::any_of(kinds.all().begin(), kinds.all().end(), fromBefore))
        free = ofHead(headFromBefore(pages, in.first));
    const std::uint8_t *const states = image->state.data(), *const heads = image->head.data();
    const auto freeAt = [&](std::size_t i) { return state_of(states[i]) == PageState::free; };
    for_stretches([&](std::size_t i, auto n) { return alike<n>(states + i) && (!freeAt(i) || all_zero<n>(heads + i)); },
                  [&](std::size_t i, std::size_t n) { std::memset(out.data() + i, lut[states[i]], n); },
                  [&](std::size_t i) {
                      if (heads[i] && freeAt(i)) free = ofHead(heads[i]);
                      out[i] = lut[states[i]];
                  });
    return applyGround(in, -1, out);
}

// ---- migrate type -------------------------------------------------------------------------------------------------
constexpr std::array legendOrder{MigrateType::movable,    MigrateType::unmovable, MigrateType::reclaimable,
                                 MigrateType::highatomic, MigrateType::cma,       MigrateType::isolate};

unsigned slotOf(unsigned type) {
    const auto it = std::find(legendOrder.begin(), legendOrder.end(), static_cast<MigrateType>(type));
    return static_cast<unsigned>(it - legendOrder.begin());
}
MigrateType typeAt(unsigned slot) {
    return legendOrder[std::min<std::size_t>(slot, legendOrder.size() - 1)];
}
const Lut& migrateLut() {
    static const Lut types = lutOf(at(1), [](unsigned t) { return at(2 * slotOf(t)); });
    return types;
}
Category migrateOfHead(const BlockInput& in, std::uint8_t head) {
    const unsigned type = head ? static_cast<unsigned>(list_of_head(head)) : pageblockType(in);
    return at(2 * slotOf(std::min(type, nr_migratetypes - 1)) + 1);
}
int classifyMigrate(const BlockInput& in, BlockCategories& out) {
    Lut lut = migrateLut();
    return classifyByBlock(in, lut, out, [&](std::uint8_t head) { return migrateOfHead(in, head); });
}
Category migrateOfKind(const BlockInput& in, BlockTally::Kind kind) {
    return isFree(kind) ? migrateOfHead(in, headOf(in, kind)) : migrateLut()[kind.state];
}
QString migrateName(Category c) {
    return text(name_of(typeAt((c - categoryFirst) / 2u)));
}
QColor migrateInk(const Theme& theme, Category c) {
    return theme.migrate(typeAt((c - categoryFirst) / 2u), oddIsFree(c));
}

// ---- state --------------------------------------------------------------------------------------------------------
const Lut& stateLut() {
    static const Lut states = lutOf(at(1), [](unsigned) { return at(0); });
    return states;
}
int classifyState(const BlockInput& in, BlockCategories& out) {
    return classifyByLut(in, stateLut(), out);
}
Category stateOfKind(const BlockInput&, BlockTally::Kind kind) {
    return stateLut()[kind.state];
}
QString stateName(Category) {
    return QStringLiteral("buddy allocator");
}
QColor stateInk(const Theme& theme, Category c) {
    return theme.state(oddIsFree(c) ? PageState::free : PageState::allocated);
}

// ---- zone and node ------------------------------------------------------------------------------------------------
/// Frames of a pageblock rarely belong to two zones: look at both ends, and at each frame only where they differ.
template<class Slot>
int classifyByZone(const BlockInput& in, BlockCategories& out, Slot slot) {
    const Zones& zones = in.snapshot.state.zones;
    const auto lutFor = [&](Pfn pfn) {
        const unsigned s = slot(zones.zone_of(pfn));
        return lutOf(at(2 * s + 1), [&](unsigned) { return at(2 * s); });
    };
    const Zone* const a = zones.zone_of(in.first);
    const Zone* const b = zones.zone_of(in.first + pageblock_pages - 1);
    const int uniform = classifyByLut(in, lutFor(a ? in.first : in.first + pageblock_pages - 1), out);
    if (a == b || !a || !b || uniform == categoryHole || in.first >= in.snapshot.pages.end_pfn()) return uniform;
    if (uniform >= 0) out.fill(static_cast<Category>(uniform));
    for (unsigned i = 0; i < pageblock_pages; ++i) {
        if (out[i] >= categoryFirst) out[i] = lutFor(in.first + i)[in.snapshot.pages.state_at(in.first + i)];
    }
    return -1;
}
int classifyZone(const BlockInput& in, BlockCategories& out) {
    return classifyByZone(in, out, [](const Zone* z) { return z ? static_cast<unsigned>(z->type) : 2u; });
}
QString zoneName(Category c) {
    return text(name_of(static_cast<ZoneType>((c - categoryFirst) / 2)));
}
QColor pale(const Theme& theme, const QColor& c) {
    const QColor panel = theme.tokens().panel;
    const auto mix = [](int x, int y) { return (x * 30 + y * 70) / 100; };
    return {mix(c.red(), panel.red()), mix(c.green(), panel.green()), mix(c.blue(), panel.blue())};
}
QColor zoneInk(const Theme& theme, Category c) {
    const QColor ink = theme.zone(static_cast<ZoneType>((c - categoryFirst) / 2));
    return oddIsFree(c) ? pale(theme, ink) : ink;
}

constexpr unsigned nodeSlots = 8;  // further nodes share the last
int classifyNode(const BlockInput& in, BlockCategories& out) {
    return classifyByZone(in, out, [](const Zone* z) {
        return z && z->nid > 0 ? std::min(static_cast<unsigned>(z->nid), nodeSlots - 1) : 0u;
    });
}
QString nodeName(Category c) {
    const unsigned nid = (c - categoryFirst) / 2u;
    return nid + 1 == nodeSlots ? QStringLiteral("node %1 and up").arg(nid) : QStringLiteral("node %1").arg(nid);
}
QColor nodeInk(const Theme& theme, Category c) {
    const QColor ink = theme.node((c - categoryFirst) / 2);
    return oddIsFree(c) ? pale(theme, ink) : ink;
}

// ---- order of the free block --------------------------------------------------------------------------------------
const Lut& orderLut() {
    static const Lut orders = lutOf(at(0), [](unsigned) { return at(max_orders); });
    return orders;
}
Category orderOfHead(std::uint8_t head) {
    return at(head ? std::min<unsigned>(order_of_head(head), max_orders - 1) : 0u);
}
int classifyOrder(const BlockInput& in, BlockCategories& out) {
    Lut lut = orderLut();
    return classifyByBlock(in, lut, out, orderOfHead);
}
Category orderOfKind(const BlockInput& in, BlockTally::Kind kind) {
    return isFree(kind) ? orderOfHead(headOf(in, kind)) : orderLut()[kind.state];
}
QString orderName(Category c) {
    const unsigned order = c - categoryFirst;
    return order < max_orders ? QStringLiteral("order %1").arg(order) : QStringLiteral("in use");
}
bool orderFree(Category c) {
    return c < categoryFirst + max_orders;
}
QColor orderInk(const Theme& theme, Category c) {
    return orderFree(c) ? theme.order(c - categoryFirst) : theme.tokens().track;
}

// ---- one page flag ------------------------------------------------------------------------------------------------
int classifyFlag(const BlockInput& in, BlockCategories& out) {
    const FrozenPages& pages = in.snapshot.pages;
    const auto clear = [](unsigned) { return at(1); };
    Lut lut = lutOf(at(1), clear);
    lut[state_byte(PageState::reserved)] = lut[state_byte(PageState::boot)] = at(1);
    if (in.first >= pages.end_pfn()) return classifyByLut(in, lut, out);
    const PageBlockImage* const image = pages.block_image(in.first);
    if (!image) {
        if ((pages.uniform_block(in.first).flags >> in.parameter & 1u) != 0) lut.fill(at(0));
        return classifyByLut(in, lut, out);
    }
    for (unsigned i = 0; i < pageblock_pages; ++i)
        out[i] = ((image->flags[i] >> in.parameter) & 1u) != 0 ? at(0) : lut[image->state[i]];
    return applyGround(in, -1, out);
}
QString flagName(Category c) {
    return oddIsFree(c) ? QStringLiteral("clear") : QStringLiteral("set");
}
QColor flagInk(const Theme& theme, Category c) {
    return oddIsFree(c) ? theme.tokens().track : theme.migrate(MigrateType::unmovable, false);
}
bool never(Category) {
    return false;
}

// ---- pageblock type -----------------------------------------------------------------------------------------------
int classifyPageblock(const BlockInput& in, BlockCategories& out) {
    const Category type = at(slotOf(pageblockType(in)));
    Lut lut = lutOf(type, [&](unsigned) { return type; });
    lut[state_byte(PageState::reserved)] = lut[state_byte(PageState::boot)] = type;
    return classifyByLut(in, lut, out);
}
QString pageblockName(Category c) {
    return text(name_of(typeAt(static_cast<unsigned>(c - categoryFirst))));
}
QColor pageblockInk(const Theme& theme, Category c) {
    return theme.migrate(typeAt(static_cast<unsigned>(c - categoryFirst)), false);
}

constexpr unsigned n(unsigned own) {
    return categoryFirst + own;
}
constexpr std::array table{
    ModeInfo{ColourMode::migrateType, "migrate type", n(2 * nr_migratetypes), 4, classifyMigrate, migrateName,
             oddIsFree, migrateInk, migrateOfKind},
    ModeInfo{ColourMode::state, "state", n(2), 1, classifyState, stateName, oddIsFree, stateInk, stateOfKind},
    ModeInfo{ColourMode::zone, "zone", n(2 * nr_zone_types), 0, classifyZone, zoneName, oddIsFree, zoneInk},
    ModeInfo{ColourMode::node, "node", n(2 * nodeSlots), 0, classifyNode, nodeName, oddIsFree, nodeInk},
    ModeInfo{ColourMode::order, "free block order", n(max_orders + 1), 11, classifyOrder, orderName, orderFree,
             orderInk, orderOfKind},
    ModeInfo{ColourMode::flag, "page flag", n(2), 2, classifyFlag, flagName, never, flagInk},
    ModeInfo{ColourMode::pageblock, "pageblock type", n(nr_migratetypes), 3, classifyPageblock, pageblockName, never,
             pageblockInk},
};

}  // namespace

Ground groundOf(const Snapshot& s) {
    Ground g;
    std::vector<PfnRange> memory, claimed;
    for (const MemblockRegion& r : s.state.memblock.memory())
        memory.push_back(whole_pfns(r.range()));
    if (memory.empty()) {
        for (const E820Entry& e : s.state.e820.entries()) {
            if (e.type != E820Type::ram || e.start + e.size < e.start) continue;  // a wrapping entry is no place
            memory.push_back(whole_pfns({e.start, e.start + e.size}));
        }
    }
    for (const AddedMemory& added : *s.state.hotplug.added)
        memory.push_back(whole_pfns(added.range));
    for (const MemblockRegion& r : s.state.memblock.reserved())
        claimed.push_back(touched_pfns(r.range()));
    g.memory = merged(std::move(memory));
    if (s.pages.end_pfn() == 0) g.claimed = merged(std::move(claimed));
    g.end = std::max(s.pages.end_pfn(), g.memory.empty() ? Pfn{0} : g.memory.back().end);
    g.end = align_up(g.end, pageblock_pages);
    return g;
}

std::span<const ModeInfo> colourModes() {
    return table;
}

const ModeInfo& colourMode(ColourMode mode) {
    return table[static_cast<std::size_t>(mode)];
}

QString categoryName(const ModeInfo& mode, Category c) {
    constexpr std::array<const char*, categoryFirst> common{"no memory", "not initialised", "reserved, no struct page",
                                                            "reserved", "waiting for the buddy"};
    return c < categoryFirst ? QString::fromLatin1(common[c]) : mode.name(c);
}

std::vector<LegendRow> legendRows(const ModeInfo& mode) {
    std::vector<LegendRow> rows;
    for (unsigned c = categoryFirst; c < mode.categories; ++c) {
        const auto category = static_cast<Category>(c);
        const QString name = mode.name(category);
        const bool free = mode.free(category);
        if (free && !rows.empty() && rows.back().name == name)
            rows.back().free = static_cast<int>(c);
        else
            rows.push_back({name, free ? -1 : static_cast<int>(c), free ? static_cast<int>(c) : -1});
    }
    for (unsigned c = categoryFirst; c-- > 0;)
        rows.push_back({categoryName(mode, static_cast<Category>(c)), static_cast<int>(c), -1});
    return rows;
}

}  // namespace mm::gui
