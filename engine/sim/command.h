// SPDX-License-Identifier: GPL-3.0-or-later
// Command: the only way to change a System after power-on; a value with a printer and a parser. Buttons, workloads,
// replay and undo are lists of commands. Same machine, profile and commands: the same state, bit for bit.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "engine/page_alloc/page_allocator.h"
#include "engine/types/outcome.h"

namespace mm {

/// Runs boot stage number "stage" of the stage table (leaves only, in order).
struct RunStage {
    unsigned stage = 0;
    friend bool operator==(const RunStage&, const RunStage&) = default;
};
struct AllocPages {
    AllocRequest request;
    friend bool operator==(const AllocPages&, const AllocPages&) = default;
};
struct FreePages {
    Pfn pfn = 0;
    Order order = 0;
    friend bool operator==(const FreePages&, const FreePages&) = default;
};
using Command = std::variant<RunStage, AllocPages, FreePages>;

/// "alloc_pages GFP_KERNEL order 3 node 0 cpu 0", "free_pages 0x1a8c0 order 3", "run_stage 4".
std::string to_text(const Command& command);
Outcome<Command> parse_command(std::string_view text);

}  // namespace mm
