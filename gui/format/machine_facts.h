// SPDX-License-Identifier: GPL-3.0-or-later
// A machine in one grey line: "512 MiB · 1 node · BIOS · Linux 6.1".
#pragma once

#include <QString>

#include "engine/firmware/machine.h"

namespace mm::gui {

/// Usable bytes of the firmware's map, rounded to what was put into the slots: 511.4 MiB is a 512 MiB machine.
Bytes installedMemory(const Machine& machine);
QString machineFacts(const Machine& machine);

}  // namespace mm::gui
