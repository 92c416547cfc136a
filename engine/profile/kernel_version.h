// SPDX-License-Identifier: GPL-3.0-or-later
// A kernel's version number as a value, and where a log's text names it. What a version means is a KernelProfile's
// business: nothing but profile_for() compares versions.
#pragma once

#include <compare>
#include <string>
#include <string_view>

namespace mm {

struct KernelVersion {
    unsigned major = 0, minor = 0, patch = 0;
    friend constexpr auto operator<=>(KernelVersion, KernelVersion) = default;
    std::string text() const;  ///< "6.1.192", "6.1" with patch 0
};

/// First "N.N" or "N.N.N" in the text ("Linux version 6.1.0-56-amd64 (... Debian 6.1.192-2 ...)" is 6.1.0); {} if none.
KernelVersion parse_kernel_version(std::string_view text);

}  // namespace mm
