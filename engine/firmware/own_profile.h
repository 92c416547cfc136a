// SPDX-License-Identifier: GPL-3.0-or-later
// The rules of the kernel that wrote a machine's log.
#pragma once

#include "engine/firmware/machine.h"

namespace mm {

/// By version, vendor and what it was built with.
const KernelProfile& own_profile(const Machine& machine);

}  // namespace mm
