// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cli/tables_command.h"

#include <fmt/format.h>

#include <fstream>
#include <iostream>

#include "engine/cli/machine_option.h"
#include "engine/pgtable/real_tables.h"
#include "engine/snapshot/layout_of.h"

namespace mm {
namespace {

std::string percent(NrPages part, NrPages whole) {
    return fmt::format("{:.3f} %", whole ? 100.0 * static_cast<double>(part) / static_cast<double>(whole) : 100.0);
}

void print(const std::string& capture, const std::vector<AreaAgreement>& rows) {
    std::cout << capture << "\n";
    for (const AreaAgreement& row : rows) {
        std::cout << fmt::format("  {:<16} {:>10} pages", row.area, row.total());
        if (row.of(PageFate::later) == row.total()) {
            std::cout << "  not modelled\n";
            continue;
        }
        std::cout << fmt::format("  as built {:>10}  with what the kernel changed {:>10}\n",
                                 percent(row.of(PageFate::equal), row.total()),
                                 percent(row.total() - row.unexplained(), row.total()));
        for (std::size_t i = 1; i < page_fates; ++i)
            if (const auto fate = static_cast<PageFate>(i); row.of(fate) != 0)
                std::cout << fmt::format("    {:<16} {:>10}  {}\n", name_of(fate), row.of(fate), reason_of(fate));
        for (const std::string& difference : row.first_differences)
            std::cout << "      " << difference << "\n";
    }
}

std::string json_of(const std::string& capture, const std::vector<AreaAgreement>& rows) {
    std::string out = fmt::format("{{\"capture\": \"{}\", \"areas\": [", capture);
    for (const AreaAgreement& row : rows) {
        out += fmt::format("{}{{\"area\": \"{}\"", &row == &rows.front() ? "" : ", ", row.area);
        for (std::size_t i = 0; i < page_fates; ++i)
            out += fmt::format(", \"{}\": {}", name_of(static_cast<PageFate>(i)), row.pages[i]);
        out += "}";
    }
    return out + "]}";
}

}  // namespace

int tables_command(const TablesOptions& options) {
    bool differs = false;
    std::string json;
    for (const std::string& capture : options.captures) {
        const std::string file = capture + "/qemu_page_table.txt";
        std::ifstream in(file);
        if (!in) return fail(file + ": cannot be read; expected a folder with dmesg.txt and qemu_page_table.txt");
        const auto real = read_real_tables(in, file);
        if (!real) return fail(real.error().text());
        const int code = with_machine({capture, "", ""}, [&](Timeline& timeline) {
            const SnapshotPtr s = timeline.snapshot();
            const auto rows = compare_tables(s->state.direct_map.tables, *real, layout_input_of(*s));
            for (const AreaAgreement& row : rows)
                differs |= row.unexplained() != 0;
            if (options.json)
                json += (json.empty() ? "" : ",\n") + json_of(capture, rows);
            else
                print(capture, rows);
            return 0;
        });
        if (code != 0) return code;
    }
    if (options.json) std::cout << "[" << json << "]\n";
    return differs ? 1 : 0;
}

}  // namespace mm
