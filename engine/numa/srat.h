// SPDX-License-Identifier: GPL-3.0-or-later
// What ACPI says about nodes: SRAT's processor and memory entries, SLIT's distances. Follows acpi_numa_init() of
// drivers/acpi/numa/srat.c, arch/x86/mm/srat.c and numa_set_distance() of arch/x86/mm/numa.c, Linux 6.1.
#pragma once

#include <set>

#include "engine/numa/distances.h"

namespace mm::srat {

/// Reads the tables into numa (memblks, CPUs' nodes), parsed (nodes named by SRAT) and distances, marks hotpluggable
/// memory. False: SRAT names no memory.
bool read(const Machine& machine, const LogDialect& log, Numa& numa, std::set<Nid>& parsed, Distances& distances);

}  // namespace mm::srat
