// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/pgtable/direct_map.h"

namespace mm {
namespace {

constexpr Bytes pmd_size = 2 * MiB, pud_size = GiB;

/// Cuts off [at, end) as a piece if there is something, and moves at on.
void cut(std::vector<MapRange>& pieces, PhysAddr& at, PhysAddr end, Bytes leaf_size) {
    if (at >= end) return;
    pieces.push_back({{at, end}, leaf_size});
    at = end;
}

void widen(MapRange& piece, Bytes leaf_size, const Memblock& memblock) {
    const PhysRange around{align_down(piece.range.start, leaf_size), align_up(piece.range.end, leaf_size)};
    if (piece.leaf_size < leaf_size && memblock.is_region_memory(around)) piece.leaf_size = leaf_size;
}

/// Neighbours of one size are one piece.
std::vector<MapRange> merged(const std::vector<MapRange>& pieces) {
    std::vector<MapRange> out;
    for (const auto& piece : pieces) {
        if (!out.empty() && out.back().leaf_size == piece.leaf_size)
            out.back().range.end = piece.range.end;
        else
            out.push_back(piece);
    }
    return out;
}

}  // namespace

std::vector<MapRange> split_mem_range_i386(PhysRange range, Bytes large_size, Pfn max_low_pfn,
                                           const Memblock& memblock) {
    std::vector<MapRange> pieces;
    PhysAddr at = align_down(range.start, page_size);
    const PhysAddr end = align_down(range.end, page_size);
    cut(pieces, at, std::min(at == 0 ? large_size : align_up(at, large_size), end), page_size);
    if (at % large_size == 0) cut(pieces, at, align_down(end, large_size), large_size);
    cut(pieces, at, end, page_size);
    for (auto& piece : pieces)
        if (pfn_down(align_up(piece.range.end, large_size)) <= max_low_pfn) widen(piece, large_size, memblock);
    return merged(pieces);
}

std::vector<MapRange> split_mem_range(PhysRange range, bool gb_pages, const Memblock& memblock) {
    std::vector<MapRange> pieces;
    PhysAddr at = align_down(range.start, page_size);
    const PhysAddr end = align_down(range.end, page_size);
    const PhysAddr end_2m = align_down(end, pmd_size), end_1g = align_down(end, pud_size);

    cut(pieces, at, std::min(align_up(at, pmd_size), end), page_size);
    // From here on at is 2M-aligned, or the range is used up.
    cut(pieces, at, std::min(align_up(at, pud_size), end_2m), pmd_size);
    if (at % pud_size == 0) cut(pieces, at, end_1g, gb_pages ? pud_size : pmd_size);
    if (at % pmd_size == 0) cut(pieces, at, end_2m, pmd_size);
    cut(pieces, at, end, page_size);

    for (auto& piece : pieces) {
        widen(piece, pmd_size, memblock);
        if (gb_pages) widen(piece, pud_size, memblock);
    }
    return merged(pieces);
}

}  // namespace mm
