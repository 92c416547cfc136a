// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/memblock/memblock.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/memblock/claims.h"
#include "engine/memblock/region_list.h"

namespace mm {
namespace {

Event memblock_event(EventKind kind, PhysRange touched, Nid nid = no_node) {
    Event e;
    e.kind = kind;
    e.touched = touched;
    e.nid = static_cast<std::int16_t>(nid == MemblockRegion::max_numnodes ? no_node : nid);
    e.a = touched.size();
    return e;
}

void dump_list(std::vector<std::string>& lines, std::string_view name, const regions::List& list, unsigned width) {
    // The kernel keeps one all-zero region in an empty list and prints it as it stands.
    static const regions::List placeholder(1);
    const regions::List& shown = list.empty() ? placeholder : list;
    lines.push_back(fmt::format(" {}.cnt  = {:#x}", name, shown.size()));
    for (std::size_t i = 0; i < shown.size(); ++i) {
        const auto& r = shown[i];
        const std::string node = r.nid == MemblockRegion::max_numnodes ? "" : fmt::format(" on node {}", r.nid);
        lines.push_back(fmt::format(" {}[{:#x}]\t[{:#0{}x}-{:#0{}x}], {:#0{}x} bytes{} flags: {:#x}", name, i, r.base,
                                    width, r.end() - 1, width, r.size, width, node, r.flags));
    }
}

}  // namespace

void Memblock::set_arrays(std::size_t memory_regions, std::size_t reserved_regions, Bytes region_size) {
    m_array = {MemblockArray{memory_regions, 0}, MemblockArray{reserved_regions, 0}};
    m_region_size = region_size;
}

bool Memblock::add(PhysAddr base, Bytes size, const Tracer& trace, Nid nid, std::uint32_t flags) {
    const PhysRange range = regions::capped(base, size);
    if (!add_range(MemblockList::memory, range, nid, flags, trace)) return false;
    trace.event(memblock_event(EventKind::memblock_add, range, nid));
    return true;
}

bool Memblock::remove(PhysAddr base, Bytes size, const Tracer& trace) {
    const PhysRange range = regions::capped(base, size);
    if (!isolate_range(MemblockList::memory, range, trace)) return false;
    regions::remove(m_memory, range);
    trace.event(memblock_event(EventKind::memblock_remove, range));
    return true;
}

bool Memblock::reserve(PhysAddr base, Bytes size, std::string_view owner, const Tracer& trace) {
    const PhysRange range = regions::capped(base, size);
    if (!add_range(MemblockList::reserved, range, MemblockRegion::max_numnodes, memblock_none, trace)) return false;
    claims::add(m_claims, range, owner);
    trace.event(memblock_event(EventKind::memblock_reserve, range), owner);
    return true;
}

bool Memblock::phys_free(PhysAddr base, Bytes size, const Tracer& trace) {
    const PhysRange range = regions::capped(base, size);
    const std::string owner = trace ? claims::owner_at(m_claims, base) : std::string{};
    if (!isolate_range(MemblockList::reserved, range, trace)) return false;
    regions::remove(m_reserved, range);
    claims::cut(m_claims, range);
    trace.event(memblock_event(EventKind::memblock_phys_free, range), owner);
    return true;
}

bool Memblock::set_node(PhysAddr base, Bytes size, Nid nid, bool in_reserved, const Tracer& trace) {
    const PhysRange range = regions::capped(base, size);
    const MemblockList which = in_reserved ? MemblockList::reserved : MemblockList::memory;
    const auto inside = isolate_range(which, range, trace);
    if (!inside) return false;
    for (std::size_t i = inside->first; i < inside->second; ++i)
        list(which)[i].nid = nid;
    regions::merge_neighbours(list(which));
    trace.event(memblock_event(EventKind::memblock_set_node, range, nid), in_reserved ? "reserved" : "memory");
    return true;
}

bool Memblock::mark(PhysAddr base, Bytes size, std::uint32_t flag, bool set, const Tracer& trace) {
    if (flag == memblock_mirror && set) {
        if (!m_mirrored_kernelcore) return true;
        m_has_mirror = true;
    }
    const auto inside = isolate_range(MemblockList::memory, regions::capped(base, size), trace);
    if (!inside) return false;
    for (std::size_t i = inside->first; i < inside->second; ++i)
        m_memory[i].flags = set ? m_memory[i].flags | flag : m_memory[i].flags & ~flag;
    regions::merge_neighbours(m_memory);
    return true;
}

void Memblock::trim_memory(Bytes align, const Tracer& trace) {
    const Bytes before = regions::total_size(m_memory);
    Bytes removed_whole = 0;
    std::erase_if(m_memory, [&](MemblockRegion& r) {
        const PhysAddr start = align_up(r.base, align), end = align_down(r.end(), align);
        // In the last page below 2^64 the kernel's round_up() wraps to 0 and the region becomes everything; here it
        // goes.
        if (start >= end || start < r.base) {
            removed_whole += r.size;
            return true;
        }
        r.base = start;
        r.size = end - start;
        return false;
    });
    // The kernel shrinks a region in place and leaves its total alone; only whole removals are subtracted there.
    m_trimmed += before - regions::total_size(m_memory) - removed_whole;
    Event e = memblock_event(EventKind::memblock_trim_memory, {start_of_dram(), end_of_dram()});
    e.a = align;
    trace.event(e);
}

bool Memblock::is_memory(PhysAddr addr) const {
    return regions::search(m_memory, addr) != nullptr;
}

bool Memblock::is_reserved(PhysAddr addr) const {
    return regions::search(m_reserved, addr) != nullptr;
}

bool Memblock::is_region_memory(PhysRange range) const {
    const MemblockRegion* r = regions::search(m_memory, range.start);
    return r && r->end() >= range.end;
}

bool Memblock::is_region_reserved(PhysRange range) const {
    return std::any_of(m_reserved.begin(), m_reserved.end(),
                       [&](const MemblockRegion& r) { return r.range().overlaps(range); });
}

Bytes Memblock::memory_size() const {
    return regions::total_size(m_memory) + m_trimmed;
}

Bytes Memblock::reserved_size() const {
    return regions::total_size(m_reserved);
}

PhysAddr Memblock::start_of_dram() const {
    return m_memory.empty() ? 0 : m_memory.front().base;
}

PhysAddr Memblock::end_of_dram() const {
    return m_memory.empty() ? 0 : m_memory.back().end();
}

std::vector<std::string> Memblock::dump_lines(unsigned phys_addr_digits) const {
    const unsigned width = phys_addr_digits + 2;
    std::vector<std::string> lines{
        "MEMBLOCK configuration:",
        fmt::format(" memory size = {:#0{}x} reserved size = {:#0{}x}", memory_size(), width, reserved_size(), width)};
    dump_list(lines, "memory", m_memory, width);
    dump_list(lines, "reserved", m_reserved, width);
    return lines;
}

Broken Memblock::check() const {
    if (auto broken = regions::check(m_memory, "memory")) return broken;
    if (auto broken = regions::check(m_reserved, "reserved")) return broken;
    return claims::check(m_claims, m_reserved);
}

}  // namespace mm
