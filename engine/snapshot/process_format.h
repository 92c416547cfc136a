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
/// A line of it, with its end; and the first line of smaps_rollup. REQUIRES (rollup_line): it has areas.
std::string maps_line(const Snapshot& s, const Mm& mm, const Vma& area);
std::string rollup_line(const Snapshot& s, const Mm& mm);
/// /proc/PID/smaps: after each line of maps what of it is in memory and with whom it is shared. "" as above.
std::string print_smaps(const Snapshot& s, Pid pid);
/// /proc/PID/smaps_rollup: the sums.
std::string print_smaps_rollup(const Snapshot& s, Pid pid);
/// VM_SOFTDIRTY: areas have it from their beginning, where the kernel is built to track it (CONFIG_MEM_SOFT_DIRTY).
inline bool has_soft_dirty(const KernelProfile& profile) {
    return profile.arch == Arch::x86_64;
}
/// An entry of /proc/PID/pagemap, 64 bits: 0..54 frame (of a swapped page: 0..4 area, 5..54 slot), 55 soft-dirty,
/// 56 mapped once, 61 a file's, 62 swapped, 63 present.
std::uint64_t pagemap_entry(const Snapshot& s, const Mm& mm, VirtAddr address);
/// The entries that are not 0 of all areas, as text: address and entry in hexadecimal, and what it says.
std::string print_pagemap(const Snapshot& s, Pid pid);
/// What one of these prints of all processes, each under the name of its file in /proc/PID.
std::string print_all(const Snapshot& s, std::string_view file, std::string (*print)(const Snapshot&, Pid));
/// The lines of /proc/PID/status that tell of memory.
std::string print_status(const Snapshot& s, Pid pid);
/// A line a process: sizes in KiB.
std::string print_ps(const Snapshot& s);
/// /proc/swaps.
std::string print_swaps(const Snapshot& s);

}  // namespace mm
