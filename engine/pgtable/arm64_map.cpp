// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/pgtable/arm64_map.h"

#include <fmt/format.h>

#include <algorithm>

namespace mm {
namespace {

constexpr Bytes block_sizes[] = {GiB, 2 * MiB};  // PUD and PMD sections

class Arm64Mapper {
public:
    Arm64Mapper(PageTables& tables, const EarlyPgtableAlloc& alloc, const Tracer& trace)
        : m_tables(tables), m_trace(trace), m_alloc([this, &alloc](PtLevel level) {
              const PhysAddr at = alloc();
              m_trace.event({.kind = EventKind::alloc_page_table, .touched = {at, at + page_size}}, name_of(level));
              return pfn_down(at);
          }) {}

    /// __create_pgd_mapping(): the largest blocks that both addresses and the flags allow.
    void map(PhysRange phys, VirtAddr virt, PtEntry flags, bool blocks) {
        phys = {align_down(phys.start, page_size), align_up(phys.end, page_size)};
        virt = align_down(virt, page_size);
        while (!phys.empty()) {
            const Bytes leaf = blocks ? block_at(phys, virt) : page_size;
            // All that has leaves of this size, up to where a larger one fits or this one no longer does.
            PhysAddr end = phys.start + leaf;
            VirtAddr at = virt + leaf;
            if (!blocks)
                end = phys.end;
            else
                for (; end < phys.end && block_at({end, phys.end}, at) == leaf; at += leaf)
                    end += leaf;
            m_tables.map_missing(virt, {phys.start, end}, leaf, flags, m_alloc);
            virt += end - phys.start;
            phys.start = end;
        }
    }

private:
    static Bytes block_at(PhysRange phys, VirtAddr virt) {
        for (const Bytes size : block_sizes)
            if ((phys.start | virt) % size == 0 && phys.size() >= size) return size;
        return page_size;
    }

    PageTables& m_tables;
    const Tracer& m_trace;
    PageTables::AllocTable m_alloc;
};

void map_kernel(Arm64Mapper& mapper, const Arm64Image& image) {
    const auto segment = [&](PhysAddr start, PhysAddr end, PtEntry flags) {
        if (start < end) mapper.map({start, end}, image.virt_stext + (start - image.stext), flags, true);
    };
    constexpr PtEntry code = (arm64_page_kernel & ~(arm64_write | arm64_pxn)) | arm64_read_only;
    segment(image.stext, image.etext, code);
    segment(image.etext, image.init_begin, arm64_page_kernel);
    segment(image.init_begin, image.inittext_end, code);
    segment(image.inittext_end, image.data, arm64_page_kernel);
    segment(image.data, image.end, arm64_page_kernel);
}

}  // namespace

DirectMap arm64_paging_init(const Arm64MapInput& input, Memblock& memblock, const EarlyPgtableAlloc& alloc,
                            const Tracer& trace) {
    const Arm64Image& image = input.image;
    DirectMap map;
    map.tables = PageTables(pfn_down(image.init_begin) - 1,
                            PagingMode::arm64);  // swapper_pg_dir: the last page before __init_begin
    Arm64Mapper mapper(map.tables, alloc, trace);
    map_kernel(mapper, image);

    const Bytes read_only = image.init_begin - image.stext;
    memblock.mark(image.stext, read_only, memblock_nomap, true);
    const std::vector<MemblockRegion> memory = memblock.memory();
    const auto linear = [&](PhysRange range, bool blocks) {
        trace.event({.kind = EventKind::map_range, .touched = range}, blocks ? "up to 1G blocks" : "4K pages");
        mapper.map(range, arm64_page_offset + (range.start - input.memstart), arm64_page_kernel, blocks);
        map.pfn_mapped.push_back({pfn_down(range.start), pfn_up(range.end)});
    };
    for (const MemblockRegion& region : memory)
        if (!(region.flags & memblock_nomap)) linear(region.range(), !input.page_mappings_only);
    linear({image.stext, image.init_begin}, true);  // its alias changes permissions as a whole: blocks do
    memblock.mark(image.stext, read_only, memblock_nomap, false);

    std::sort(map.pfn_mapped.begin(), map.pfn_mapped.end());
    std::vector<PfnRange> merged;
    for (const PfnRange r : map.pfn_mapped)
        if (!merged.empty() && merged.back().end >= r.start)
            merged.back().end = std::max(merged.back().end, r.end);
        else
            merged.push_back(r);
    map.pfn_mapped = std::move(merged);
    if (!map.pfn_mapped.empty()) map.max_low_pfn_mapped = map.max_pfn_mapped = map.pfn_mapped.back().end;
    return map;
}

void arm64_create_idmap(const EarlyPgtableAlloc& alloc) {
    // idmap_pg_dir is in the image. PUD, PMD and PTE table for .idmap.text, and one more PTE table for the flag of
    // KPTI's remapping, which lies in .data.
    for (int i = 0; i < 4; ++i)
        alloc();
}

}  // namespace mm
