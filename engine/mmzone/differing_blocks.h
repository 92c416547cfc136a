// SPDX-License-Identifier: GPL-3.0-or-later
// Which pageblocks differ between two moments of a machine: quick, for images are compared by identity.
#pragma once

#include <vector>

#include "engine/mmzone/page_columns.h"

namespace mm {

/// First frames of the pageblocks that may differ, ascending; frames that only one moment has are zero in the other.
/// REQUIRES: both are kept alive.
std::vector<Pfn> differing_blocks(const FrozenPages& a, const FrozenPages& b);

}  // namespace mm
