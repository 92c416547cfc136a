// SPDX-License-Identifier: GPL-3.0-or-later
// The pkmap window and the CPUs' local mappings as text. The kernel has no file that tells this; pkmap_count[] and
// last_pkmap_nr are what a debugger would show.
#pragma once

#include <string>

#include "engine/highmem/highmem_state.h"

namespace mm {

/// "" before anything was mapped.
std::string print_pkmap(const HighmemState& state);

}  // namespace mm
