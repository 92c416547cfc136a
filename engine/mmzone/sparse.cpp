// SPDX-License-Identifier: GPL-3.0-or-later
// sparse_init(): sections of 128 MiB, their bookkeeping and the memory of their struct pages. mm/sparse.c.
//
//      memory        [====)      [==========)
//      sections      |  0   |  1  |  2   |  3   |      those with any memory
//      memmap buffer [0][2][3]                         one piece a node, 2 MiB a section
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/mmzone/init.h"
#include "engine/mmzone/mem_ranges.h"

namespace mm {
namespace {

constexpr PhysAddr max_dma_address = 16 * MiB;  ///< __pa(MAX_DMA_ADDRESS)
constexpr Bytes pmd_size = 2 * MiB, pointer = 8;

class SparseInit {
public:
    SparseInit(const BootMemblock& memblock, const KernelProfile& profile, const VmemmapMapper& mapper, bool la57)
        : m_boot(memblock),
          m_memblock(memblock.lists()),
          m_profile(profile),
          m_mapper(mapper),
          m_trace(memblock.trace()),
          m_la57(la57) {}

    std::vector<Section> run() {
        const std::vector<MemRange> memory = mem_pfn_ranges(m_memblock);
        if (memory.empty()) return {};
        alloc_roots();
        for (const MemRange& r : memory)
            memory_present(r);
        // Runs of sections of one node: interleaved nodes get several rounds, as in the kernel.
        for (std::size_t i = 0; i < m_sections.size();) {
            std::size_t end = i + 1;
            while (end < m_sections.size() && m_sections[end].nid == m_sections[i].nid)
                ++end;
            init_nid(i, end);
            i = end;
        }
        return std::move(m_sections);
    }

private:
    Bytes section_map_size() const {
        const NrPages pages = NrPages{1} << (m_profile.section_size_bits - page_shift);
        return align_up(m_profile.struct_page_size * pages, pmd_size);
    }
    Bytes sections_per_root() const { return page_size / m_profile.mem_section_size; }

    /// mem_section[]: pointers to pages of struct mem_section.
    void alloc_roots() {
        const unsigned bits = m_la57 ? m_profile.max_physmem_bits_la57 : m_profile.max_physmem_bits;
        const Bytes sections = Bytes{1} << (bits - m_profile.section_size_bits);
        const Bytes roots = (sections + sections_per_root() - 1) / sections_per_root();
        m_boot.alloc({.size = roots * pointer, .owner = "mem_section", .caller = "sparse_init|memory_present"});
    }

    void memory_present(const MemRange& r) {
        const unsigned shift = m_profile.section_size_bits - page_shift;
        std::uint64_t fresh = 0;
        for (std::uint64_t s = r.frames.start >> shift; s <= (r.frames.end - 1) >> shift; ++s) {
            const std::uint64_t root = s / sections_per_root();
            if (m_roots.insert({root, r.nid}).second)
                m_boot.alloc({.size = sections_per_root() * m_profile.mem_section_size,
                              .nid = r.nid,
                              .owner = "mem_section",
                              .caller = "sparse_index_alloc"});
            if (!m_sections.empty() && m_sections.back().number == s) continue;
            m_sections.push_back({s, r.nid, {}});
            ++fresh;
        }
        Event e;
        e.kind = EventKind::memory_present;
        e.nid = static_cast<std::int16_t>(r.nid);
        e.touched = phys_of(r.frames);
        e.a = fresh;
        if (m_trace) m_trace.event(e, fmt::format("{} section{}", fresh, fresh == 1 ? "" : "s"));
    }

    /// sparse_early_usemaps_alloc_pgdat_section(): beside the node's pg_data_t, so that sections stay removable.
    void alloc_usage_maps(Nid nid, Bytes size) {
        const std::string pgdat = fmt::format("NODE_DATA({})", nid);
        const auto& claims = m_memblock.claims();
        const auto it =
            std::find_if(claims.begin(), claims.end(), [&](const MemblockClaim& c) { return c.owner == pgdat; });
        const Bytes section = Bytes{1} << m_profile.section_size_bits;
        const PhysAddr goal = it == claims.end() ? 0 : align_down(it->range.start, section);
        MemblockRequest request{.size = size,
                                .start = goal,
                                .end = goal + section,
                                .nid = node_at(goal),
                                .owner = "section usage maps",
                                .caller = "sparse_init_nid"};
        if (m_boot.alloc(request)) return;
        request.end = 0;
        m_boot.alloc(request);
    }

    /// early_pfn_to_nid(): the node of the memory there, else the first.
    Nid node_at(PhysAddr addr) const {
        const std::vector<MemRange> memory = mem_pfn_ranges(m_memblock);
        for (const MemRange& r : memory)
            if (r.frames.contains(pfn_down(addr))) return r.nid;
        Nid first = memory.front().nid;
        for (const MemRange& r : memory)
            first = std::min(first, r.nid);
        return first;
    }

    void init_nid(std::size_t begin, std::size_t end) {
        const Nid nid = m_sections[begin].nid;
        const Bytes map = section_map_size(), size = (end - begin) * map;
        alloc_usage_maps(nid, (end - begin) * mem_section_usage_size(m_profile));
        MemblockRequest request{.size = size,
                                .align = map,
                                .start = max_dma_address,
                                .nid = nid,
                                .owner = "vmemmap",
                                .caller = "sparse_init_nid|sparse_buffer_init|memmap_alloc",
                                .api = MemblockApi::exact_nid_raw};
        PhysAddr buffer = m_boot.alloc(request);
        request.size = map;
        request.align = pmd_size;
        request.caller = "__earlyonly_bootmem_alloc|vmemmap_alloc_block|vmemmap_alloc_block_buf";
        request.api = MemblockApi::try_nid_raw;
        const PhysAddr buffer_end = buffer ? buffer + size : 0;
        for (std::size_t i = begin; i < end; ++i) {
            Section& s = m_sections[i];
            // No room on the node: the struct pages come from elsewhere, leaf by leaf.
            const PhysAddr at = buffer ? buffer : m_boot.alloc(request);
            s.memmap = {at, at + map};
            if (buffer) buffer += map;
            m_mapper.map(s.memmap, s.number << (m_profile.section_size_bits - page_shift), nid);
        }
        if (buffer < buffer_end)
            m_boot.phys_free({buffer, buffer_end}, "sparse_init_nid|sparse_buffer_fini|memblock_free");
    }

    const BootMemblock& m_boot;
    const Memblock& m_memblock;
    const KernelProfile& m_profile;
    const VmemmapMapper& m_mapper;
    const Tracer& m_trace;
    bool m_la57;
    std::vector<Section> m_sections;
    std::map<std::uint64_t, Nid> m_roots;  ///< pages of mem_section[] that exist
};

}  // namespace

Bytes mem_section_usage_size(const KernelProfile& profile) {
    const Bytes bits = (Bytes{1} << (profile.section_size_bits - page_shift - profile.pageblock_order)) * 4;
    return profile.mem_section_usage_base + align_up(bits, 64) / 8;
}

std::vector<Section> sparse_init(const BootMemblock& memblock, const KernelProfile& profile,
                                 const VmemmapMapper& mapper, bool la57) {
    return SparseInit(memblock, profile, mapper, la57).run();
}

VirtAddr page_address_of_struct(Pfn pfn, VirtAddr vmemmap_base, Bytes struct_page_size) {
    return vmemmap_base + pfn * struct_page_size;
}

}  // namespace mm
