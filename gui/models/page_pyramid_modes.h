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
#include <span>
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

/// Where there is RAM, and what memblock has given away before frames can tell: sorted, disjoint.
struct Ground {
    std::vector<PfnRange> memory, claimed;
    Pfn end = 0;  ///< one past the last frame worth a picture, a multiple of pageblock_pages
    friend bool operator==(const Ground&, const Ground&) = default;
};
/// From the frames' map once it exists, otherwise from memblock, otherwise from e820.
Ground groundOf(const Snapshot& snapshot);

/// All of the pageblock is RAM.
bool isAllMemory(const Ground& ground, Pfn first);

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
    /// The category of frames of that kind in a pageblock that is all RAM, as classify() says it; null: it takes more
    /// to tell.
    Category (*ofKind)(const BlockInput& in, BlockTally::Kind kind) = nullptr;
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
