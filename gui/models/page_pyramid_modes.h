// SPDX-License-Identifier: GPL-3.0-or-later
// Colourings of the page frames: a mode is one table entry that puts each frame of a pageblock into one of a few
// categories, names them and gives them ink. A new colouring = one entry in page_pyramid_modes.cpp.
//
//      frame      none, outside RAM   none, in RAM   reserved   boot   free / allocated
//      category   hole                notYet         reserved   boot   first + what the mode says
//
// The first categories are common to all modes. The migratetype of a free frame is that of the list its block is on
// (fallbacks leave blocks on lists that are not their pageblock's), of an allocated one that of its request.
#pragma once

#include <QColor>
#include <QString>
#include <array>
#include <cstring>
#include <span>
#include <type_traits>
#include <vector>

#include "engine/snapshot/snapshot.h"
#include "gui/style/theme.h"

namespace mm::gui {

using Category = std::uint8_t;
inline constexpr unsigned maxCategories = 24;
using BlockCategories = std::array<Category, pageblock_pages>;

/// Categories of every mode; those of the mode itself begin at categoryFirst.
enum CommonCategory : Category {
    categoryHole,      ///< no memory here
    categoryNotYet,    ///< memory without an initialised struct page
    categoryClaimed,   ///< the same, reserved in memblock; only before the memmap exists
    categoryReserved,  ///< PG_reserved
    categoryBoot,      ///< initialised, not yet given to the buddy
    categoryFirst,
};

/// n bytes are the same.
template<std::size_t n>
bool alike(const std::uint8_t* bytes) {
    static_assert(n % sizeof(std::uint64_t) == 0);
    const std::uint64_t first = bytes[0] * std::uint64_t{0x0101010101010101};
    std::uint64_t differing = 0;
    for (std::size_t i = 0; i < n; i += sizeof first) {
        std::uint64_t some;
        std::memcpy(&some, bytes + i, sizeof some);
        differing |= some ^ first;
    }
    return differing == 0;
}
template<std::size_t n>
bool allZero(const std::uint8_t* bytes) {
    return bytes[0] == 0 && alike<n>(bytes);
}

/// Neighbours are mostly alike: a pageblock in stretches of 64 and 8 frames that are alike, whole(first, n), and frame
/// by frame where they are not. isAlike(first, n): n is known when it is compiled.
template<class Alike, class Whole, class Single>
void forStretches(const Alike& isAlike, const Whole& whole, const Single& single) {
    constexpr std::integral_constant<std::size_t, 64> wide;
    constexpr std::integral_constant<std::size_t, 8> narrow;
    for (std::size_t i = 0; i < pageblock_pages; i += wide) {
        if (isAlike(i, wide)) {
            whole(i, wide);
            continue;
        }
        for (std::size_t j = i; j < i + wide; j += narrow) {
            if (isAlike(j, narrow)) {
                whole(j, narrow);
                continue;
            }
            for (std::size_t k = j; k < j + narrow; ++k)
                single(k);
        }
    }
}

/// Where there is RAM, and what memblock has given away before frames can tell: sorted, disjoint.
struct Ground {
    std::vector<PfnRange> memory, claimed;
    Pfn end = 0;  ///< one past the last frame worth a picture, a multiple of pageblock_pages
    friend bool operator==(const Ground&, const Ground&) = default;
};
/// From the frames' map once it exists, otherwise from memblock, otherwise from e820.
Ground groundOf(const Snapshot& snapshot);

/// One pageblock as a classifier sees it.
struct BlockInput {
    const Snapshot& snapshot;
    const Ground& ground;
    Pfn first = 0;
    unsigned parameter = 0;  ///< the flag's number in mode flag
};

enum class ColourMode : std::uint8_t { migrateType, state, zone, node, order, flag, pageblock };

struct ModeInfo {
    ColourMode mode{};
    const char* title;  ///< "migrate type"
    unsigned categories = 0;
    std::size_t standing = 0;  ///< rows of the legend shown even when empty
    /// Fills out and returns -1, or returns the one category of all 512 frames (out untouched).
    int (*classify)(const BlockInput& in, BlockCategories& out);
    /// Only for categories from categoryFirst on. Two neighbours with the same name are "in use" and "free" of one
    /// kind.
    QString (*name)(Category category);
    bool (*free)(Category category);  ///< pale: a free frame
    QColor (*ink)(const Theme& theme, Category category);
};

std::span<const ModeInfo> colourModes();
const ModeInfo& colourMode(ColourMode mode);
QString categoryName(const ModeInfo& mode, Category category);

/// A line of the legend: a kind, with its categories in use and free (-1: there is none).
struct LegendRow {
    QString name;
    int used = -1, free = -1;
};
std::vector<LegendRow> legendRows(const ModeInfo& mode);

}  // namespace mm::gui
