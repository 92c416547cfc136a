// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/e820/setup.h"

namespace mm {
namespace {

constexpr PhysRange bios_range{0xa0000, 0x100000};  // BIOS_BEGIN, BIOS_END

void print_table(const E820Table& table, std::string_view title, std::string_view who, const Tracer& trace) {
    if (!trace) return;
    trace.printk(table.title(std::string(title) + " physical RAM map:"));
    for (auto& line : table.print_lines(who))
        trace.printk(std::move(line));
}

}  // namespace

bool finish_user_map(E820Table& table, const Tracer& trace) {
    if (!table.update_table(trace)) {
        trace.printk("Kernel panic - not syncing: Invalid user supplied memory map");
        return false;
    }
    print_table(table, "user-defined", "user", trace);
    return true;
}

bool apply_user_map(E820Table& table, std::string_view command_line, const Tracer& trace) {
    if (!parse_user_map(table, command_line, trace)) return false;
    finish_user_map(table, trace);
    return true;
}

void reserve_setup_data(E820Table& table, const std::vector<PhysRange>& pieces, const Tracer& trace) {
    if (pieces.empty()) return;
    E820Table kexec = table;
    for (const auto& piece : pieces)
        for (E820Table* each : {&table, &kexec})
            each->range_update(piece.start, piece.size(), E820Type::ram, E820Type::reserved_kern, trace);
    table.update_table(trace);
    print_table(table, "extended", "reserve setup_data", trace);
}

void e820_add_kernel_range(E820Table& table, PhysRange image, const Tracer& trace) {
    if (table.mapped_all(image, E820Type::ram)) return;
    trace.printk(".text .data .bss are not marked as E820_TYPE_RAM!");
    table.range_remove(image.start, image.size(), E820Type::ram, false, trace);
    table.range_add(image.start, image.size(), E820Type::ram, trace);
}

void trim_bios_range(E820Table& table, Bytes low, const Tracer& trace) {
    table.range_update(0, low, E820Type::ram, E820Type::reserved, trace);
    table.range_remove(bios_range.start, bios_range.size(), E820Type::ram, true, trace);
    table.update_table(trace);
}

}  // namespace mm
