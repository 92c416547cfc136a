// SPDX-License-Identifier: GPL-3.0-or-later
// Reads a recording's events from trace.txt or trace.txt.zst, all at once. See trace_event.h for a line's form.
#pragma once

#include <string>
#include <vector>

#include "engine/replay/trace_event.h"
#include "engine/types/outcome.h"

namespace mm {

/// Error: the line, and what was expected there.
Outcome<std::vector<TraceEvent>> read_trace(const std::string& folder);
/// A recording's trace as text, unpacked.
Outcome<std::string> read_trace_text(const std::string& folder);
/// Events from such text; file: for errors.
Outcome<std::vector<TraceEvent>> parse_trace(std::string_view text, const std::string& file);

}  // namespace mm
