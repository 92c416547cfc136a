// SPDX-License-Identifier: GPL-3.0-or-later
// Files' pages and the lists reclaim takes from, as text. The kernel has no such files in /proc; figures are those of
// /proc/vmstat and of its tracepoints.
#pragma once

#include "engine/snapshot/snapshot.h"

namespace mm {

/// Where a file is in memory: "open", "name", "inode" or "disk", the first that holds.
std::string_view kept_as(const File& file);
/// Areas of processes that map it.
std::uint64_t maps_of(const File& file);

/// Of all zones of a node.
struct NodeMarks {
    NrPages free = 0, min = 0, low = 0, high = 0;
};
NodeMarks marks_of(const Node& node);

/// The pages of a list that are looked at first, from its tail on.
std::vector<Pfn> lru_tail(const FreeList& list, const FrozenPages& pages, std::size_t limit);

/// A line a file: pages in memory, dirty ones, shadows, areas that map it, what keeps it, its path.
std::string print_files(const Snapshot& s);
/// A node a block: free pages and watermarks, its LRU lists with the first frames to be looked at, what shrinkers have.
std::string print_lru(const Snapshot& s);

}  // namespace mm
