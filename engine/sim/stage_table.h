// SPDX-License-Identifier: GPL-3.0-or-later
// The boot as tables, one an architecture (stages_*.cpp): a row a stage, in the kernel's call order, a group before
// what it calls.
#pragma once

#include <span>
#include <string_view>

#include "engine/sim/boot_context.h"

namespace mm {

struct StageRow {
    unsigned depth;               ///< 0 at the top; a row belongs to the last one above it that is less deep
    std::string_view name, file;  ///< the kernel's function and where it is
    void (*run)(BootContext&);    ///< null: only groups
};

std::span<const StageRow> x86_64_stages();
std::span<const StageRow> i386_stages();
std::span<const StageRow> arm64_stages();

/// The architecture's table; empty where mmscope cannot boot it.
std::span<const StageRow> stage_rows(Arch arch);

}  // namespace mm
