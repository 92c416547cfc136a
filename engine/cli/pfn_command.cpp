// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cli/pfn_command.h"

#include <iostream>

#include "engine/snapshot/hierarchy.h"
#include "engine/snapshot/pfn_report.h"

namespace mm {

int pfn_command(const PfnOptions& options) {
    return with_machine(options.machine, [&](Timeline& timeline) {
        const SnapshotPtr snapshot = timeline.snapshot();
        std::string out;
        for (const std::string& text : options.frames) {
            const auto pfn = parse_pfn(*snapshot, text);
            if (!pfn) return fail(pfn.error().text());
            out += print_pfn(pfn_report(*snapshot, *pfn), *snapshot) + "  who has it\n";
            out += print_path(allocation_path(*snapshot, {*pfn, {}}), 4);
        }
        std::cout << out;
        return 0;
    });
}

}  // namespace mm
