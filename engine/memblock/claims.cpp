// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/memblock/claims.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/memblock/region_list.h"

namespace mm::claims {
namespace {

template<class Claims>
auto first_ending_after(Claims& claims, PhysAddr addr) {
    return std::partition_point(claims.begin(), claims.end(), [addr](const auto& c) { return c.range.end <= addr; });
}

void merge_neighbours(std::vector<MemblockClaim>& claims) {
    if (claims.empty()) return;
    auto kept = claims.begin();
    for (auto next = kept + 1; next != claims.end(); ++next) {
        if (kept->range.end == next->range.start && kept->owner == next->owner)
            kept->range.end = next->range.end;
        else if (++kept != next)
            *kept = std::move(*next);
    }
    claims.erase(kept + 1, claims.end());
}

}  // namespace

void add(std::vector<MemblockClaim>& claims, PhysRange range, std::string_view owner) {
    PhysAddr base = range.start;
    auto at = first_ending_after(claims, base);
    for (; base < range.end; ++at) {
        const bool last = at == claims.end() || at->range.start >= range.end;
        const PhysAddr gap_end = last ? range.end : at->range.start;
        if (base < gap_end) at = claims.insert(at, {{base, gap_end}, std::string(owner)}) + 1;
        if (last) break;
        base = at->range.end;
    }
    merge_neighbours(claims);
}

void cut(std::vector<MemblockClaim>& claims, PhysRange range) {
    if (range.empty()) return;
    auto at = first_ending_after(claims, range.start);
    if (at != claims.end() && at->range.start < range.start && at->range.end > range.end) {
        MemblockClaim low{{at->range.start, range.start}, at->owner};
        at->range.start = range.end;
        claims.insert(at, std::move(low));
        return;
    }
    if (at != claims.end() && at->range.start < range.start) (at++)->range.end = range.start;
    const auto gone = at;
    while (at != claims.end() && at->range.end <= range.end)
        ++at;
    if (at != claims.end()) at->range.start = std::max(at->range.start, range.end);
    claims.erase(gone, at);
}

std::string owner_at(const std::vector<MemblockClaim>& claims, PhysAddr addr) {
    const auto at = first_ending_after(claims, addr);
    return at != claims.end() && at->range.contains(addr) ? at->owner : std::string{};
}

Broken check(const std::vector<MemblockClaim>& claims, const std::vector<MemblockRegion>& reserved) {
    Bytes claimed = 0;
    for (std::size_t i = 0; i < claims.size(); ++i) {
        const auto& c = claims[i];
        if (c.range.empty()) return fmt::format("claim {} ({}) is empty", i, c.owner);
        if (i > 0 && claims[i - 1].range.end > c.range.start)
            return fmt::format("claim {} ({}) overlaps or precedes its neighbour", i, c.owner);
        claimed += c.range.size();
        // A claim may span touching reserved regions of different nodes.
        PhysAddr at = c.range.start;
        while (at < c.range.end) {
            const MemblockRegion* r = regions::search(reserved, at);
            if (!r) return fmt::format("claim {} ({}) at {:#x} is not reserved", i, c.owner, at);
            at = r->end();
        }
    }
    if (claimed != regions::total_size(reserved)) return "claims do not cover all that is reserved";
    return {};
}

}  // namespace mm::claims
