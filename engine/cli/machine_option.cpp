// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cli/machine_option.h"

#include <fmt/format.h>

#include <iostream>

namespace mm {

int fail(const std::string& message) {
    std::cerr << "mmsim: " << message << "\n";
    return bad_input;
}

int with_machine(const MachineOptions& options, const std::function<int(Timeline&)>& then) {
    auto opened = open_machine(options.file, options.kernel);
    if (!opened) return fail(opened.error().text());
    Timeline& timeline = **opened;
    for (const std::string& note : assumptions(timeline.system().machine(), timeline.system().profile()))
        std::cerr << "mmsim: note: " << note << "\n";
    if (!options.until.empty()) {
        const int stage = timeline.history().stage_named(options.until);
        if (stage < 0) {
            std::string names;
            for (const StageInfo& s : timeline.history().stages())
                names += fmt::format("\n  {}", s.name);
            return fail(fmt::format("--until {}: there is no such stage; expected one of{}", options.until, names));
        }
        timeline.run_to_stage(stage);
    }
    return then(timeline);
}

}  // namespace mm
