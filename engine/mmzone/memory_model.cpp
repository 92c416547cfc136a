// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mmzone/memory_model.h"

#include <algorithm>
#include <array>

namespace mm {
namespace {

std::vector<MemMapPiece> section_pieces(const std::vector<Section>& sections, const KernelProfile& profile,
                                        const MemMapBases& bases, bool vmemmap) {
    const unsigned shift = profile.section_size_bits - page_shift;
    std::vector<MemMapPiece> out;
    for (const Section& s : sections) {
        const Pfn first = Pfn{s.number} << shift;
        out.push_back(
            {{first, first + (Pfn{1} << shift)},
             vmemmap ? bases.vmemmap + first * profile.struct_page_size : bases.page_offset + s.memmap.start});
    }
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.frames.start < b.frames.start; });
    return out;
}

/// alloc_node_mem_map(): from the block of the highest order that holds the first frame to that of the last.
std::vector<MemMapPiece> node_pieces(const Zones& zones, const KernelProfile& profile, VirtAddr mem_map) {
    const NrPages block = NrPages{1} << (profile.max_order - 1);
    std::vector<MemMapPiece> out;
    for (const Node& node : zones.nodes) {
        if (node.spanned == 0) continue;
        const PfnRange frames{align_down(node.start_pfn, block), align_up(node.start_pfn + node.spanned, block)};
        out.push_back({frames, mem_map});
        mem_map += frames.size() * profile.struct_page_size;
    }
    return out;
}

/// Interleaved nodes cannot be told apart by one array each: DISCONTIGMEM gives a frame to the first that spans it.
void cut_overlaps(std::vector<MemMapPiece>& pieces, Bytes struct_page_size) {
    std::stable_sort(pieces.begin(), pieces.end(),
                     [](const auto& a, const auto& b) { return a.frames.start < b.frames.start; });
    for (std::size_t i = 1; i < pieces.size(); ++i) {
        PfnRange& frames = pieces[i].frames;
        const Pfn start = std::clamp(pieces[i - 1].frames.end, frames.start, frames.end);
        pieces[i].mem_map += (start - frames.start) * struct_page_size;
        frames.start = start;
    }
    std::erase_if(pieces, [](const MemMapPiece& p) { return p.frames.empty(); });
}

}  // namespace

std::string_view name_of(MemoryModel model) {
    constexpr std::array<std::string_view, nr_memory_models> names{"FLATMEM", "DISCONTIGMEM", "SPARSEMEM",
                                                                   "SPARSEMEM_VMEMMAP"};
    return names.at(static_cast<std::size_t>(model));
}

const MemMapPiece* MemMap::piece_of(Pfn pfn) const {
    const auto it = std::partition_point(m_pieces.begin(), m_pieces.end(),
                                         [pfn](const MemMapPiece& p) { return p.frames.end <= pfn; });
    return it != m_pieces.end() && it->frames.contains(pfn) ? &*it : nullptr;
}

std::optional<VirtAddr> MemMap::pfn_to_page(Pfn pfn) const {
    const MemMapPiece* piece = piece_of(pfn);
    if (!piece) return std::nullopt;
    return piece->mem_map + (pfn - piece->frames.start) * m_size;
}

std::optional<Pfn> MemMap::page_to_pfn(VirtAddr page) const {
    for (const MemMapPiece& piece : m_pieces)
        if (page >= piece.mem_map && page - piece.mem_map < piece.frames.size() * m_size)
            return piece.frames.start + (page - piece.mem_map) / m_size;
    return std::nullopt;
}

Bytes MemMap::bytes() const {
    Bytes sum = 0;
    for (const MemMapPiece& piece : m_pieces)
        sum += piece.frames.size() * m_size;
    return sum;
}

MemMap mem_map_of(MemoryModel model, const Zones& zones, const std::vector<Section>& sections,
                  const KernelProfile& profile, const MemMapBases& bases) {
    const Bytes size = profile.struct_page_size;
    std::vector<MemMapPiece> pieces;
    switch (model) {
        case MemoryModel::flat: {
            for (const MemMapPiece& p : node_pieces(zones, profile, bases.mem_map))
                if (pieces.empty())
                    pieces.push_back({p.frames, bases.mem_map});
                else
                    pieces[0].frames = {std::min(pieces[0].frames.start, p.frames.start),
                                        std::max(pieces[0].frames.end, p.frames.end)};
            break;
        }
        case MemoryModel::discontig:
            pieces = node_pieces(zones, profile, bases.mem_map);
            cut_overlaps(pieces, size);
            break;
        case MemoryModel::sparse:
        case MemoryModel::sparse_vmemmap:
            pieces = section_pieces(sections, profile, bases, model == MemoryModel::sparse_vmemmap);
            break;
    }
    return {model, size, std::move(pieces)};
}

}  // namespace mm
