// SPDX-License-Identifier: GPL-3.0-or-later
// From a file to a booted machine: what mmsim, the window and the tests all do first.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "engine/sim/timeline.h"
#include "engine/types/outcome.h"

namespace mm {

/// Reads a kernel log (or a folder with dmesg.txt), chooses the profile (the log's kernel version, or the one named)
/// and boots. Errors in words: the file's (see read_machine), an architecture without a profile, an unknown profile
/// name.
Outcome<std::unique_ptr<Timeline>> open_machine(const std::string& path, std::string_view profile_name = {});

/// The same for a machine that has been read already; file: for messages.
Outcome<std::unique_ptr<Timeline>> open_machine(Machine machine, std::string_view profile_name = {},
                                                const std::string& file = {});

/// What had to be assumed: the log reader's notes, and a profile of another version than the log's. For the user's
/// eyes.
std::vector<std::string> assumptions(const Machine& machine, const KernelProfile& profile);

/// "6.1 (x86_64), ...".
std::string profile_names();

}  // namespace mm
