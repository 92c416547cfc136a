// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cli/compare_commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <map>

#include "engine/cli/machine_option.h"
#include "engine/sim/open_capture.h"
#include "engine/verify/report.h"

namespace mm {
namespace {

constexpr int all_equal = 0, differences = 1;

/// Several captures taken together.
class Totals {
public:
    void add(const Comparison& comparison) {
        ++m_captures;
        m_wholly_equal += comparison.different() == 0;
        for (const CategoryCount& count : comparison.counts) {
            m_equal[count.category] += count.equal;
            m_of[count.category] += std::max(count.left, count.right);
        }
    }
    bool worth_printing() const { return m_captures > 1; }
    bool all_equal() const { return m_captures == m_wholly_equal; }
    void print() const {
        std::cout << fmt::format("\n{} captures, {} of them wholly equal\n", m_captures, m_wholly_equal);
        std::size_t equal = 0, of = 0;
        for (const auto& [category, count] : m_of) {
            line(name_of(category), m_equal.at(category), count);
            equal += m_equal.at(category);
            of += count;
        }
        line("total", equal, of);
    }

private:
    static void line(std::string_view name, std::size_t equal, std::size_t of) {
        std::cout << fmt::format("  {:<10} {:>7} of {:>7}  {:6.2f} %\n", name, equal, of,
                                 of ? 100.0 * static_cast<double>(equal) / static_cast<double>(of) : 100.0);
    }
    std::size_t m_captures = 0, m_wholly_equal = 0;
    std::map<Category, std::size_t> m_equal, m_of;
};

void print_text(const Comparison& comparison, const std::string& name, std::size_t first) {
    std::cout << fmt::format("{}: {}, {}\n", name, comparison.left.title, comparison.right.title);
    std::cout << report_text(comparison, {.first = first});
}

}  // namespace

int verify_command(const VerifyOptions& options) {
    Totals totals;
    int code = all_equal;
    std::string json;
    for (const std::string& path : options.captures) {
        auto opened = open_capture(path, options.kernel);
        if (!opened) {
            code = fail(opened.error().text());
            continue;
        }
        const System& system = opened->timeline->system();
        for (const std::string& note : assumptions(system.machine(), system.profile()))
            std::cerr << "mmsim: note: " << note << "\n";
        const std::string& name = system.machine().name;
        if (!opened->comparison) {
            code = fail(path +
                        ": nothing in it that could be compared: it holds only what the kernel was handed; "
                        "expected a whole kernel's log");
            continue;
        }
        if (options.json) {
            json += (json.empty() ? "" : ",\n") + report_json(*opened->comparison, name);
        } else {
            if (totals.worth_printing() || &path != &options.captures.front()) std::cout << "\n";
            print_text(*opened->comparison, name, options.first);
        }
        totals.add(*opened->comparison);
    }
    if (options.json && !json.empty()) std::cout << "[" << json << "]\n";
    if (!options.json && totals.worth_printing()) totals.print();
    return code == all_equal && !totals.all_equal() ? differences : code;
}

int compare_command(const CompareOptions& options) {
    auto timeline = open_machine(options.file, options.with);
    if (!timeline) return fail(timeline.error().text());
    const auto comparison = compare_profiles(**timeline, options.kernel);
    if (!comparison) return fail(comparison.error().text());
    for (const std::string& note : (*timeline)->system().machine().notes)
        std::cerr << "mmsim: note: " << note << "\n";
    const std::string& name = (*timeline)->system().machine().name;
    if (options.json)
        std::cout << report_json(**comparison, name) << "\n";
    else
        print_text(**comparison, name, options.first);
    return (*comparison)->different() == 0 ? all_equal : differences;
}

}  // namespace mm
