// SPDX-License-Identifier: GPL-3.0-or-later
// mmsim branches: the branches of a session's history, as the window's menu lists them.
#pragma once

#include "engine/cli/machine_option.h"

namespace mm {

/// A line a branch: its name, commands after the boot, how many of them the current one has too; * the current one.
int branches_command(const MachineOptions& options);

}  // namespace mm
