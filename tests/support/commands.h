// SPDX-License-Identifier: GPL-3.0-or-later
// Commands of a timeline by their words, as a user types them.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "engine/sim/timeline.h"

namespace mm::test {

inline Outcome<CommandResult> run(Timeline& timeline, const std::string& text) {
    const auto command = parse_command(text);
    if (!command) return command.error();
    return timeline.execute(*command);
}

/// A block of the kernel's, on node and CPU 0.
inline Command alloc_pages(Order order) {
    return AllocPages{{.gfp = gfp::GFP_KERNEL, .order = order, .nid = 0, .cpu = 0}};
}

/// Expects that it is not refused.
inline CommandResult must(Timeline& timeline, const std::string& text) {
    auto result = run(timeline, text);
    EXPECT_TRUE(result) << text << ": " << result.error().text();
    return result ? *result : CommandResult{};
}

}  // namespace mm::test
