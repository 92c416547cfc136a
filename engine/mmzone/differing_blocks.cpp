// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mmzone/differing_blocks.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace mm {
namespace {

using SectionPtr = std::shared_ptr<const PageSectionImage>;

/// Pageblocks that are worth a look, a bit each: where one picture was made from the other, those touched between them.
std::uint64_t candidates(const SectionPtr& a, const SectionPtr& b) {
    const auto made_from = [](const SectionPtr& later, const SectionPtr& earlier) {
        return later && !later->before.owner_before(earlier) && !earlier.owner_before(later->before);
    };
    if (made_from(b, a)) return b->touched;
    return made_from(a, b) ? a->touched : ~std::uint64_t{0};
}

/// Of those, the ones that differ.
std::uint64_t differing(const PageSectionImage& a, const PageSectionImage& b, std::uint64_t among) {
    // Padding may differ where nothing else does: then each is looked at.
    const bool all = among == ~std::uint64_t{0};
    const bool same = all && std::memcmp(a.uniform.data(), b.uniform.data(), sizeof a.uniform) == 0;
    std::uint64_t out = 0;
    for (std::uint64_t left = among; left != 0; left &= left - 1) {
        const auto i = static_cast<std::size_t>(std::countr_zero(left));
        const PageBlockImage* const detail = a.detail_of(i);
        if (detail != b.detail_of(i) || (!same && !detail && a.uniform[i] != b.uniform[i]))
            out |= std::uint64_t{1} << i;
    }
    return out;
}

/// Sections that are not the same picture. They lie anywhere in memory: what will be read is fetched some pairs ahead.
struct Pair {
    std::size_t number = 0;
    const SectionPtr *a = nullptr, *b = nullptr;
};
constexpr std::size_t ahead = 8;

void fetch_head(const Pair& pair) {
    for (const SectionPtr* section : {pair.a, pair.b})
        if (*section) __builtin_prefetch(&(*section)->detail), __builtin_prefetch(&(*section)->touched);
}

void fetch_details(const Pair& pair) {
    const std::uint64_t among = candidates(*pair.a, *pair.b);
    const auto first = static_cast<std::size_t>(std::countr_zero(among | std::uint64_t{1} << 63));
    for (const SectionPtr* section : {pair.a, pair.b})
        if (*section && !(*section)->detail.empty()) __builtin_prefetch(&(*section)->detail[first]);
}

}  // namespace

std::vector<Pfn> differing_blocks(const FrozenPages& a, const FrozenPages& b) {
    static_assert(section_blocks == 64);
    static const PageSectionImage untouched;
    static const SectionPtr none;
    const std::size_t blocks = (std::max(a.end_pfn(), b.end_pfn()) + pageblock_pages - 1) / pageblock_pages;
    std::vector<Pair> pairs;
    for (std::size_t i = 0; i * section_blocks < blocks; ++i) {
        const Pair pair{i, i < a.nr_sections() ? &a.section(i) : &none, i < b.nr_sections() ? &b.section(i) : &none};
        if (*pair.a != *pair.b) pairs.push_back(pair);
    }
    std::vector<Pfn> out;
    for (std::size_t n = 0; n < pairs.size(); ++n) {
        if (n + 2 * ahead < pairs.size()) fetch_head(pairs[n + 2 * ahead]);
        if (n + ahead < pairs.size()) fetch_details(pairs[n + ahead]);
        const SectionPtr &x = *pairs[n].a, &y = *pairs[n].b;
        std::uint64_t found = differing(x ? *x : untouched, y ? *y : untouched, candidates(x, y));
        for (const std::size_t first = pairs[n].number * section_blocks; found != 0; found &= found - 1)
            if (const std::size_t block = first + static_cast<std::size_t>(std::countr_zero(found)); block < blocks)
                out.push_back(block * pageblock_pages);
    }
    return out;
}

}  // namespace mm
