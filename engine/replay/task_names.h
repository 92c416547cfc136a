// SPDX-License-Identifier: GPL-3.0-or-later
// Names of the tasks in a trace: events keep pids alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engine/replay/trace_event.h"
#include "engine/snapshot/biography.h"

namespace mm {

/// By pid: the name each had first.
using TaskNames = std::unordered_map<std::uint32_t, std::string>;
/// From a trace's text (see trace_event.h); lines that are none are passed over.
TaskNames task_names(std::string_view trace);
/// Times and tasks of a recording's events; both live as long as it is asked.
Moments recorded_moments(const std::vector<TraceEvent>& events, const TaskNames& names);
/// "kswapd0-38"; "?-38" where the name is not known.
std::string task_text(std::uint32_t pid, const TaskNames& names);

}  // namespace mm
