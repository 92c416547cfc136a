// SPDX-License-Identifier: GPL-3.0-or-later
// Prints processes in the kernel's own formats. Follows fs/proc/task_mmu.c, fs/proc/array.c, mm/swapfile.c, Linux 6.1.
#pragma once

#include <string>
#include <string_view>

#include "engine/snapshot/snapshot.h"

namespace mm {

/// What an area is called in /proc/PID/maps: a file's path, "[heap]"; "" for plain anonymous memory.
std::string_view name_in_maps(const MmState& state, const Mm& mm, const Vma& area);
/// /proc/PID/maps; "": no such process, or one of the kernel's.
std::string print_maps(const Snapshot& s, Pid pid);
/// The same of all processes, each under its name.
std::string print_all_maps(const Snapshot& s);
/// The lines of /proc/PID/status that tell of memory.
std::string print_status(const Snapshot& s, Pid pid);
/// A line a process: sizes in KiB.
std::string print_ps(const Snapshot& s);
/// /proc/swaps.
std::string print_swaps(const Snapshot& s);

}  // namespace mm
