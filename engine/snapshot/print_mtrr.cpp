// SPDX-License-Identifier: GPL-3.0-or-later
// /proc/mtrr: the variable ranges in use. Follows mtrr_seq_show() of arch/x86/kernel/cpu/mtrr/if.c, Linux 6.1.
#include "engine/firmware/mtrr.h"
#include "engine/snapshot/proc_format.h"
#include "engine/snapshot/put.h"

namespace mm {
namespace {

std::string_view type_text(MtrrType type) {
    switch (type) {
        case MtrrType::uncachable:
            return "uncachable";
        case MtrrType::write_combining:
            return "write-combining";
        case MtrrType::write_through:
            return "write-through";
        case MtrrType::write_protect:
            return "write-protect";
        case MtrrType::write_back:
            return "write-back";
    }
    return "?";
}

}  // namespace

std::string print_mtrr(const Snapshot& s) {
    std::string out;
    const auto& registers = s.machine->mtrr.variable;
    for (std::size_t i = 0; i < registers.size(); ++i) {
        const PfnRange frames = frames_of(registers[i]);
        if (frames.empty()) continue;
        const Bytes size = phys_of(frames.size());
        const bool small = size < MiB;
        put(out, "reg{:02}: base=0x{:06x}000 ({:5}MB), size={:5}{}B, count=1: {}\n", i, frames.start,
            phys_of(frames.start) / MiB, small ? size / KiB : size / MiB, small ? 'K' : 'M',
            type_text(registers[i].type));
    }
    return out;
}

}  // namespace mm
