// SPDX-License-Identifier: GPL-3.0-or-later
// mem= and memmap=, as parse_memopt() and parse_memmap_one() of arch/x86/kernel/e820.c read them.
#include "engine/e820/setup.h"
#include "engine/firmware/command_line.h"

namespace mm {
namespace {

void remove_ram_above(E820Table& table, PhysAddr limit, const Tracer& trace) {
    table.range_remove(limit, ~std::uint64_t{0} - limit, E820Type::ram, true, trace);
}

/// False: the kernel answers "Malformed early option".
bool apply_mem(E820Table& table, const KernelParam& param, bool& changed, const Tracer& trace) {
    if (!param.has_value) return false;
    if (param.value == "nopentium") {
        trace.printk("mem=nopentium ignored! (only supported on x86_32)");
        return false;
    }
    changed = true;
    const Bytes size = memparse(param.value);
    if (size == 0) return false;
    remove_ram_above(table, size, trace);
    return true;
}

/// nn%ss[-from][+to]: change, add or remove by type number.
void apply_percent(E820Table& table, Bytes size, std::string_view rest, const Tracer& trace) {
    const PhysAddr start = memparse(rest, &rest);
    std::uint64_t from = 0, to = 0;
    if (rest.starts_with('-')) from = simple_strtoull(rest.substr(1), &rest);
    if (rest.starts_with('+')) to = simple_strtoull(rest.substr(1), &rest);
    if (!rest.empty()) return;
    const auto type = [](std::uint64_t number) { return static_cast<E820Type>(static_cast<std::uint32_t>(number)); };
    if (from && to) {
        // The kernel stops with a BUG where both are the same; nothing to change is what we make of it.
        if (type(from) != type(to)) table.range_update(start, size, type(from), type(to), trace);
    } else if (to)
        table.range_add(start, size, type(to), trace);
    else
        table.range_remove(start, size, type(from), from != 0, trace);
}

/// One of the pieces between commas.
void apply_memmap_piece(E820Table& table, std::string_view piece, bool& changed, const Tracer& trace) {
    if (piece.starts_with("exactmap")) {
        table = E820Table();
        changed = true;
        return;
    }
    std::string_view rest;
    const Bytes size = memparse(piece, &rest);
    if (rest.size() == piece.size()) return;
    changed = true;
    const auto add = [&](E820Type type) { table.range_add(memparse(rest.substr(1)), size, type, trace); };
    switch (rest.empty() ? '\0' : rest.front()) {
        case '@':
            return add(E820Type::ram);
        case '#':
            return add(E820Type::acpi);
        case '$':
            return add(E820Type::reserved);
        case '!':
            return add(E820Type::pram);
        case '%':
            return apply_percent(table, size, rest.substr(1), trace);
        default:
            return remove_ram_above(table, size, trace);
    }
}

}  // namespace

bool parse_user_map(E820Table& table, std::string_view command_line, const Tracer& trace) {
    bool changed = false;
    for (const auto& param : parse_command_line(command_line)) {
        if (param.name == "mem" && !apply_mem(table, param, changed, trace))
            trace.printk("Malformed early option 'mem'");
        if (param.name != "memmap" || !param.has_value) continue;
        std::string_view list = param.value;
        for (std::size_t comma = 0; comma != std::string_view::npos; list.remove_prefix(comma + 1)) {
            comma = list.find(',');
            apply_memmap_piece(table, list.substr(0, comma), changed, trace);
            if (comma == std::string_view::npos) break;
        }
    }
    return changed;
}

}  // namespace mm
