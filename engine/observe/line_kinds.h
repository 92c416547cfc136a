// SPDX-License-Identifier: GPL-3.0-or-later
// The kernel's lines by what they are to a comparison: derived lines, which fall into categories and have to come out
// the same; given lines, which firmware, boot loader or the callers of memblock handed to the kernel; and all others
// (drivers, devices, user space), which say nothing about memory and are not compared.
#pragma once

#include <cstdint>
#include <string_view>

namespace mm {

/// One line a category: identifier, what its lines tell.
// clang-format off
#define MM_LINE_CATEGORIES(X)                                                       \
    X(e820, "changes to the firmware's map, and where memory ends")                 \
    X(mapping, "direct map")                                                        \
    X(memblock, "boot allocator: what was added, and where requests landed")        \
    X(numa, "nodes")                                                                \
    X(zones, "zones' and nodes' extents")                                           \
    X(present, "pages of nodes and zones")                                          \
    X(zonelists, "order of fallback")                                               \
    X(mminit, "mminit_loglevel's lines")                                            \
    X(memory, "free memory after the boot")                                         \
    X(hashes, "hash tables")                                                        \
    X(layout, "virtual layout")                                                     \
    X(holes, "resources, gaps, memory not to be saved")                             \
    X(slub, "slab allocator's parameters")                                          \
    X(zoneinfo, "/proc/zoneinfo")
// clang-format on

enum class Category : std::uint8_t {
#define MM_X(id, words) id,
    MM_LINE_CATEGORIES(MM_X)
#undef MM_X
        given,  ///< handed to the kernel
    other,      ///< not compared
};
inline constexpr std::size_t nr_categories = static_cast<std::size_t>(Category::given);

std::string_view name_of(Category category);   ///< "e820", "given", "other"
std::string_view words_of(Category category);  ///< "direct map"

/// What a line is, and the kernel's function that prints such lines ("" for given and other ones).
struct LineKind {
    Category category = Category::other;
    std::string_view function;
    bool derived() const { return category < Category::given; }
};

/// REQUIRES: the line is without timestamp and other prefixes.
LineKind kind_of(std::string_view line);

}  // namespace mm
