// SPDX-License-Identifier: GPL-3.0-or-later
// /sys/kernel/mm/transparent_hugepage: what it says when the kernel has come up, and what may be written to its files.
// Follows hugepage_init() and the attributes of mm/huge_memory.c, Linux 6.1, with Debian's configuration
// (CONFIG_TRANSPARENT_HUGEPAGE_ALWAYS).
#pragma once

#include <optional>
#include <string_view>

#include "engine/sim/process_command.h"
#include "engine/types/outcome.h"

namespace mm {

/// transparent_hugepage= of the command line. A machine of less than 512 MiB has none, whatever that says.
ThpSettings thp_settings_at_boot(std::string_view command_line, NrPages totalram);

/// False: transparent_hugepage=never, and khugepaged is not started.
bool starts_khugepaged(std::string_view command_line);

std::string_view name_of(SetThp::File);  ///< "enabled"
std::optional<SetThp::File> thp_file_named(std::string_view name);
/// Error: the file does not take the word.
Outcome<ThpSettings> with_thp_setting(ThpSettings settings, const SetThp& command);

}  // namespace mm
