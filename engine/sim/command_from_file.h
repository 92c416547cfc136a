// SPDX-License-Identifier: GPL-3.0-or-later
// Commands as a user types them, who may name a program of this machine: its headers are read, and the command then has
// all it needs in itself.
//
//      spawn_elf /bin/ls  ──►  spawn /bin/ls elf pie 147176 interp /lib64/ld-linux-x86-64.so.2 load 0x0 0x0 ...
#pragma once

#include "engine/sim/command.h"

namespace mm {

/// parse_command(), and: spawn_elf PATH cpu N; execve_elf PID PATH cpu N. Errors: of the file, too.
Outcome<Command> command_typed(std::string_view text);

}  // namespace mm
