// SPDX-License-Identifier: GPL-3.0-or-later
// Real machines of tests/data as values, for tests that boot one.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "engine/firmware/log_reader.h"
#include "engine/sim/open.h"
#include "engine/sim/timeline.h"

namespace mm::test {

inline std::string machine_folder(const std::string& name) {
    return std::string(MMSCOPE_TEST_DATA) + "/machines/" + name;
}

/// The machine as read from its log; a test failure and an empty machine where it cannot be read.
inline std::shared_ptr<const Machine> load_machine(const std::string& name) {
    auto machine = read_machine(machine_folder(name));
    if (!machine) {
        ADD_FAILURE() << machine.error().text();
        return std::make_shared<const Machine>();
    }
    return std::make_shared<const Machine>(std::move(*machine));
}

inline std::unique_ptr<Timeline> boot(const std::string& name) {
    auto machine = load_machine(name);
    const KernelProfile& profile = profile_for(machine->arch, machine->version, machine->banner, machine->pae);
    return std::make_unique<Timeline>(std::move(machine), profile);
}

/// The machine in that file or folder, booted as a user's is; a test failure where it cannot be.
inline std::unique_ptr<Timeline> opened(const std::string& path) {
    auto timeline = open_machine(path);
    EXPECT_TRUE(timeline) << (timeline ? "" : timeline.error().text());
    return std::move(*timeline);
}

/// A machine made by hand: RAM ranges, everything else as on a PC without firmware quirks.
inline std::shared_ptr<const Machine> machine_of(const std::vector<E820Entry>& map, std::string command_line = "") {
    auto machine = std::make_shared<Machine>();
    machine->name = "hand-made";
    machine->banner = "Linux version 6.1.0";
    machine->version = {6, 1, 0};
    machine->map = map;
    machine->command_line = std::move(command_line);
    return machine;
}

/// An arm64 board made by hand: memory nodes of a device tree, the image 2 MiB into the first.
inline std::shared_ptr<const Machine> arm64_machine_of(const std::vector<DeviceTreeMemory>& memory,
                                                       std::string command_line = "") {
    auto machine = std::make_shared<Machine>();
    machine->name = "hand-made";
    machine->arch = Arch::arm64;
    machine->banner = "Linux version 6.1.0";
    machine->version = {6, 1, 0};
    machine->device_tree_memory = memory;
    if (!memory.empty()) machine->image.text = memory.front().range.start + 2 * MiB;
    machine->command_line = std::move(command_line);
    return machine;
}

/// Under the kernel that the machine's version says.
inline std::unique_ptr<Timeline> boot(std::shared_ptr<const Machine> machine) {
    const KernelProfile& profile = profile_for(machine->arch, machine->version, machine->banner, machine->pae);
    return std::make_unique<Timeline>(std::move(machine), profile);
}

}  // namespace mm::test
