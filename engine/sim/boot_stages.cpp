// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <cassert>

#include "engine/firmware/command_line.h"
#include "engine/memblock/early_memtest.h"
#include "engine/sim/boot.h"
#include "engine/sim/stage_table.h"

namespace mm {
namespace {

std::vector<StageInfo> make_stages(Arch arch) {
    std::vector<StageInfo> stages;
    std::vector<int> open;  // the rows that enclose the next one, by depth
    for (const StageRow& row : stage_rows(arch)) {
        open.resize(row.depth);
        stages.push_back({row.name, row.file, open.empty() ? -1 : open.back(), row.depth});
        open.push_back(static_cast<int>(stages.size()) - 1);
    }
    return stages;
}

}  // namespace

std::span<const StageRow> stage_rows(Arch arch) {
    switch (arch) {
        case Arch::x86_64:
            return x86_64_stages();
        case Arch::i386:
            return i386_stages();
        case Arch::arm64:
            return arm64_stages();
    }
    return {};
}

void BootContext::parse_memblock_param() const {
    Memblock& mb = state.memblock;
    const MovableRequest movable = movable_request(machine.command_line);
    mb.set_mirrored_kernelcore(movable.mirror);
    mb.set_movable_node(movable.movable_node);
    // Near the kernel image, which is never pulled out, until SRAT says what may be.
    if (movable.movable_node && profile.arch != Arch::arm64) mb.set_bottom_up(true);
    const auto value = find_param(machine.command_line, "memblock");
    state.memblock_debug = value && value->find("debug") != std::string::npos;
    if (!state.memblock_debug) return;
    const KernelBuild& build = kernel_build_for(machine.banner, machine.arch);
    mb.set_debug(build.phys_addr_digits, !machine.memblock_calls.empty());
}

void BootContext::early_memtest(PhysRange window) const {
    const unsigned digits = profile.arch == Arch::i386 && !profile.pae ? 8 : 16;
    mm::early_memtest(memtest_patterns(machine.command_line), window, machine.bad_memory, boot_memblock(), digits);
}

const std::vector<StageInfo>& boot_stages(Arch arch) {
    static const std::array<std::vector<StageInfo>, 3> stages{make_stages(Arch::x86_64), make_stages(Arch::i386),
                                                              make_stages(Arch::arm64)};
    return stages[static_cast<std::size_t>(arch)];
}

bool is_leaf_stage(Arch arch, unsigned stage) {
    const auto rows = stage_rows(arch);
    return stage < rows.size() && rows[stage].run != nullptr;
}

void run_stage(BootContext& context, unsigned stage) {
    assert(is_leaf_stage(context.profile.arch, stage));
    if (!context.state.panic.empty()) return;
    const StageRow& row = stage_rows(context.profile.arch)[stage];
    context.trace.event({.kind = EventKind::stage, .a = stage}, row.name);
    try {
        row.run(context);
    } catch (const KernelPanic& panic) {
        context.state.panic = panic.message;
        context.trace.event({.kind = EventKind::kernel_note}, "the kernel panics: " + panic.message);
        context.trace.printk("Kernel panic - not syncing: " + panic.message);
    }
}

}  // namespace mm
