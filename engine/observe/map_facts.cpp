// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/observe/map_facts.h"

#include <algorithm>
#include <array>
#include <optional>

#include "engine/e820/e820_table.h"
#include "engine/firmware/log_scanner.h"

namespace mm {
namespace {

constexpr std::array<std::string_view, 4> firmware_maps{"BIOS-e820: ", "BIOS-e801: ", "BIOS-88: ", "Xen: "};
constexpr std::array<std::string_view, 3> whole_maps{"user: ", "modified: ", "extended: "};
constexpr std::array<std::string_view, 6> zone_names{"DMA", "DMA32", "Normal", "HighMem", "Movable", "Device"};

/// Each change sorts the map: a hostile log must not keep us busy. Real ones have a few dozen.
constexpr unsigned most_changes = 2048;
constexpr std::size_t most_nodes = 4096;

class Gatherer {
public:
    void line(std::string_view line) {
        LogScanner in(line);
        in.skip_blanks();
        for (const auto name : firmware_maps)
            if (in.take(name)) return add_entry(in);
        for (const auto name : whole_maps)
            if (in.take(name)) return replace_entry(in, name);
        m_replaced = {};
        if (in.take("e820: update ")) return change(in, false);
        if (in.take("e820: remove ")) return change(in, true);
        if (in.take("node ")) return add_node(in);
        if (line.starts_with("  ")) add_zone(in);
    }

    MapFacts facts() {
        m_table.update_table();
        m_facts.e820 = m_table.entries();
        return std::move(m_facts);
    }

private:
    static std::optional<E820Entry> entry_of(LogScanner& in) {
        auto range = in.take_mem();
        if (!range) range = in.take_old_range();
        if (!range) return {};
        const auto type = parse_e820_type(in.rest());
        if (!type) return {};
        return E820Entry{range->start, range->end - range->start, *type};
    }

    void add_entry(LogScanner& in) {
        if (const auto entry = entry_of(in)) m_table.range_add(entry->start, entry->size, entry->type);
    }

    void replace_entry(LogScanner& in, std::string_view name) {
        const auto entry = entry_of(in);
        if (!entry) return;
        if (m_replaced != name) m_table = {};
        m_replaced = name;
        m_table.range_add(entry->start, entry->size, entry->type);
    }

    void change(LogScanner& in, bool remove) {
        const auto range = in.take_mem();
        if (!range || m_changes++ >= most_changes) return;
        const auto arrow = in.rest().find(" ==> ");
        const auto from = parse_e820_type(in.rest().substr(0, arrow));
        m_table.update_table();
        if (remove) {
            m_table.range_remove(range->start, range->end - range->start, from.value_or(E820Type::ram), bool(from));
        } else if (from && arrow != std::string_view::npos) {
            const auto to = parse_e820_type(in.rest().substr(arrow + 5));
            if (to) m_table.range_update(range->start, range->end - range->start, *from, *to);
        }
    }

    void add_node(LogScanner& in) {
        in.skip_blanks();
        const auto nid = in.take_decimal();
        if (!nid || !in.take(": ")) return;
        if (m_facts.nodes.size() >= most_nodes) return;
        if (const auto range = in.take_mem()) m_facts.nodes.push_back({static_cast<Nid>(*nid), *range});
    }

    void add_zone(LogScanner in) {
        for (const auto name : zone_names) {
            LogScanner rest = in;
            if (!rest.take(name) || !rest.take(" ")) continue;
            rest.skip_blanks();
            if (const auto range = rest.take_mem()) m_facts.zones.push_back({std::string(name), *range});
        }
    }

    E820Table m_table;
    unsigned m_changes = 0;
    std::string_view m_replaced;  ///< the whole map that is being read
    MapFacts m_facts;
};

}  // namespace

MapFacts map_facts(std::span<const std::string_view> lines) {
    Gatherer gatherer;
    for (const auto line : lines)
        gatherer.line(line);
    return gatherer.facts();
}

}  // namespace mm
