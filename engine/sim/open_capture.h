// SPDX-License-Identifier: GPL-3.0-or-later
// From a capture of a real machine to a boot that is computed from what that machine's kernel was handed, and to the
// comparison of both; and from one machine to its boot by the rules of another kernel version.
#pragma once

#include "engine/firmware/capture_files.h"
#include "engine/sim/open.h"
#include "engine/verify/comparison.h"

namespace mm {

struct OpenedCapture {
    std::unique_ptr<Timeline> timeline;            ///< computed without the capture's answers
    std::shared_ptr<const Comparison> comparison;  ///< null where the capture holds no line that could be compared
};

/// As open_machine(), but the kernel's answers in the capture are kept from the computation (see without_answers.h).
/// Changes to the e820 map that do not follow from the rest are handed over in a second run, and counted as given.
Outcome<OpenedCapture> open_capture(const std::string& path, std::string_view profile_name = {});
/// The same of texts that have been read already.
Outcome<OpenedCapture> open_capture(const CaptureFiles& files, std::string_view profile_name = {});

/// The machine's boot by the profile of that name on the left, by the timeline's own on the right. The cursor stays
/// where it is.
Outcome<std::shared_ptr<const Comparison>> compare_profiles(Timeline& timeline, std::string_view other_profile);

}  // namespace mm
