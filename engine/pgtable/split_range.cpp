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

}  // namespace

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
    std::vector<MapRange> merged;
    for (const auto& piece : pieces) {
        if (!merged.empty() && merged.back().leaf_size == piece.leaf_size)
            merged.back().range.end = piece.range.end;
        else
            merged.push_back(piece);
    }
    return merged;
}

}  // namespace mm
