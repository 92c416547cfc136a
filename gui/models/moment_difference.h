// SPDX-License-Identifier: GPL-3.0-or-later
// Two moments of one machine held against each other: which page frames are not what they were, and how much of what is
// free or in use. The two may be of one history or of two branches of it: each is complete in itself.
//
//      A      [....####....]         frames that differ: where A and B have another state or migratetype
//      B      [....##....##]  ─►          ##    ##
#pragma once

#include "engine/snapshot/snapshot.h"
#include "gui/models/table.h"

namespace mm::gui {

/// Ranges of frames whose state differs, ascending and disjoint; of pageblocks with more than "fine" ranges in all the
/// whole pageblock. Empty where one of them has no struct pages yet: then everything would differ.
std::vector<PfnRange> changedFrames(const Snapshot& a, const Snapshot& b, std::size_t fine = 4096);

/// In words and numbers: quantity, at A, now, difference.
Table momentTable(const Snapshot& a, const Snapshot& b);

}  // namespace mm::gui
