// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/numa/meminfo.h"

#include <fmt/format.h>

#include <algorithm>
namespace mm::meminfo {
namespace {

using Blocks = std::vector<NumaMemblk>;

std::string mem(PhysRange r) {
    return fmt::format("[mem {:#010x}-{:#010x}]", r.start, r.end - 1);
}

bool has_memory(const Memblock& memblock, PhysRange range) {
    const auto& memory = memblock.memory();
    return std::any_of(memory.begin(), memory.end(), [&](const auto& r) { return r.range().overlaps(range); });
}

void trim(Blocks& blocks, const Memblock& memblock, Pfn max_pfn) {
    std::erase_if(blocks, [&](NumaMemblk& b) {
        if (!has_memory(memblock, b.range)) return true;
        b.range.end = std::min(b.range.end, phys_of(max_pfn));
        return b.range.empty();
    });
}

/// False: the two overlap and belong to different nodes.
bool report_overlap(const NumaMemblk& a, const NumaMemblk& b, const Tracer& trace) {
    if (!a.range.overlaps(b.range)) return true;
    if (a.nid != b.nid) {
        trace.printk(fmt::format("node {} {} overlaps with node {} {}", a.nid, mem(a.range), b.nid, mem(b.range)));
        return false;
    }
    trace.printk(fmt::format("Warning: node {} {} overlaps with itself {}", a.nid, mem(a.range), mem(b.range)));
    return true;
}

bool foreign_memory_in(const Blocks& blocks, PhysRange range, Nid nid) {
    return std::any_of(blocks.begin(), blocks.end(),
                       [&](const NumaMemblk& b) { return b.nid != nid && b.range.overlaps(range); });
}

NrPages present_pages(const Memblock& memblock, PfnRange range, Nid nid) {
    NrPages pages = 0;
    for (const auto& r : memblock.memory())
        if (nid == no_node || r.nid == nid) pages += whole_pfns(r.range()).intersect(range).size();
    return pages;
}

}  // namespace

void add(Blocks& blocks, NumaMemblk block, const Tracer& trace) {
    if (block.range.start == block.range.end) return;
    if (block.range.empty() || block.nid < 0 || block.nid >= MemblockRegion::max_numnodes) {
        trace.printk(fmt::format("Warning: invalid memblk node {} {}", block.nid, mem(block.range)));
        return;
    }
    blocks.push_back(block);
    Event e;
    e.kind = EventKind::numa_add_memblk;
    e.nid = static_cast<std::int16_t>(block.nid);
    e.touched = block.range;
    trace.event(e);
}

bool clean_up(Blocks& blocks, const Memblock& memblock, Pfn max_pfn, const Tracer& trace) {
    trim(blocks, memblock, max_pfn);
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        for (std::size_t j = i + 1; j < blocks.size(); ++j) {
            if (!report_overlap(blocks[i], blocks[j], trace)) return false;
            if (blocks[i].nid != blocks[j].nid) continue;
            const PhysRange a = blocks[i].range, b = blocks[j].range;
            const PhysRange joined{std::min(a.start, b.start), std::max(a.end, b.end)};
            if (foreign_memory_in(blocks, joined, blocks[i].nid)) continue;
            trace.printk(fmt::format("NUMA: Node {} {} + {} -> {}", blocks[i].nid, mem(a), mem(b), mem(joined)));
            blocks[i].range = joined;
            blocks.erase(blocks.begin() + static_cast<std::ptrdiff_t>(j--));
        }
    }
    return true;
}

bool cover_memory(const Blocks& blocks, const Memblock& memblock, Pfn max_pfn, const Tracer& trace) {
    NrPages covered = 0;
    for (const auto& b : blocks)
        covered += present_pages(memblock, {pfn_down(b.range.start), pfn_down(b.range.end)}, b.nid);
    const NrPages ram = present_pages(memblock, {0, max_pfn}, no_node);
    if (ram < covered || ram - covered < MiB / page_size) return true;
    trace.printk(fmt::format("NUMA: nodes only cover {}MB of your {}MB e820 RAM. Not used.", phys_of(covered) / MiB,
                             phys_of(ram) / MiB));
    return false;
}

}  // namespace mm::meminfo
