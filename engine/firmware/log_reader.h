// SPDX-License-Identifier: GPL-3.0-or-later
// Reads a real kernel's log (dmesg, journal, serial console; any prefix, CRLF, truncated head, foreign lines) and keeps
// the firmware facts only: version, command line, memory map, EFI map, RAMDISK, SRAT, MTRR, CPU count, ACPI tables, and
// the image sizes of the "Memory:" line. What the kernel derived is ignored, so that it can be compared with what we
// compute.
//
// Where the log holds several boots, the last complete one is taken (the one with a map). Old "BIOS-e820: 0000 - 1000
// (usable)" and new "[mem 0x0-0xfff] usable" formats. Without a firmware map: an Error that says which lines are
// missing.
//
// An arm64 log has no e820 map: its memory is the EFI map (efi=debug), the device tree's memory nodes (config.json),
// or, where neither is known, the kernel's own "Early memory node ranges" (with a note).
//
// Bounded: at most max_log_bytes are read, lines longer than 64 KiB are cut; linear in the input.
#pragma once

#include <string_view>

#include "engine/firmware/machine.h"
#include "engine/firmware/machine_config.h"
#include "engine/types/outcome.h"

namespace mm {

inline constexpr Bytes max_log_bytes = 256 * MiB;

/// The line without what transports put before it: "<6>", "[    0.000000]", "Jan 01 00:00:00 host kernel:", ISO dates,
/// "kern  :info  :", quote marks; without trailing white space and CR.
std::string_view strip_log_prefix(std::string_view line);

/// name: what to call the machine; file: for error messages; config: what was saved beside the log, for arm64 (whose
/// log lists no memory unless EFI does).
Outcome<Machine> read_log(std::string_view text, std::string name, std::string file, const MachineConfig& config = {});

/// A log file, or a folder with dmesg.txt and, where present, kallsyms_sections.txt, proc_iomem.txt (Kernel lines),
/// node_<n>_distance.txt (SLIT rows) and config.json (initrd_bytes, arch). Errors: not found, a folder without
/// dmesg.txt, empty, binary, too large, no firmware map.
Outcome<Machine> read_machine(const std::string& path);

}  // namespace mm
