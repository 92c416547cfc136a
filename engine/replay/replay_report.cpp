// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "engine/replay/replay.h"

namespace mm {
namespace {

double percent(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 100.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

std::string print_json(const ReplayReport& r, const std::vector<EndStateDiff>& end_state) {
    nlohmann::ordered_json j;
    j["events"] = r.events;
    j["allocations"] = r.allocations;
    j["answers_known"] = r.known;
    j["predicted"] = r.predicted;
    j["exact_prefix"] = r.exact_prefix;
    j["corrected"] = r.corrected;
    j["takes"] = {{"asked", r.takes.asked}, {"predicted", r.takes.right}};
    for (const auto& [kind, score] : r.by_kind)
        j["by_order_type"].push_back({{"order", kind.first},
                                      {"migratetype", name_of(kind.second)},
                                      {"allocations", score.asked},
                                      {"predicted", score.right}});
    const ReplayConflicts& c = r.conflicts;
    j["conflicts"] = {{"no_block", c.no_block}, {"drains", c.drains}, {"isolations", c.isolations},
                      {"zones", c.zones},       {"frees", c.frees},   {"contexts", c.contexts}};
    if (r.inferences)
        j["inferences"] = {{"unseen_takes", r.inferences->unseen_takes},
                           {"unseen_frees", r.inferences->unseen_frees},
                           {"unseen_drains", r.inferences->unseen_drains},
                           {"no_block", r.inferences->no_block}};
    j["misses"] = r.misses;
    for (const EndStateDiff& d : end_state)
        j["end_state"][d.name] = {{"lines", d.lines}, {"differing", d.differing}, {"first", d.first}};
    return j.dump(1) + "\n";
}

std::string print_text(const ReplayReport& r, const std::vector<EndStateDiff>& end_state) {
    std::string out = fmt::format("{} events, {} allocations", r.events, r.allocations);
    if (r.known != 0)
        out += fmt::format(": {} of {} predicted ({:.4f} %), the first {} without a miss", r.predicted, r.known,
                           percent(r.predicted, r.known), r.exact_prefix);
    if (r.takes.asked != 0)
        out += fmt::format("\nblocks that left a list: {} of {} predicted", r.takes.right, r.takes.asked);
    out += fmt::format("\n{} put right\n", r.corrected);
    if (r.inferences)
        out += fmt::format(
            "plain tracepoints: {} pages taken unseen, {} frees of what was taken unseen, {} blocks drained "
            "unforeseen, {} requests without a block\n",
            r.inferences->unseen_takes, r.inferences->unseen_frees, r.inferences->unseen_drains,
            r.inferences->no_block);
    for (const auto& [kind, score] : r.by_kind)
        out += fmt::format("  order {:>2} {:<12} {:>8} of {:>8} ({:.4f} %)\n", kind.first, name_of(kind.second),
                           score.right, score.asked, percent(score.right, score.asked));
    const ReplayConflicts& c = r.conflicts;
    if (c.total() != 0)
        out += fmt::format(
            "trace and engine disagree: {} empty lists, {} drains, {} isolations, {} zones, {} frees, "
            "{} without a request\n",
            c.no_block, c.drains, c.isolations, c.zones, c.frees, c.contexts);
    for (const std::string& miss : r.misses)
        out += "  " + miss + "\n";
    for (const EndStateDiff& d : end_state) {
        out += d.differing == 0 ? fmt::format("end state, {}: all {} lines equal\n", d.name, d.lines)
                                : fmt::format("end state, {}: {} lines differ of {}\n", d.name, d.differing, d.lines);
        for (const std::string& line : d.first)
            out += "  " + line.substr(0, 160) + "\n";
    }
    return out;
}

}  // namespace mm
