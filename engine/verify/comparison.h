// SPDX-License-Identifier: GPL-3.0-or-later
// Two boots of one machine held against each other: what a real kernel printed and what was computed, or what was
// computed by the rules of two kernel versions. A value without references to either, so that a window can keep it.
//
//      left (real)                 right (computed)
//      Zone ranges:                Zone ranges:                 equal
//        DMA [mem 0x1000-...         DMA [mem 0x1000-...        equal
//      On node 0 totalpages: 98    On node 0 totalpages: 99     changed: the same line with other numbers
//      x86/cpu: VMX enabled                                     other: not compared
//
// Whether a line is equal is decided within its category: the longest matching of the category's lines on both sides,
// blanks squeezed. Rows put both logs side by side; where a line is equal but stands elsewhere among the lines of other
// categories, it is "moved": equal, in two rows. Lines that were given to the computation are never counted as equal.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/observe/line_kinds.h"
#include "engine/observe/map_facts.h"
#include "engine/observe/zone_facts.h"
#include "engine/snapshot/history.h"

namespace mm {

struct SideLine {
    std::string text;
    LineKind kind;
    unsigned number = 0;           ///< in the log's file, from 1; 0 computed
    std::optional<Position> at{};  ///< the moment after it was printed; computed lines only
    std::string stage{}, file{};   ///< boot stage that printed it, and the kernel file of that; computed lines only
    bool handed_over = false;      ///< of a category, and given to the computation all the same
};

struct Side {
    std::string title;  ///< "Linux 6.1.192, real", "computed, 6.1"
    bool real = false;
    std::vector<SideLine> lines;
    std::vector<ZoneFact> zones;
    MapFacts maps;
};

enum class RowState : std::uint8_t { equal, moved, changed, only_left, only_right, given, other };

struct Row {
    RowState state = RowState::other;
    Category category = Category::other;
    std::optional<std::size_t> left, right;  ///< indices into the sides' lines
    bool differs() const {
        return state == RowState::changed || state == RowState::only_left || state == RowState::only_right;
    }
};

struct ZoneRow {
    std::string zone, field;  ///< "0/DMA32", "managed"; "pcp high, CPU 1"
    std::optional<std::string> left, right;
    std::string_view function;  ///< who computes it in the kernel
    bool differs() const { return left != right; }
};

/// Lines (or facts) of one category.
struct CategoryCount {
    Category category{};
    std::size_t equal = 0, left = 0, right = 0;
    std::size_t given = 0;  ///< equal because they were handed over; not in the other three
    std::size_t different() const { return std::max(left, right) - equal; }
};

struct Comparison {
    Side left, right;
    std::vector<Row> rows;
    std::vector<ZoneRow> zones;         ///< empty where one side has no zoneinfo
    std::vector<CategoryCount> counts;  ///< categories that either side has, in their order
    std::size_t given = 0;              ///< lines of the left side that the computation was given
    std::size_t not_compared = 0;       ///< lines of the left side that are no concern of memory's

    std::size_t equal() const;
    std::size_t different() const;
};

Comparison compare(Side left, Side right);

/// Blanks squeezed to one and none at the ends: lines that are the same but for this are equal.
std::string squeezed(std::string_view line);

}  // namespace mm
