// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cli/walk_command.h"

#include <iostream>

#include "engine/snapshot/walk.h"

namespace mm {

int walk_command(const WalkOptions& options) {
    return with_machine(options.machine, [&](Timeline& timeline) {
        const SnapshotPtr snapshot = timeline.snapshot();
        std::vector<WalkAddress> addresses;
        for (const std::string& text : options.addresses) {
            const auto address = parse_address(*snapshot, text);
            if (!address) return fail(address.error().text());
            addresses.push_back(*address);
        }
        for (const std::string& note : layout_notes(layout_input_of(*snapshot), *snapshot->machine))
            std::cout << "# " << note << "\n";
        for (const WalkAddress& address : addresses)
            std::cout << print_walk(walk_report(*snapshot, address));
        return 0;
    });
}

}  // namespace mm
