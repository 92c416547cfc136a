// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mmzone/zone_lines.h"

#include <fmt/format.h>

#include <bit>

namespace mm {
namespace {

std::string pfn_text(PfnRange r) {
    return fmt::format("{:#010x} -> {:#010x}", r.start, r.end);
}

bool counts_pfns(ZoneWords words) {
    return words == ZoneWords::active_pfns || words == ZoneWords::early_pfns;
}

}  // namespace

std::string ZoneLines::mem_text(PfnRange r) const {
    const PhysAddr first = phys_of(r.start), last = phys_of(r.end) - 1;
    return m_profile.log.zones == ZoneWords::wide_mem ? fmt::format("[mem {:#018x}-{:#018x}]", first, last)
                                                      : fmt::format("[mem {:#010x}-{:#010x}]", first, last);
}

void ZoneLines::zone_title() const {
    m_trace.printk(counts_pfns(m_profile.log.zones) ? "Zone PFN ranges:" : "Zone ranges:");
}

void ZoneLines::zone_range(ZoneType type, PfnRange frames) const {
    const ZoneWords words = m_profile.log.zones;
    const bool empty = frames.empty() && words != ZoneWords::active_pfns;
    const std::string text = empty ? "empty" : counts_pfns(words) ? pfn_text(frames) : mem_text(frames);
    m_trace.printk(fmt::format("  {:<8} {}", name_of(type), text));
}

void ZoneLines::movable_starts(const std::map<Nid, Pfn>& starts) const {
    const bool pfns = counts_pfns(m_profile.log.zones), wide = m_profile.log.zones == ZoneWords::wide_mem;
    m_trace.printk(pfns ? "Movable zone start PFN for each node" : "Movable zone start for each node");
    for (const auto& [nid, start] : starts)
        m_trace.printk(pfns   ? fmt::format("  Node {}: {}", nid, start)
                       : wide ? fmt::format("  Node {}: {:#018x}", nid, phys_of(start))
                              : fmt::format("  Node {}: {:#010x}", nid, phys_of(start)));
}

void ZoneLines::early_memory(const std::vector<MemRange>& memory) const {
    const ZoneWords words = m_profile.log.zones;
    m_trace.printk(words == ZoneWords::active_pfns  ? fmt::format("early_node_map[{}] active PFN ranges", memory.size())
                   : words == ZoneWords::early_pfns ? std::string("Early memory PFN ranges")
                                                    : std::string("Early memory node ranges"));
    for (const MemRange& r : memory)
        m_trace.printk(counts_pfns(words) ? fmt::format("  {:3}: {}", r.nid, pfn_text(r.frames))
                                          : fmt::format("  node {:3}: {}", r.nid, mem_text(r.frames)));
}

void ZoneLines::initmem(Nid nid, PfnRange span) const {
    if (!m_profile.log.initmem_of_zones) return;
    const std::string none =
        m_profile.log.memoryless_nodes ? "as memoryless" : "[mem 0x0000000000000000-0x0000000000000000]";
    m_trace.printk(fmt::format("Initmem setup node {} {}", nid, span.empty() ? none : mem_text(span)));
}

void ZoneLines::totalpages(const Node& node) const {
    if (m_profile.log.zone_sizes) m_trace.printk(fmt::format("On node {} totalpages: {}", node.nid, node.present));
}

void ZoneLines::taken(ZoneType type, NrPages memmap, NrPages left, bool first_zone, NrPages reserved) const {
    if (!m_profile.log.zone_sizes) return;
    if (left < memmap) {
        m_trace.printk(fmt::format("  {} zone: {} pages exceeds {} {}", name_of(type), memmap,
                                   m_profile.managed_pages ? "freesize" : "realsize", left));
    } else {
        left -= memmap;
        if (memmap) m_trace.printk(fmt::format("  {} zone: {} pages used for memmap", name_of(type), memmap));
    }
    if (first_zone && left > reserved)
        m_trace.printk(fmt::format("  {} zone: {} pages reserved", name_of(type), reserved));
}

void ZoneLines::batch(ZoneType type, NrPages pages, NrPages managed) const {
    if (m_profile.log.zone_sizes && pages)
        m_trace.printk(fmt::format("  {} zone: {} pages, LIFO batch:{}", name_of(type), pages,
                                   zone_batchsize(m_profile, managed)));
}

NrPages zone_batchsize(const KernelProfile& profile, NrPages managed) {
    const NrPages most = profile.pcp_batch_limit / page_size;
    const NrPages batch = std::max<NrPages>(std::min(managed / 1024, most) / 4, 1);
    return std::bit_floor(batch + batch / 2) - 1;  // not a power of two, against aliasing in caches
}

}  // namespace mm
