// SPDX-License-Identifier: GPL-3.0-or-later
// A workload's commands done by a machine, one after the other.
#pragma once

#include "engine/sim/timeline.h"
#include "engine/sim/workload.h"

namespace mm {

/// The workload's next command. That a block is free already, because someone else freed it, is no error. Error: the
/// machine refuses to allocate at all.
Outcome<Done> do_next(Workload& workload, Timeline& timeline);

}  // namespace mm
