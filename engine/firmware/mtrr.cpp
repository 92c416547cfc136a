// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/firmware/mtrr.h"

#include <algorithm>
#include <bit>

namespace mm {
namespace {

constexpr Pfn frames_per_mib = pfn_down(MiB);
constexpr Pfn four_gib_pfn = pfn_down(4 * GiB);
constexpr unsigned widest_address_bits = 52;

void add_with_merge(std::vector<PfnRange>& ranges, PfnRange added) {
    if (added.empty()) return;
    for (std::size_t i = 0; i < ranges.size();) {
        const PfnRange r = ranges[i];
        if (std::max(r.start, added.start) > std::min(r.end, added.end)) {
            ++i;
            continue;
        }
        added = {std::min(r.start, added.start), std::max(r.end, added.end)};
        ranges.erase(ranges.begin() + static_cast<std::ptrdiff_t>(i));
    }
    ranges.push_back(added);
}

/// REQUIRES: removed is not empty.
void subtract(std::vector<PfnRange>& ranges, PfnRange removed) {
    std::vector<PfnRange> left;
    for (const auto& r : ranges) {
        const PfnRange head{r.start, std::min(r.end, removed.start)}, tail{std::max(r.start, removed.end), r.end};
        if (!head.empty()) left.push_back(head);
        if (!tail.empty()) left.push_back(tail);
    }
    ranges = std::move(left);
}

}  // namespace

PfnRange frames_of(const MtrrVariable& reg) {
    if (!reg.enabled) return {0, 0};
    const std::uint64_t mask = pfn_down(reg.mask), base = pfn_down(reg.base);
    if (mask == 0) return {base, base + (Pfn{1} << (widest_address_bits - page_shift))};
    // All bits above the highest set one count as set: that mends masks that BIOSes wrote too short.
    const std::uint64_t full = mask | ~(std::bit_floor(mask) - 1);
    return {base, base - full};
}

MtrrCoverage coverage(const MtrrState& mtrr) {
    MtrrCoverage result;
    auto& ranges = result.write_back;
    if (mtrr.tom2 > 4 * GiB) ranges.push_back({four_gib_pfn, pfn_down(mtrr.tom2)});
    for (const auto& reg : mtrr.variable)
        if (reg.type == MtrrType::write_back) add_with_merge(ranges, frames_of(reg));
    for (std::size_t i = 0; i < mtrr.variable.size(); ++i) {
        const auto& reg = mtrr.variable[i];
        PfnRange frames = frames_of(reg);
        const bool takes_out = reg.type == MtrrType::uncachable || reg.type == MtrrType::write_protect;
        if (!takes_out || frames.empty()) continue;
        if (frames.start < frames_per_mib && mtrr.fixed_enabled) {
            result.below_1m.push_back(i);
            if (frames.end <= frames_per_mib) continue;
            frames.start = frames_per_mib;
        }
        subtract(ranges, frames);
    }
    std::sort(ranges.begin(), ranges.end());
    return result;
}

MtrrVerdict judge_mtrr(const MtrrState& mtrr) {
    if (!mtrr.known || mtrr.default_type != MtrrType::uncachable) return MtrrVerdict::leave;
    std::size_t write_back = 0, uncachable = 0, in_use = 0;
    for (const auto& reg : mtrr.variable) {
        if (frames_of(reg).empty()) continue;
        ++in_use;
        write_back += reg.type == MtrrType::write_back;
        uncachable += reg.type == MtrrType::uncachable;
    }
    if (write_back == 0) return MtrrVerdict::virtual_machine;
    return write_back + uncachable == in_use ? MtrrVerdict::trim : MtrrVerdict::leave;
}

}  // namespace mm
