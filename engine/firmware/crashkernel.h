// SPDX-License-Identifier: GPL-3.0-or-later
// "crashkernel=" in its forms: how much memory a crash kernel gets, and where.
//
//      crashkernel=128M   crashkernel=128M@64M   crashkernel=2G-4G:320M,4G-:512M@1G   crashkernel=256M,high ...=64M,low
//
// The text is searched as the kernel searches it, as a piece of the whole line. Follows kernel/crash_core.c, Linux 6.1.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/types/units.h"

namespace mm {

struct Crashkernel {
    bool found = false;  ///< such a parameter is there (else the kernel's -ENOENT)
    bool valid = false;
    Bytes size = 0;
    PhysAddr base = 0;                       ///< 0: anywhere
    std::vector<std::string> messages = {};  ///< what the kernel says of it
};

/// suffix: ",high" or ",low"; "": the last one with neither. system_ram: memblock's memory, which ranges speak of.
Crashkernel parse_crashkernel(std::string_view command_line, Bytes system_ram, std::string_view suffix = {});

}  // namespace mm
