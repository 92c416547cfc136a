// SPDX-License-Identifier: GPL-3.0-or-later
// What each strip of the physical map is in the kernel of an architecture: its variable and file, and the function that
// fills it. A strip without a source is not drawn: that kernel has no such table.
#pragma once

#include "engine/firmware/machine.h"

namespace mm::gui {

enum class StripId { firmware, e820, memory, reserved, direct, nodes, zones, iomem };

struct StripCaption {
    const char* source = nullptr;  ///< "e820_table, arch/x86/kernel/e820.c"
    const char* filledBy = "";     ///< "e820__memory_setup"
};

/// A recording knows its zones and what memory is in them.
StripCaption recordedCaption(StripId id);
/// Linux 6.1.
StripCaption stripCaption(StripId id, Arch arch, bool efi);

}  // namespace mm::gui
