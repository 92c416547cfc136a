// SPDX-License-Identifier: GPL-3.0-or-later
// The texts that a machine is read from, before anything is made of them: a kernel's log and, where the log came in a
// folder, what was saved beside it. read_machine() takes the firmware's facts from them; observe/ takes what the real
// kernel derived.
#pragma once

#include <string>
#include <vector>

#include "engine/firmware/machine.h"
#include "engine/types/outcome.h"

namespace mm {

struct CaptureFiles {
    std::string name;                    ///< the machine's: the file's stem or the folder's name
    std::string log_file;                ///< for messages
    std::string log;                     ///< dmesg
    std::string iomem, symbols, config;  ///< proc_iomem.txt, kallsyms_sections.txt, config.json; "" where missing
    std::string zoneinfo;                ///< proc_zoneinfo.txt
    std::string mtrr;                    ///< proc_mtrr.txt
    std::string slabinfo;                ///< proc_slabinfo.txt
    std::vector<std::string> distances;  ///< node_<n>_distance.txt, from node 0 on
};

/// A log file, or a folder with dmesg.txt and the rest where present. Errors: not found, a folder without dmesg.txt,
/// too large.
Outcome<CaptureFiles> read_capture(const std::string& path);

/// The machine as these texts tell it.
Outcome<Machine> read_machine(const CaptureFiles& files);

}  // namespace mm
