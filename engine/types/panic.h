// SPDX-License-Identifier: GPL-3.0-or-later
// Where the kernel panics, the boot of the simulated machine ends: a room throws KernelPanic with the kernel's words,
// the stage runner catches it, logs "Kernel panic - not syncing: ..." and runs no further stage. Never shown as our own
// crash.
#pragma once

#include <string>

namespace mm {

struct KernelPanic {
    std::string message;
};

}  // namespace mm
