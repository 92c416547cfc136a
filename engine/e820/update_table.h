// SPDX-License-Identifier: GPL-3.0-or-later
// e820__update_table() as a pure function: overlapping entries in, a sorted disjoint list out. A sweep over the points
// where entries start and end; between two points the highest type number present wins.
//
//      ____1111________        1  ____1_______
//      ______2222______   =>   2  ______2222__
//
// Follows arch/x86/kernel/e820.c, Linux 6.1.
#pragma once

#include <vector>

#include "engine/firmware/machine.h"

namespace mm {

/// Touching entries of this type stay apart: they may be different devices.
constexpr bool e820_nomerge(E820Type type) {
    return type == E820Type::pram || type == E820Type::soft_reserved;
}

/// At most max_entries come out; what lies above the last is lost, as in the kernel. REQUIRES: no entry wraps.
std::vector<E820Entry> resolve_overlaps(const std::vector<E820Entry>& entries, std::size_t max_entries);

}  // namespace mm
