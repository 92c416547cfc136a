// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/hotplug/hot_add.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/page_alloc/mem_info.h"

namespace mm {
namespace {

constexpr Bytes pmd_size = 2 * MiB, resource_size = 64;
constexpr Order pmd_order = 9;
constexpr Pfn most_frames = Pfn{1} << 32;  // of links between frames

void tell_memory(const Tracer& trace, EventKind kind, const AddedMemory& memory, std::string_view words) {
    Event e;
    e.kind = kind;
    e.nid = static_cast<std::int16_t>(memory.nid);
    e.touched = memory.range;
    trace.event(e, words);
}

}  // namespace

Bytes HotAdd::block_size() const {
    return Bytes{1} << m_c.allocator.state().profile.section_size_bits;
}

/// Of a section's struct pages: a large page on all architectures that have memory hotplug here.
Bytes HotAdd::memmap_size() const {
    return pfn_down(block_size()) * m_c.allocator.state().profile.struct_page_size;
}

VirtAddr HotAdd::memmap_of(std::uint64_t section) const {
    return m_c.window.vmemmap + section * memmap_size();
}

AllocRequest HotAdd::near(Gfp gfp, Nid nid, Order order) const {
    return {gfp, order, nid, m_cpu};
}

std::optional<Pfn> HotAdd::page(const AllocRequest& request) {
    if (m_c.faults && m_c.faults->pages && m_c.faults->pages()) return std::nullopt;
    return m_c.allocator.alloc_pages(request, m_trace);
}

std::optional<PhysAddr> HotAdd::object(Bytes size, Nid nid) {
    const auto made = m_c.slabs.kmalloc(size, {gfp::GFP_KERNEL | gfp::zero, nid, m_cpu}, m_trace);
    return made ? *made : std::nullopt;
}

/// mhp_range_allowed(), check_hotplug_memory_range(), and what is in the way.
Broken HotAdd::refusal(PhysRange range, Nid nid) const {
    const Bytes block = block_size();
    const PhysRange most = m_c.window.addressable;
    if (range.end < range.start || range.end > most.end || range.start < most.start)
        return fmt::format("Hotplug memory [{:#x}-{:#x}] exceeds maximum addressable range [{:#x}-{:#x}]", range.start,
                           range.end - 1, most.start, most.end - 1);
    if (range.empty() || range.start % block != 0 || range.end % block != 0)
        return fmt::format("Block size [{:#x}] unaligned hotplug range: start {:#x}, size {:#x}", block, range.start,
                           range.end - range.start);
    if (pfn_down(range.end) > most_frames - 1)
        return fmt::format("memory [{:#x}-{:#x}]: addresses from 16 TiB on are not modelled", range.start, range.end);
    if (!m_c.allocator.state().zones.node(nid))
        return fmt::format("node {} was absent from the node_possible_map", nid);
    for (const Section& section : m_c.sections)
        if (const PhysAddr at = section.number * block; range.contains(at))
            return fmt::format("there is memory already in [{:#x}-{:#x}]", at, at + block);
    return std::nullopt;
}

/// There are not even pages for its struct pages and tables: nothing is mapped first, to be undone leaf by leaf.
bool HotAdd::is_hopeless(PhysRange range) const {
    NrPages needed = range.size() / block_size() * (NrPages{1} << pmd_order);
    if (m_c.window.largest_leaf == page_size) needed += range.size() / pmd_size;
    return needed > m_c.allocator.state().zones.sum(&Zone::free_pages);
}

/// Tables on the way down to an address. They are kept where a later one is not to be had.
bool HotAdd::make_tables(VirtAddr virt, PtLevel down_to, const AllocRequest& request) {
    PageTables& tables = m_c.direct_map.tables;
    while (const auto level = tables.missing_table(virt, down_to)) {
        const auto frame = page(request);
        if (!frame) return false;
        tables.add_table(virt, *frame);
        m_c.state.tables.edit().emplace(*frame, *level);
    }
    return true;
}

/// init_memory_mapping(): no larger leaves than the range itself has room for.
bool HotAdd::map(PhysRange range) {
    PageTables& tables = m_c.direct_map.tables;
    const Paging& paging = tables.paging();
    const Bytes largest = m_c.window.largest_leaf;
    const Nid here = m_c.allocator.state().zones.node_of_cpu(m_cpu);
    std::vector<MapRange> pieces{{range, page_size}};
    if (largest != page_size) pieces = split_mem_range(range, largest == GiB, Memblock());
    for (const MapRange& piece : pieces) {
        const PtLevel level = paging.for_leaf(piece.leaf_size).level;
        for (PhysAddr at = piece.range.start; at < piece.range.end; at += piece.leaf_size) {
            const VirtAddr virt = m_c.window.direct_map + at;
            if (!make_tables(virt, level, near(gfp::GFP_ATOMIC | gfp::zero, here))) return false;
            tables.map(virt, at, piece.leaf_size, paging.page_kernel_flags(), {});
        }
        Event e;
        e.kind = EventKind::map_range;
        e.touched = piece.range;
        e.a = piece.leaf_size;
        m_trace.event(e);
    }
    add_pfn_range_mapped(m_c.direct_map, whole_pfns(range));
    return true;
}

/// remove_pagetable(): tables that map nothing any more. x86 keeps those of the level below the top.
void HotAdd::free_empty_tables(VirtRange range) {
    PageTables& tables = m_c.direct_map.tables;
    const PagingMode mode = tables.paging().mode;
    const PtLevel highest = mode == PagingMode::x86_64 ? PtLevel::pmd : PtLevel::pud;
    const auto is_empty = [&](const WalkStep& step) {
        const Pfn frame = pfn_down(step.table);
        const PtPage* const page = tables.table(frame);
        return page && step.level <= highest &&
               (m_c.state.tables->contains(frame) || m_c.pat.tables->contains(frame)) &&
               std::all_of(page->words().begin(), page->words().end(), [](std::uint64_t w) { return w == 0; });
    };
    for (VirtAddr at = range.start; at < range.end; at += pmd_size)
        for (Walk walk = tables.walk(at); walk.steps.size() > 1 && is_empty(walk.steps.back()); walk = tables.walk(at))
            for (const Pfn frame : tables.cut_off(at, walk.steps[walk.steps.size() - 2].level)) {
                if (m_c.state.tables.edit().erase(frame) == 0) m_c.pat.tables.edit().erase(frame);
                (void)m_c.allocator.free_pages(frame, 0, m_trace, m_cpu);
            }
}

/// vmemmap_populate_basepages().
bool HotAdd::populate_base_pages(AddedSection& section, VirtAddr virt, Nid nid) {
    const AllocRequest request = near(gfp::GFP_KERNEL | gfp::retry_mayfail | gfp::nowarn, nid);
    PageTables& tables = m_c.direct_map.tables;
    for (VirtAddr at = virt; at < virt + memmap_size(); at += page_size) {
        if (!make_tables(at, PtLevel::pte, request)) return false;
        const auto frame = page(request);
        if (!frame) return false;
        tables.map(at, phys_of(*frame), page_size, tables.paging().page_kernel_flags(), {});
        section.memmap.push_back(*frame);
    }
    return true;
}

/// vmemmap_populate_hugepages().
bool HotAdd::populate_memmap(AddedSection& section, VirtAddr virt, Nid nid) {
    const Gfp flags = gfp::GFP_KERNEL | gfp::retry_mayfail;
    PageTables& tables = m_c.direct_map.tables;
    if (!make_tables(virt, PtLevel::pmd, near(flags | gfp::nowarn, nid))) return false;
    const auto block = page(near(flags | gfp::nowarn, nid, pmd_order));
    if (!block) {
        warn_alloc(m_c.allocator.state(), near(flags, nid, pmd_order), "vmemmap alloc failure: order:9", m_trace);
        return populate_base_pages(section, virt, nid);
    }
    section.memmap = {*block};
    section.memmap_order = pmd_order;
    tables.map(virt, phys_of(*block), pmd_size, tables.paging().page_kernel_flags(), {});
    return true;
}

/// sparse_add_section().
bool HotAdd::add_section(AddedMemory& memory, std::uint64_t number) {
    const KernelProfile& profile = m_c.allocator.state().profile;
    const std::uint64_t per_root = page_size / profile.mem_section_size, root = number / per_root;
    const bool has_root =
        m_c.state.roots->contains(root) || std::any_of(m_c.sections.begin(), m_c.sections.end(),
                                                       [&](const Section& s) { return s.number / per_root == root; });
    if (!has_root) {
        const auto array = object(per_root * profile.mem_section_size, memory.nid);
        if (!array) return false;
        m_c.state.roots.edit().emplace(root, *array);
    }
    const auto usage = object(mem_section_usage_size(profile), no_node);
    if (!usage) return false;
    AddedSection& section = memory.sections.emplace_back();
    section.usage = *usage;
    const VirtAddr virt = memmap_of(number);
    if (!populate_memmap(section, virt, memory.nid)) return false;
    const PhysAddr first = phys_of(section.memmap.front());
    auto& sections = m_c.sections.edit();
    const Section made{number, memory.nid,
                       section.memmap_order != 0 ? PhysRange{first, first + pmd_size} : PhysRange{}};
    sections.insert(std::find_if(sections.begin(), sections.end(), [&](const Section& s) { return s.number > number; }),
                    made);
    return true;
}

Outcome<bool> HotAdd::add(PhysRange range, Nid nid) {
    if (Broken refused = refusal(range, nid)) return Error{*refused};
    const AllocState& state = m_c.allocator.state();
    if (is_hopeless(range)) return false;
    AddedMemory memory{range, nid, 0, {}};
    const auto resource = object(resource_size, no_node);  // register_memory_resource()
    if (!resource) return false;
    memory.resource = *resource;
    bool done = map(range);
    for (PhysAddr at = range.start; done && at < range.end; at += block_size())
        done = add_section(memory, at / block_size());
    if (!done) {
        take_back(memory);
        return false;
    }
    state.zones.node(nid)->online = true;  // __try_online_node()
    const Pfn end = pfn_down(range.end);
    if (m_c.pages.end_pfn() < end) m_c.pages.grow(end);
    if (auto& types = state.zones.pageblock_type.edit(); types.size() < end / pageblock_pages)
        types.resize(end / pageblock_pages, static_cast<std::uint8_t>(MigrateType::movable));
    for (PhysAddr at = range.start; at < range.end; at += block_size())
        m_c.state.offline.push_back({whole_pfns({at, at + block_size()}), {nid, ZoneType::normal}});
    auto& added = m_c.state.added.edit();
    added.insert(std::find_if(added.begin(), added.end(), [&](const auto& o) { return o.range.start > range.start; }),
                 memory);
    tell_memory(
        m_trace, EventKind::add_memory, memory,
        fmt::format("{} MiB for node {}: {} memory blocks, offline", range.size() / MiB, nid, memory.sections.size()));
    return true;
}

/// arch_remove_memory(), release_mem_region_adjustable(). Not all of its sections may have come to be.
void HotAdd::take_back(const AddedMemory& memory) {
    PageTables& tables = m_c.direct_map.tables;
    std::uint64_t number = memory.range.start / block_size();
    for (const AddedSection& section : memory.sections) {
        const VirtRange virt{memmap_of(number), memmap_of(number + 1)};
        (void)m_c.slabs.kfree(section.usage, m_cpu, m_trace);
        tables.unmap(virt);
        for (const Pfn frame : section.memmap)
            (void)m_c.allocator.free_pages(frame, section.memmap_order, m_trace, m_cpu);
        free_empty_tables(virt);
        ++number;
    }
    std::erase_if(m_c.sections.edit(),
                  [&](const Section& s) { return memory.range.contains(s.number * block_size()); });
    const VirtRange virt{m_c.window.direct_map + memory.range.start, m_c.window.direct_map + memory.range.end};
    tables.unmap(virt);
    free_empty_tables(virt);
    (void)m_c.slabs.kfree(memory.resource, m_cpu, m_trace);
}

Outcome<Done> HotAdd::remove(PhysRange range) {
    const AddedMemory* const found = added_with(m_c.state, pfn_down(range.start));
    if (!found || found->range != range)
        return Error{fmt::format("[{:#x}-{:#x}] is not what one memory_add has brought; memory of the boot stays",
                                 range.start, range.end)};
    const auto is_of = [&](const ZoneFrames& block) { return whole_pfns(range).contains(block.frames); };
    auto& offline = m_c.state.offline;
    for (PhysAddr at = range.start; at < range.end; at += block_size())
        if (std::none_of(offline.begin(), offline.end(),
                         [&](const ZoneFrames& block) { return block.frames.start == pfn_down(at); }))
            return Error{fmt::format("removing memory fails, because memory [{:#018x}-{:#018x}] is onlined", at,
                                     at + block_size() - 1)};
    const AddedMemory memory = *found;
    std::erase_if(offline, is_of);
    std::erase_if(m_c.state.added.edit(), [&](const AddedMemory& one) { return one.range == range; });
    take_back(memory);
    tell_memory(m_trace, EventKind::remove_memory, memory, fmt::format("{} MiB are gone", range.size() / MiB));
    return Done{};
}

Broken check_hotplug(const HotplugState& state, const PageColumns& pages, const PageTables* tables) {
    const auto in_use = [&](Pfn frame, Order order) {
        return state_of(pages.state(frame)) == PageState::allocated && pages.order(frame) == order;
    };
    for (const AddedMemory& memory : *state.added)
        for (const AddedSection& section : memory.sections)
            for (const Pfn frame : section.memmap)
                if (!in_use(frame, section.memmap_order))
                    return fmt::format("struct pages of added memory at frame {:#x} lie in memory of others", frame);
    for (const auto& [frame, level] : *state.tables)
        if (!in_use(frame, 0) || !tables || !tables->table(frame))
            return fmt::format("frame {:#x} is no {} table of the kernel", frame, name_of(level));
    return std::nullopt;
}

Broken hotplug_owner_of(const HotplugState& state, Pfn pfn) {
    if (state.tables->contains(pfn)) return fmt::format("frame {:#x} is a page table of memory that was added", pfn);
    for (const AddedMemory& memory : *state.added)
        for (const AddedSection& section : memory.sections)
            if (std::find(section.memmap.begin(), section.memmap.end(), pfn) != section.memmap.end())
                return fmt::format("frame {:#x} holds struct pages of [{:#x}-{:#x}]: memory_remove frees it", pfn,
                                   memory.range.start, memory.range.end);
    return std::nullopt;
}

Broken hotplug_owner_of_object(const HotplugState& state, PhysAddr object) {
    bool has = false;
    for (const AddedMemory& memory : *state.added) {
        has |= memory.resource == object;
        for (const AddedSection& section : memory.sections)
            has |= section.usage == object;
    }
    for (const auto& [root, at] : *state.roots)
        has |= at == object;
    return has && object != 0 ? Broken(fmt::format("{:#x} describes memory that was added", object)) : std::nullopt;
}

}  // namespace mm
