// SPDX-License-Identifier: GPL-3.0-or-later
// What ACPI says about nodes: SRAT's processor and memory entries, SLIT's distances. Follows acpi_numa_init() of
// drivers/acpi/numa/srat.c, arch/x86/mm/srat.c and numa_set_distance() of arch/x86/mm/numa.c, Linux 6.1.
#pragma once

#include <set>

#include "engine/numa/numa.h"

namespace mm::srat {

inline constexpr unsigned local_distance = 10, remote_distance = 20;

/// Reads the tables into numa (memblks, distance) and parsed (nodes named by SRAT), marks hotpluggable memory, takes
/// memory for the distance table. False: SRAT names no memory.
bool read(const Machine& machine, const BootMemblock& boot, Numa& numa, std::set<Nid>& parsed, const Tracer& trace);

}  // namespace mm::srat
