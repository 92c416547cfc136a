// SPDX-License-Identifier: GPL-3.0-or-later
// What the kernel prints of its memory map while booting: dmesg, e820, memblock, iomem; page tables and virtual layout.
#include <fmt/format.h>

#include "engine/snapshot/describe.h"
#include "engine/snapshot/layout_of.h"
#include "engine/snapshot/proc_format.h"
#include "engine/snapshot/put.h"

namespace mm {
namespace {

std::string pt_flags(PtEntry e) {
    std::string s;
    const std::pair<PtEntry, const char*> names[] = {
        {pte_rw, "RW"}, {pte_user, "USR"}, {pte_pse, "PSE"}, {pte_global, "GLB"}, {pte_nx, "NX"}};
    for (const auto& [bits, name] : names)
        if (e & bits) s += s.empty() ? name : fmt::format(" {}", name);
    return s;
}

}  // namespace

std::string print_dmesg(const Snapshot& s) {
    std::string out;
    const std::size_t lines = s.history.log_lines_at(s.at);
    for (std::size_t i = 0; i < lines; ++i)
        put(out, "[    0.000000] {}\n", s.history.log_line(i).text);
    return out;
}

std::string print_e820(const Snapshot& s) {
    std::string out;
    for (const auto& line : s.state.e820_firmware.print_lines(s.state.map_name))
        put(out, "{}\n", line);
    if (s.state.e820 == s.state.e820_firmware) return out;
    for (const auto& line : s.state.e820.print_lines("modified"))
        put(out, "{}\n", line);
    return out;
}

std::string print_memblock(const Snapshot& s) {
    std::string out;
    for (const auto& line : s.state.memblock.dump_lines())
        put(out, "{}\n", line);
    return out;
}

std::string print_iomem(const Snapshot& s) {
    std::string out;
    for (const IomemEntry& e : s.state.iomem)
        put(out, "{:{}}{:08x}-{:08x} : {}\n", "", e.depth * 2, e.range.start, e.range.end - 1, e.name);
    return out;
}

std::string print_pagetables(const Snapshot& s) {
    std::string out;
    for (const MappedRange& r : s.state.direct_map.tables.mapped_ranges())
        put(out, "{:016x}-{:016x} -> {:012x} {:>8} {}\n", r.virt.start, r.virt.end, r.phys, size_text(r.leaf_size),
            pt_flags(r.flags));
    return out;
}

std::string print_layout(const Snapshot& s) {
    std::string out;
    const LayoutInput input = layout_input_of(s);
    for (const std::string& note : layout_notes(input, *s.machine))
        put(out, "# {}\n", note);
    const int digits = input.space.arch == Arch::i386 ? 8 : 16;
    for (const LayoutArea& area : kernel_layout(input)) {
        const Bytes size = area.range.end - area.range.start;
        const VirtAddr last = area.range.end == ~VirtAddr{0} ? area.range.end : area.range.end - 1;
        put(out, "{:0{}x} - {:0{}x} {:>10}  {}{}{}\n", area.range.start, digits, last, digits, size_text(size),
            area.name, area.note.empty() ? "" : ": ", area.note);
    }
    return out;
}

}  // namespace mm
