// SPDX-License-Identifier: GPL-3.0-or-later
// What the files of owners share. Private to the hierarchy.
#pragma once

#include "engine/snapshot/hierarchy.h"

namespace mm {

/// "12 MiB"; "1 object", "2 objects".
std::string pages_text(NrPages pages);
std::string counted(std::uint64_t n, std::string_view what, std::string_view plural = "");

/// Of all zones, what PerCpuPages hold.
NrPages pages_on_cpu_lists(const Snapshot& s);

/// Of processes and files: hierarchy_processes.cpp.
Owner anonymous_memory();
Owner page_cache();
Owner user_page_tables();
Owner hugetlb_pool();
/// Nobody's: memory_failure().
Owner poisoned_frames();

}  // namespace mm
