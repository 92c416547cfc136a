// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/pgtable/lowmem.h"

#include <fmt/format.h>

#include "engine/firmware/command_line.h"

namespace mm {
namespace {

constexpr Pfn max_nonpae_pfn = pfn_down(4 * GiB);
constexpr NrPages least_lowmem = pfn_down(64 * MiB);

constexpr std::uint64_t mb(NrPages pages) {
    return pages >> (20 - page_shift);
}

/// "highmem=256M"; the kernel keeps it in 32 bits.
std::optional<NrPages> highmem_asked_for(std::string_view command_line) {
    const auto param = find_param(command_line, "highmem");
    if (!param || param->empty()) return {};
    const auto pages = static_cast<std::uint32_t>(memparse(*param) >> page_shift);
    if (pages == ~std::uint32_t{0}) return {};
    return pages;
}

/// lowmem_pfn_init(): all of RAM fits, highmem there is only as asked for.
LowmemSplit all_fits(Pfn max_pfn, NrPages highmem, bool has_highmem) {
    LowmemSplit split{max_pfn, max_pfn, {}};
    if (!has_highmem) {
        if (highmem) split.complaints.emplace_back("ignoring highmem size on non-highmem kernel!");
        return split;
    }
    if (highmem >= max_pfn) {
        split.complaints.push_back(
            fmt::format("highmem size ({}MB) is bigger than pages available ({}MB)!", mb(highmem), mb(max_pfn)));
        highmem = 0;
    }
    if (highmem && max_pfn - highmem < least_lowmem) {
        split.complaints.push_back(
            fmt::format("highmem size ({}MB) results in <64MB lowmem, ignoring it!", mb(highmem)));
        highmem = 0;
    }
    split.max_low_pfn -= highmem;
    return split;
}

/// highmem_pfn_init(): what does not fit is highmem, less if asked for.
LowmemSplit too_much(Pfn max_pfn, Pfn maxmem, std::optional<NrPages> asked, const KernelProfile& profile) {
    LowmemSplit split{maxmem, max_pfn, {}};
    const NrPages highmem = asked.value_or(max_pfn - maxmem);
    split.max_pfn = std::min(max_pfn, maxmem + highmem);
    if (maxmem + highmem > split.max_pfn)
        split.complaints.push_back(fmt::format("only {}MB highmem pages available, ignoring highmem size of {}MB!",
                                               mb(split.max_pfn - maxmem), mb(highmem)));
    if (!profile.highmem) {
        split.complaints.push_back(fmt::format("Warning only {}MB will be used.", mb(maxmem)));
        split.complaints.push_back(split.max_pfn > max_nonpae_pfn ? "Use a HIGHMEM64G enabled kernel."
                                                                  : "Use a HIGHMEM enabled kernel.");
        split.max_pfn = maxmem;
    } else if (!profile.pae && split.max_pfn > max_nonpae_pfn) {
        split.max_pfn = max_nonpae_pfn;
        split.complaints.emplace_back("Warning: only 4GB will be used. Use a HIGHMEM64G enabled kernel!");
    }
    return split;
}

}  // namespace

LowmemSplit find_low_pfn_range(Pfn max_pfn, Bytes maxmem, const KernelProfile& profile, std::string_view command_line) {
    const auto asked = highmem_asked_for(command_line);
    const Pfn maxmem_pfn = pfn_down(maxmem);
    if (max_pfn <= maxmem_pfn) return all_fits(max_pfn, asked.value_or(0), profile.highmem);
    return too_much(max_pfn, maxmem_pfn, asked, profile);
}

}  // namespace mm
