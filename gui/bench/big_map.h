// SPDX-License-Identifier: GPL-3.0-or-later
// Two moments of a made-up machine of any size that differ in some scattered frames: what a busy machine looks like
// between two pictures of it.
//
//      before   [A: order 10 .......][A A A A A A A A][A: order 10 ......]
//      after    [A: order 10 .......][A A A f A A A A][A: order 10 ......]      f: one free frame a changed pageblock
#pragma once

#include <array>

#include "engine/snapshot/snapshot.h"

namespace mm::gui {

/// REQUIRES: frames a power of 2, at least 2^20, with more pageblocks than changed frames.
std::array<SnapshotPtr, 2> twoMoments(NrPages frames, unsigned changed);

}  // namespace mm::gui
