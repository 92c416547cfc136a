// SPDX-License-Identifier: GPL-3.0-or-later
// Lays two logs side by side, given which of their lines are equal. Private to verify/.
#pragma once

#include <span>
#include <vector>

#include "engine/verify/comparison.h"
#include "engine/verify/matching.h"

namespace mm {

/// matches: pairs of equal lines, each line in at most one pair; they may cross each other. The most that do not cross
/// share a row each; the others are "moved". Between those, lines of the same shape (the same but for numbers) share a
/// row as "changed".
std::vector<Row> side_by_side(const Side& left, const Side& right, std::vector<Match> matches);

}  // namespace mm
