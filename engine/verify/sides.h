// SPDX-License-Identifier: GPL-3.0-or-later
// What is compared, made from a capture or from a boot that was computed.
#pragma once

#include "engine/observe/without_answers.h"
#include "engine/snapshot/snapshot.h"
#include "engine/verify/comparison.h"

namespace mm {

/// handed_over: lines of categories that the computation was given (see without_answers).
Side real_side(const CaptureFiles& files, const std::vector<ObservedLine>& lines, const Machine& machine,
               const std::vector<std::string>& handed_over = {});

/// REQUIRES: the snapshot shows the end of the boot.
Side computed_side(const Snapshot& booted);

/// The capture's changes to the e820 map that the computation did not make: chipset quirks and EFI tables, which do not
/// follow from the firmware's map. As they stand in the log.
std::vector<std::string> underived_map_changes(const Comparison& comparison);

}  // namespace mm
