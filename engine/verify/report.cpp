// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/verify/report.h"

#include <fmt/format.h>

#include <iterator>

#include "engine/verify/spans.h"

namespace mm {
namespace {

template<class... Args>
void put(std::string& out, fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
}

std::string short_name(const Side& side) {
    const auto colon = side.title.find(": ");
    return colon == std::string::npos ? side.title : side.title.substr(colon + 2);
}

void put_table(std::string& out, const Comparison& c) {
    put(out, "  {:<10} {:>7} {:>9} {:>7} {:>9}\n", "category", "equal", "different", left_name(c), right_name(c));
    std::size_t left = 0, right = 0;
    for (const CategoryCount& count : c.counts) {
        put(out, "  {:<10} {:>7} {:>9} {:>7} {:>9}  {}{}\n", name_of(count.category), count.equal, count.different(),
            count.left, count.right, words_of(count.category),
            count.given ? fmt::format(" ({} given)", count.given) : "");
        left += count.left;
        right += count.right;
    }
    put(out, "  {:<10} {:>7} {:>9} {:>7} {:>9}\n", "total", c.equal(), c.different(), left, right);
    if (!c.left.real) return;
    put(out, "  {} lines of the log were given to the computation, {} are no concern of memory's and not compared.\n",
        c.given, c.not_compared);
    if (c.zones.empty()) put(out, "  There is no proc_zoneinfo.txt beside the log: zones are not compared.\n");
}

void put_row(std::string& out, const Comparison& c, const Row& row) {
    if (row.left) {
        const SideLine& line = c.left.lines[*row.left];
        put(out, "    - {}{}\n", line.text, line.number ? fmt::format("    (line {})", line.number) : "");
    }
    if (row.right) put(out, "    + {}\n", c.right.lines[*row.right].text);
    put(out, "      {}\n", explain(c, row));
}

void put_differing_lines(std::string& out, const Comparison& c, Category category, std::size_t first) {
    std::size_t shown = 0, all = 0;
    for (const Row& row : c.rows) {
        if (!row.differs() || row.category != category) continue;
        if (all++ == 0) put(out, "\n  {}: {}\n", name_of(category), words_of(category));
        if (shown >= first) continue;
        ++shown;
        put_row(out, c, row);
    }
    if (all > shown) put(out, "    … and {} more\n", all - shown);
}

void put_differing_zones(std::string& out, const Comparison& c, std::size_t first) {
    std::size_t shown = 0, all = 0;
    for (const ZoneRow& row : c.zones) {
        if (!row.differs()) continue;
        if (all++ == 0) put(out, "\n  {}: {}\n", name_of(Category::zoneinfo), words_of(Category::zoneinfo));
        if (shown++ >= first) continue;
        put(out, "    zone {} {}: {} {}, {} {}; set by {}()\n", row.zone, row.field, row.left.value_or("none"),
            left_name(c), row.right.value_or("none"), right_name(c), row.function);
    }
    if (all > first) put(out, "    … and {} more\n", all - first);
}

}  // namespace

std::string left_name(const Comparison& c) {
    return c.left.real ? "real" : short_name(c.left);
}

std::string right_name(const Comparison& c) {
    return c.left.real ? "computed" : short_name(c.right);
}

std::string explain(const Comparison& c, const Row& row) {
    std::string words;
    const SideLine& line = row.left ? c.left.lines[*row.left] : c.right.lines[*row.right];
    // The stage is known of computed lines only, on whichever side they are.
    const SideLine* computed = row.right ? &c.right.lines[*row.right] : line.stage.empty() ? nullptr : &line;
    if (!line.kind.function.empty()) words += fmt::format("printed by {}()", line.kind.function);
    if (computed && !computed->stage.empty())
        words +=
            fmt::format("{}in the stage {} ({})", words.empty() ? "printed " : " ", computed->stage, computed->file);
    if (!row.right) words += fmt::format("{}only {}", words.empty() ? "" : "; ", left_name(c));
    if (!row.left) words += fmt::format("{}only {}", words.empty() ? "" : "; ", right_name(c));
    if (row.left && row.right) {
        const std::string numbers =
            difference_words(c.left.lines[*row.left].text, c.right.lines[*row.right].text, left_name(c), right_name(c));
        if (!numbers.empty()) words += fmt::format("{}{}", words.empty() ? "" : "; ", numbers);
    }
    return words;
}

std::string report_text(const Comparison& c, const ReportOptions& options) {
    std::string out;
    put_table(out, c);
    for (const CategoryCount& count : c.counts)
        if (count.category != Category::zoneinfo) put_differing_lines(out, c, count.category, options.first);
    put_differing_zones(out, c, options.first);
    return out;
}

}  // namespace mm
