// SPDX-License-Identifier: GPL-3.0-or-later
// A comparison in words and numbers, for a terminal and for programs.
#pragma once

#include <string>

#include "engine/verify/comparison.h"

namespace mm {

struct ReportOptions {
    std::size_t first = 3;  ///< differences shown of each category
};

/// The table of categories, what was given and not compared, and the first differences of each category with the
/// kernel's function and the boot stage they come from.
std::string report_text(const Comparison& comparison, const ReportOptions& options);

/// One JSON object with the same, every difference included; format in report_json.cpp.
std::string report_json(const Comparison& comparison, const std::string& name);

/// Why this row is what it is: "printed by e820_end_pfn() in the stage end_of_ram_pfn (arch/x86/kernel/e820.c);
/// 0x1ffe0 real, 0x1ffdf computed".
std::string explain(const Comparison& comparison, const Row& row);

/// "real" and "computed", or the two kernels' names.
std::string left_name(const Comparison& comparison);
std::string right_name(const Comparison& comparison);

}  // namespace mm
