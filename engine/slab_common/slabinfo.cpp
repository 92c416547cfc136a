// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/slab_common/slabinfo.h"

#include <fmt/format.h>

#include <optional>

#include "engine/types/words.h"

namespace mm {
namespace {

constexpr std::string_view version_line = "slabinfo - version: 2.";
constexpr std::string_view blanks = " \t\r";
constexpr Bytes largest_object = Bytes{1} << 31;  // sizes are unsigned int

/// "NAME <active_objs> <num_objs> <objsize> ...": a name may hold blanks, so it ends where three numbers begin.
std::optional<SlabinfoSize> size_of_row(std::string_view line) {
    const auto words = split_words(line, blanks);
    const auto number = [&](std::size_t i) { return whole_number<std::uint64_t>(words[i]); };
    for (std::size_t i = 1; i + 2 < words.size(); ++i) {
        if (!number(i) || !number(i + 1) || !number(i + 2)) continue;
        const std::string_view last = words[i - 1];
        const auto length = static_cast<std::size_t>(last.data() + last.size() - words[0].data());
        return SlabinfoSize{std::string(words[0].data(), length), *number(i + 2), 0};
    }
    return std::nullopt;
}

std::string shortened(std::string_view line) {
    return std::string(line.substr(0, 80)) + (line.size() > 80 ? "..." : "");
}

}  // namespace

Outcome<std::vector<SlabinfoSize>> read_slabinfo_sizes(std::string_view text, const std::string& file) {
    std::vector<SlabinfoSize> rows;
    bool versioned = false;
    for (unsigned line_number = 1; !text.empty(); ++line_number) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (split_words(line, blanks).empty() || line.starts_with('#')) continue;
        if (!versioned) {
            if (!line.starts_with(version_line))
                return Error{
                    fmt::format("\"{}\": expected \"slabinfo - version: 2.1\", the first line of /proc/slabinfo",
                                shortened(line)),
                    file, line_number};
            versioned = true;
            continue;
        }
        auto row = size_of_row(line);
        if (!row)
            return Error{fmt::format("\"{}\": expected NAME <active_objs> <num_objs> <objsize> ...", shortened(line)),
                         file, line_number};
        if (row->objsize == 0 || row->objsize > largest_object)
            return Error{fmt::format("objects of {} bytes in cache {}; expected from 1 to {}", row->objsize, row->name,
                                     largest_object),
                         file, line_number};
        row->line = line_number;
        rows.push_back(std::move(*row));
    }
    if (!versioned) return Error{"the file is empty; expected /proc/slabinfo", file};
    return rows;
}

std::string print_slabinfo(const std::vector<SlabinfoRow>& rows) {
    std::string out =
        "slabinfo - version: 2.1\n"
        "# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : tunables <limit> "
        "<batchcount> <sharedfactor> : slabdata <active_slabs> <num_slabs> <sharedavail>\n";
    for (const SlabinfoRow& row : rows) {
        out += fmt::format("{:<17} {:6} {:6} {:6} {:4} {:4}", row.name, row.active_objs, row.num_objs, row.objsize,
                           row.objperslab, row.pagesperslab);
        out += fmt::format(" : tunables {:4} {:4} {:4}", row.limit, row.batchcount, row.shared);
        out += fmt::format(" : slabdata {:6} {:6} {:6}\n", row.active_slabs, row.num_slabs, row.shared_avail);
    }
    return out;
}

}  // namespace mm
