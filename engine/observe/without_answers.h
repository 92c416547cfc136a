// SPDX-License-Identifier: GPL-3.0-or-later
// What a simulation that is going to be compared with a real machine may know of it: a capture without the kernel's
// answers. Kept are
//
//  * the log's given lines (line_kinds.h): version, command line, firmware maps and tables, MTRRs, CPUs, sizes of the
//    per-CPU area, memblock's requests and what callers reserved; of the "Memory:" line only the image's sizes;
//  * where the image lies (section symbols, iomem's Kernel lines), distances between nodes;
//  * of config.json the architecture, the initrd's size and, on arm64 without EFI, the device tree's memory.
//
// Everything else is an answer and goes: no line of a category can find its way into the computation.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/firmware/capture_files.h"

namespace mm {

/// A line of a log, without its prefix.
struct ObservedLine {
    unsigned number = 0;  ///< in the log, from 1
    std::string text;
    friend bool operator==(const ObservedLine&, const ObservedLine&) = default;
};

/// The log's lines number first to last; those of the boot that read_machine() took are Machine::first_log_line and
/// last_log_line.
std::vector<ObservedLine> log_lines(std::string_view log, unsigned first, unsigned last);

/// also_given: lines (as they are in lines) that are handed over although they are of a category, in their places.
CaptureFiles without_answers(const CaptureFiles& files, const std::vector<ObservedLine>& lines,
                             const std::vector<std::string>& also_given = {});

}  // namespace mm
