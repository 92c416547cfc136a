// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "engine/replay/explain.h"

namespace mm {
namespace {

/// Facts of an attempt stand below it, what a refill fetches below the refill.
unsigned depth_of(const WhyFact& fact) {
    const std::string_view kind = kind_of(fact);
    if (kind == "blocks_taken" || kind == "steal") return 2;
    const bool top = kind == "request" || kind == "attempt" || kind == "answer" || kind == "reclaim" ||
                     kind == "compaction" || kind == "meanwhile" || kind == "kswapd_woken";
    return top ? 0 : 1;
}

}  // namespace

std::string print_text(const Explanation& x, const std::vector<TraceEvent>& events) {
    std::string out = fmt::format("events {} to {} of task {}, at {:.6f} s\n", x.span.first, x.span.last, x.pid,
                                  static_cast<double>(events[x.span.first].nanoseconds) / 1e9);
    for (const WhyStep& step : x.steps) {
        const std::string_view function = kernel_function_of(step.fact);
        out += fmt::format("{:>9}  {:{}}{}{}\n", step.event, "", depth_of(step.fact) * 2,
                           function.empty() ? "" : fmt::format("{}(): ", function), text_of(step.fact));
    }
    return out;
}

std::string print_json(const Explanation& x, const std::vector<TraceEvent>& events) {
    nlohmann::ordered_json j;
    j["event"] = x.span.last;
    j["first_event"] = x.span.first;
    j["seconds"] = static_cast<double>(events[x.span.first].nanoseconds) / 1e9;
    j["pid"] = x.pid;
    for (const WhyStep& step : x.steps)
        j["steps"].push_back({{"kind", kind_of(step.fact)},
                              {"event", step.event},
                              {"function", kernel_function_of(step.fact)},
                              {"text", text_of(step.fact)}});
    return j.dump(1) + "\n";
}

}  // namespace mm
