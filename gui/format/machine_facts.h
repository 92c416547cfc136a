// SPDX-License-Identifier: GPL-3.0-or-later
// A machine in one grey line: "512 MiB · 1 node · BIOS · Linux 6.1".
#pragma once

#include <QString>

#include "engine/firmware/machine.h"
#include "engine/profile/kernel_profile.h"

namespace mm::gui {

/// Usable bytes of the firmware's map, rounded to what was put into the slots: 511.4 MiB is a 512 MiB machine.
Bytes installedMemory(const Machine& machine);
/// profile: whose rules it was booted by, told where they are not those of the kernel its log names.
QString machineFacts(const Machine& machine, const KernelProfile* profile);

}  // namespace mm::gui
