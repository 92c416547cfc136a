// SPDX-License-Identifier: GPL-3.0-or-later
// Names of the tasks in a trace: events keep pids alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace mm {

/// By pid: the name each had first.
using TaskNames = std::unordered_map<std::uint32_t, std::string>;
/// From a trace's text (see trace_event.h); lines that are none are passed over.
TaskNames task_names(std::string_view trace);
/// "kswapd0-38"; "?-38" where the name is not known.
std::string task_text(std::uint32_t pid, const TaskNames& names);

}  // namespace mm
