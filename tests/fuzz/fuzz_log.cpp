// SPDX-License-Identifier: GPL-3.0-or-later
// A kernel log as bytes: read, and where a machine comes out of it, one in four is booted, checked and printed.
// Machines too large to be booted a hundred times a second are only read.
#include <cstdio>
#include <cstdlib>

#include "engine/firmware/log_reader.h"
#include "engine/sim/timeline.h"
#include "engine/snapshot/proc_format.h"

namespace {

using namespace mm;

bool small(const Machine& machine) {
    constexpr Bytes most_ram = 256 * MiB;
    constexpr PhysAddr most = 16 * GiB, beyond_model = 16 * TiB;
    constexpr unsigned most_cpus = 64;
    constexpr std::size_t most_calls = 500;
    Bytes ram = 0;
    const auto add = [&](PhysAddr start, Bytes size) {
        if (start >= beyond_model) return;
        ram += start + size > most || start + size < start ? most_ram + 1 : size;
    };
    for (const auto& e : machine.map)
        if (e.type == E820Type::ram) add(e.start, e.size);
    for (const auto& e : machine.efi_map)
        add(e.range.start, machine.map.empty() ? e.range.size() : 0);
    for (const auto& e : machine.device_tree_memory)
        add(e.range.start, e.range.size());
    // arm64 takes the disk's range for memory, whatever the map says.
    if (machine.ramdisk) add(machine.ramdisk->start, machine.ramdisk->size());
    if (ram > most_ram) return false;
    // Memory can also come from the command line.
    for (const auto word : {"memmap=", "numa=fake"})
        if (machine.command_line.find(word) != std::string::npos) return false;
    return machine.possible_cpus <= most_cpus && machine.memblock_calls.size() <= most_calls;
}

/// Which inputs are booted is theirs to decide, so that a finding comes again.
bool chosen(const std::uint8_t* data, std::size_t size) {
    std::uint32_t hash = 0x811c9dc5;
    for (std::size_t i = 0; i < size; ++i)
        hash = (hash ^ data[i]) * 0x01000193;
    return (hash >> 16) % 4 == 0;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto machine = read_log({reinterpret_cast<const char*>(data), size}, "fuzz", "fuzz.txt");
    if (!machine) {
        if (machine.error().message.empty()) std::abort();
        return 0;
    }
    if (!chosen(data, size) || !small(*machine)) return 0;
    const KernelProfile& profile = profile_for(machine->arch, machine->version, machine->banner, machine->pae);
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
