// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mmzone/page_flags.h"

namespace mm {
namespace {

/// "SwapBacked": as in SetPageSwapBacked().
std::string_view call_name(PageFlag flag, bool anon) {
    constexpr std::array<std::string_view, nr_page_flags> names{
        "Locked",   "Referenced", "Uptodate", "Dirty",        "LRU",     "Active",     "Workingset",
        "Waiters",  "Error",      "Slab",     "OwnerPriv1",   "Arch1",   "Reserved",   "Private",
        "Private2", "Writeback",  "Head",     "MappedToDisk", "Reclaim", "SwapBacked", "Unevictable",
        "Mlocked",  "Uncached",   "HWPoison", "Young",        "Idle"};
    if (anon && flag == PageFlag::owner_priv_1) return "SwapCache";
    if (anon && flag == PageFlag::mappedtodisk) return "AnonExclusive";
    return names[static_cast<std::size_t>(flag)];
}

}  // namespace

std::string flag_calls(std::uint32_t before, std::uint32_t after) {
    std::string out;
    const bool anon = (before | after) & bit(PageFlag::swapbacked);
    for (unsigned i = 0; i < nr_page_flags; ++i) {
        if (!((before ^ after) >> i & 1)) continue;
        if (!out.empty()) out += ", ";
        out += after >> i & 1 ? "SetPage" : "ClearPage";
        out += call_name(static_cast<PageFlag>(i), anon);
    }
    return out;
}

std::string flag_names(std::uint32_t flags, std::string_view separator) {
    std::string out;
    for (unsigned i = 0; i < nr_page_flags; ++i) {
        if (!(flags >> i & 1)) continue;
        if (!out.empty()) out += separator;
        out += page_flag_names[i];
    }
    return out;
}

}  // namespace mm
