// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/moment_difference.h"

#include <algorithm>

#include "engine/mmzone/differing_blocks.h"
#include "gui/format/format.h"

namespace mm::gui {
namespace {

void addRange(std::vector<PfnRange>& ranges, PfnRange range) {
    if (!ranges.empty() && ranges.back().end == range.start)
        ranges.back().end = range.end;
    else
        ranges.push_back(range);
}

/// The ranges of one pageblock that differ.
void compareBlock(const FrozenPages& a, const FrozenPages& b, Pfn first, std::vector<PfnRange>& ranges) {
    std::array<std::uint8_t, pageblock_pages> was{}, is{};
    if (const int whole = a.block_states(first, was); whole >= 0) was.fill(static_cast<std::uint8_t>(whole));
    if (const int whole = b.block_states(first, is); whole >= 0) is.fill(static_cast<std::uint8_t>(whole));
    for (Pfn i = 0; i < pageblock_pages; ++i)
        if (was[i] != is[i]) addRange(ranges, {first + i, first + i + 1});
}

NrPages blocksOf(const Snapshot& s, unsigned order) {
    NrPages sum = 0;
    for (const Node& node : s.state.zones.nodes)
        for (const Zone& zone : node.zones)
            sum += zone.free_area[order].nr_free;
    return sum;
}

void addRow(Table& table, const QString& what, std::uint64_t was, std::uint64_t is) {
    const QString sign = is > was ? "+" : is < was ? QString(QChar(0x2212)) : QString();
    table.rows.push_back({what, number(was), number(is), sign + number(is > was ? is - was : was - is)});
}

}  // namespace

std::vector<PfnRange> changedFrames(const Snapshot& a, const Snapshot& b, std::size_t fine) {
    std::vector<PfnRange> ranges;
    for (const Pfn first : differing_blocks(a.pages, b.pages)) {
        const std::size_t before = ranges.size();
        std::vector<PfnRange> own;
        compareBlock(a.pages, b.pages, first, own);
        if (own.empty()) continue;
        if (before + own.size() > fine) own = {{first, first + pageblock_pages}};
        for (const PfnRange& range : own)
            addRange(ranges, range);
    }
    return ranges;
}

Table momentTable(const Snapshot& a, const Snapshot& b) {
    Table table{{"quantity", "at A", "now", "difference"}, {}};
    addRow(table, "event", a.at, b.at);
    addRow(table, "free pages", a.state.zones.sum(&Zone::free_pages), b.state.zones.sum(&Zone::free_pages));
    for (const Node& node : b.state.zones.nodes)
        for (const Zone& zone : node.zones) {
            if (!zone.populated()) continue;
            NrPages was = 0;
            for (const Node& other : a.state.zones.nodes)
                for (const Zone& z : other.zones)
                    if (z.nid == zone.nid && z.type == zone.type) was = z.free_pages;
            const QString where = b.state.zones.nodes.size() > 1 ? QString(" of node %1").arg(zone.nid) : QString();
            addRow(table, "free pages in " + text(name_of(zone.type)) + where, was, zone.free_pages);
        }
    for (unsigned order = 0; order < max_orders; ++order)
        if (blocksOf(a, order) + blocksOf(b, order) > 0)
            addRow(table, QString("free blocks of order %1").arg(order), blocksOf(a, order), blocksOf(b, order));
    NrPages differ = 0, blocks = 0;
    for (const Pfn first : differing_blocks(a.pages, b.pages)) {
        std::vector<PfnRange> own;
        compareBlock(a.pages, b.pages, first, own);
        for (const PfnRange& range : own)
            differ += range.size();
        blocks += !own.empty();
    }
    table.rows.push_back({"page frames that differ", {}, {}, number(differ)});
    table.rows.push_back({"pageblocks they are in", {}, {}, number(blocks)});
    const auto &was = a.state.zones.pageblock_type, &is = b.state.zones.pageblock_type;
    NrPages retyped = 0;
    for (std::size_t i = 0; i < std::min(was.size(), is.size()); ++i)
        retyped += was[i] != is[i];
    table.rows.push_back({"pageblocks whose migratetype differs", {}, {}, number(retyped)});
    addRow(table, "lines of the kernel log", a.history.log_lines_at(a.at), b.history.log_lines_at(b.at));
    return table;
}

}  // namespace mm::gui
