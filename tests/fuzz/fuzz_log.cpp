// SPDX-License-Identifier: GPL-3.0-or-later
// A kernel log as bytes: read, and where a machine comes out of it, booted, checked and printed. Machines too large to
// be booted thousands of times a minute are only read.
#include <cstdio>
#include <cstdlib>

#include "engine/firmware/log_reader.h"
#include "engine/sim/timeline.h"
#include "engine/snapshot/proc_format.h"

namespace {

using namespace mm;

bool small(const Machine& machine) {
    constexpr PhysAddr most = 8 * GiB, beyond_model = 16 * TiB;
    constexpr unsigned most_cpus = 64;
    constexpr std::size_t most_calls = 2000;
    for (const auto& e : machine.map)
        if (e.type == E820Type::ram && e.start < beyond_model && e.start + e.size > most) return false;
    // Memory can also come from the command line.
    for (const auto word : {"memmap=", "numa=fake"})
        if (machine.command_line.find(word) != std::string::npos) return false;
    return machine.possible_cpus <= most_cpus && machine.memblock_calls.size() <= most_calls;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto machine = read_log({reinterpret_cast<const char*>(data), size}, "fuzz", "fuzz.txt");
    if (!machine) {
        if (machine.error().message.empty()) std::abort();
        return 0;
    }
    if (!small(*machine)) return 0;
    const KernelProfile& profile = profile_for(machine->arch, machine->version);
    if (profile.arch != machine->arch) return 0;
    Timeline timeline(std::make_shared<const Machine>(std::move(*machine)), profile);
    if (const Broken broken = timeline.system().check()) {
        std::fprintf(stderr, "broken: %s\n", broken->c_str());
        std::abort();
    }
    const SnapshotPtr s = timeline.snapshot();
    for (const auto print : {print_dmesg, print_e820, print_memblock, print_iomem, print_zoneinfo, print_buddyinfo})
        (void)print(*s);
    return 0;
}
