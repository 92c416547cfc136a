// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/e820/e820_table.h"

#include <fmt/format.h>

#include <algorithm>

namespace mm {
namespace {

constexpr std::uint64_t all_ones = ~std::uint64_t{0};

/// start + size with the size cut so that it does not wrap, as range_update and range_remove cut it.
PhysRange clamped(PhysAddr start, Bytes size) {
    return {start, start + std::min(size, all_ones - start)};
}

std::string mem_text(PhysAddr start, PhysAddr end) {
    return fmt::format("[mem {:#010x}-{:#010x}]", start, end - 1);
}

Event range_event(EventKind kind, PhysRange touched, E820Type from, E820Type to) {
    Event e{.kind = kind, .touched = touched};
    e.a = static_cast<std::uint64_t>(from);
    e.b = static_cast<std::uint64_t>(to);
    return e;
}

/// Takes [start, end) out of an entry that it covers at one side: the other side stays.
void shrink(E820Entry& entry, PhysAddr start, PhysAddr end) {
    entry.size -= end - start;
    if (entry.start >= start) entry.start = end;
}

}  // namespace

std::string e820_type_name(E820Type type) {
    switch (type) {
        case E820Type::ram:
        case E820Type::reserved_kern:
            return "usable";
        case E820Type::reserved:
            return "reserved";
        case E820Type::soft_reserved:
            return "soft reserved";
        case E820Type::acpi:
            return "ACPI data";
        case E820Type::nvs:
            return "ACPI NVS";
        case E820Type::unusable:
            return "unusable";
        case E820Type::pmem:
        case E820Type::pram:
            return fmt::format("persistent (type {})", static_cast<std::uint32_t>(type));
        case E820Type::none:
            break;
    }
    return fmt::format("type {}", static_cast<std::uint32_t>(type));
}

void E820Table::add(E820Entry entry, std::vector<std::string>& lines) {
    if (m_entries.size() < max_entries)
        m_entries.push_back(entry);
    else
        lines.push_back("too many entries; ignoring " + mem_text(entry.start, entry.start + entry.size));
}

void E820Table::range_add(PhysAddr start, Bytes size, E820Type type, const Tracer& trace) {
    std::vector<std::string> lines;
    add({start, size, type}, lines);
    if (!trace) return;
    if (lines.empty())
        trace.event(range_event(EventKind::e820_range_add, clamped(start, size), E820Type::none, type),
                    e820_type_name(type));
    for (auto& line : lines)
        trace.printk(std::move(line));
}

Bytes E820Table::range_update(PhysAddr start, Bytes size, E820Type old_type, E820Type new_type, const Tracer& trace) {
    const PhysRange range = clamped(start, size);
    const std::string from = e820_type_name(old_type), to = e820_type_name(new_type);
    std::vector<std::string> lines{
        change_text("update", range, m_log.mem_ranges ? from + " ==> " + to : fmt::format("({}) ==> ({})", from, to))};
    Bytes changed = 0;
    // Pieces split off are appended and looked at in their turn: the bound is read anew on purpose.
    for (std::size_t i = 0; i < m_entries.size(); ++i) {
        const E820Entry entry = m_entries[i];
        const PhysAddr entry_end = entry.start + entry.size;
        if (entry.type != old_type) continue;
        if (entry.start >= range.start && entry_end <= range.end) {
            m_entries[i].type = new_type;
            changed += entry.size;
        } else if (entry.start < range.start && entry_end > range.end) {
            add({range.start, range.end - range.start, new_type}, lines);
            add({range.end, entry_end - range.end, old_type}, lines);
            m_entries[i].size = range.start - entry.start;
            changed += range.end - range.start;
        } else if (const auto part = range.intersect({entry.start, entry_end}); !part.empty()) {
            add({part.start, part.size(), new_type}, lines);
            shrink(m_entries[i], part.start, part.end);
            changed += part.size();
        }
    }
    if (!trace) return changed;
    trace.event(range_event(EventKind::e820_range_update, range, old_type, new_type),
                e820_type_name(old_type) + " => " + e820_type_name(new_type));
    for (auto& line : lines)
        trace.printk(std::move(line));
    return changed;
}

Bytes E820Table::range_remove(PhysAddr start, Bytes size, E820Type old_type, bool check_type, const Tracer& trace) {
    const PhysRange range = clamped(start, size);
    const std::string type_text = check_type ? e820_type_name(old_type) : "";
    std::vector<std::string> lines{
        change_text("remove", range, m_log.mem_ranges || !check_type ? type_text : "(" + type_text + ")")};
    Bytes removed = 0;
    for (std::size_t i = 0; i < m_entries.size(); ++i) {
        const E820Entry entry = m_entries[i];
        const PhysAddr entry_end = entry.start + entry.size;
        if (check_type && entry.type != old_type) continue;
        if (entry.start >= range.start && entry_end <= range.end) {
            m_entries[i] = {0, 0, E820Type::none};  // stays as a hole until update_table() drops it
            removed += entry.size;
        } else if (entry.start < range.start && entry_end > range.end) {
            add({range.end, entry_end - range.end, entry.type}, lines);
            m_entries[i].size = range.start - entry.start;
            removed += range.end - range.start;
        } else if (const auto part = range.intersect({entry.start, entry_end}); !part.empty()) {
            shrink(m_entries[i], part.start, part.end);
            removed += part.size();
        }
    }
    if (!trace) return removed;
    trace.event(
        range_event(EventKind::e820_range_remove, range, check_type ? old_type : E820Type::none, E820Type::none),
        check_type ? type_text + " removed" : "removed");
    for (auto& line : lines)
        trace.printk(std::move(line));
    return removed;
}

std::string E820Table::change_text(std::string_view change, PhysRange range, std::string_view types) const {
    return m_log.mem_ranges ? fmt::format("e820: {} {} {}", change, mem_text(range.start, range.end), types)
                            : fmt::format("e820 {} range: {:016x} - {:016x} {}", change, range.start, range.end, types);
}

std::string E820Table::title(std::string_view text) const {
    return (m_log.e820_titles ? "e820: " : "") + std::string(text);
}

std::vector<std::string> E820Table::print_lines(std::string_view who) const {
    std::vector<std::string> lines;
    for (const auto& e : m_entries) {
        const std::string type = e820_type_name(e.type);
        const PhysAddr end = e.start + e.size;
        lines.push_back(m_log.mem_ranges ? fmt::format("{}: [mem {:#018x}-{:#018x}] {}", who, e.start, end - 1, type)
                                         : fmt::format(" {}: {:016x} - {:016x} ({})", who, e.start, end, type));
    }
    return lines;
}

}  // namespace mm
