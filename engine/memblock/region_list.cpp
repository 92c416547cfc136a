// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/memblock/region_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace mm::regions {
namespace {

template<class Regions>
auto first_ending_after(Regions& list, PhysAddr addr) {
    return std::partition_point(list.begin(), list.end(), [addr](const auto& r) { return r.end() <= addr; });
}

bool mergeable(const MemblockRegion& a, const MemblockRegion& b) {
    return a.end() == b.base && a.nid == b.nid && a.flags == b.flags;
}

}  // namespace

PhysRange capped(PhysAddr base, Bytes size) {
    return {base, base + std::min(size, ~PhysAddr{0} - base)};
}

void add(List& list, PhysRange range, Nid nid, std::uint32_t flags) {
    PhysAddr base = range.start;
    auto at = first_ending_after(list, base);
    for (; base < range.end; ++at) {
        const bool last = at == list.end() || at->base >= range.end;
        const PhysAddr gap_end = last ? range.end : at->base;
        if (base < gap_end) at = list.insert(at, {base, gap_end - base, flags, nid}) + 1;
        if (last) break;
        base = at->end();
    }
    merge_neighbours(list);
}

std::size_t count_gaps(const List& list, PhysRange range) {
    std::size_t gaps = 0;
    PhysAddr base = range.start;
    for (auto at = first_ending_after(list, base); at != list.end() && at->base < range.end; ++at) {
        gaps += base < at->base;
        base = at->end();
    }
    return gaps + (base < range.end);
}

std::pair<std::size_t, std::size_t> isolate(List& list, PhysRange range) {
    if (range.empty()) return {0, 0};
    for (const PhysAddr cut : {range.start, range.end}) {
        const auto at = first_ending_after(list, cut);
        if (at == list.end() || at->base >= cut) continue;
        MemblockRegion low = *at;
        low.size = cut - low.base;
        at->size -= low.size;
        at->base = cut;
        list.insert(at, low);
    }
    const auto first = first_ending_after(list, range.start);
    const auto last = std::partition_point(first, list.end(), [&](const auto& r) { return r.base < range.end; });
    return {static_cast<std::size_t>(first - list.begin()), static_cast<std::size_t>(last - list.begin())};
}

void remove(List& list, PhysRange range) {
    const auto [first, last] = isolate(list, range);
    list.erase(list.begin() + static_cast<std::ptrdiff_t>(first), list.begin() + static_cast<std::ptrdiff_t>(last));
}

void merge_neighbours(List& list) {
    if (list.empty()) return;
    auto kept = list.begin();
    for (auto next = kept + 1; next != list.end(); ++next) {
        if (mergeable(*kept, *next))
            kept->size += next->size;
        else
            *++kept = *next;
    }
    list.erase(kept + 1, list.end());
}

const MemblockRegion* search(const List& list, PhysAddr addr) {
    const auto at = first_ending_after(list, addr);
    return at != list.end() && at->base <= addr ? &*at : nullptr;
}

Bytes total_size(const List& list) {
    return std::accumulate(list.begin(), list.end(), Bytes{0}, [](Bytes sum, const auto& r) { return sum + r.size; });
}

Broken check(const List& list, std::string_view name) {
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (list[i].size == 0) return fmt::format("{}[{}] is empty", name, i);
        if (list[i].end() < list[i].base) return fmt::format("{}[{}] wraps", name, i);
        if (i == 0) continue;
        if (list[i - 1].end() > list[i].base) return fmt::format("{}[{}] overlaps or precedes its neighbour", name, i);
        if (mergeable(list[i - 1], list[i])) return fmt::format("{}[{}] should have been merged", name, i);
    }
    return {};
}

}  // namespace mm::regions
