// SPDX-License-Identifier: GPL-3.0-or-later
// The kernel's command line split as parse_args() does (spaces, double quotes), and memparse() numbers with K M G T P E
// suffixes. Follows lib/cmdline.c and kernel/params.c, Linux 6.1.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/types/units.h"

namespace mm {

struct KernelParam {
    std::string name, value;
    bool has_value = false;
};
/// The kernel's parameters in order; what follows "--" belongs to init and is left out.
std::vector<KernelParam> parse_command_line(std::string_view line);

/// simple_strtoull(text, rest, 0): decimal, 0x, 0 octal; wraps as unsigned arithmetic does.
std::uint64_t simple_strtoull(std::string_view text, std::string_view* rest = nullptr);

/// memparse(): a number (decimal, 0x, 0 octal) with an optional suffix at the start of text; *rest gets what follows.
/// Returns 0 with rest == text if there is no number; a lone suffix letter is eaten all the same, as the kernel does.
Bytes memparse(std::string_view text, std::string_view* rest = nullptr);

/// The value of the last parameter of that name.
std::optional<std::string> find_param(std::string_view line, std::string_view name);

}  // namespace mm
