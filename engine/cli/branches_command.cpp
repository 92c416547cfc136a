// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cli/branches_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "engine/session/session_file.h"

namespace mm {

int branches_command(const MachineOptions& options) {
    if (!is_session(options.file))
        return fail(fmt::format("branches: {} is no session (NAME.mms); only those have branches", options.file));
    return with_machine(options, [](Timeline& timeline) {
        const std::vector<BranchInfo> branches = timeline.branches();
        std::size_t wide = 6;
        for (const BranchInfo& branch : branches)
            wide = std::max(wide, branch.name.size());
        std::string out = fmt::format("  {:<{}}  {:>9}  {:>9}\n", "branch", wide, "commands", "shared");
        for (const BranchInfo& branch : branches)
            out += fmt::format("{} {:<{}}  {:>9}  {:>9}\n", branch.current ? '*' : ' ', branch.name, wide,
                               branch.commands, branch.shared);
        std::cout << out;
        return 0;
    });
}

}  // namespace mm
