// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/snapshot/explanation.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace mm {
namespace {

template<class Fact>
const Fact* last_of(const std::vector<WhyStep>& steps) {
    for (auto step = steps.rbegin(); step != steps.rend(); ++step)
        if (const auto* fact = std::get_if<Fact>(&step->fact)) return fact;
    return nullptr;
}

/// The event that tells of the fact by itself.
struct Told {
    const Event& e;

    bool of(EventKind kind, Pfn pfn) const { return e.kind == kind && e.touched.start == phys_of(pfn); }
    bool in(ZoneRef zone) const { return e.nid == zone.nid && e.zone == static_cast<std::uint8_t>(zone.type); }

    bool operator()(const why::BlocksTaken& t) const { return of(EventKind::mm_page_alloc_zone_locked, t.pfn); }
    bool operator()(const why::Steal& s) const { return of(EventKind::mm_page_alloc_extfrag, s.pfn); }
    bool operator()(const why::Compaction& c) const {
        return (e.kind == EventKind::mm_compaction_suitable || e.kind == EventKind::mm_compaction_deferred) &&
               in(c.zone);
    }
    bool operator()(const why::Reclaim&) const { return e.kind == EventKind::mm_vmscan_direct_reclaim_end; }
    bool operator()(const why::OomKill&) const { return e.kind == EventKind::mark_victim; }
    bool operator()(const why::Answer& a) const {
        return a.pfn == no_pfn ? e.kind == EventKind::mm_page_alloc_failed : of(EventKind::mm_page_alloc, a.pfn);
    }
    bool operator()(const why::ObjectAnswer& a) const {
        return hands_out_object(e.kind) && e.touched.start == a.object;
    }
    bool operator()(const auto&) const { return false; }
};

}  // namespace

std::vector<WhyStep> with_events(std::vector<WhyFact> facts, const History& history, Position first, Position last) {
    std::vector<WhyStep> steps;
    std::vector<bool> seen(facts.size(), false);
    for (std::size_t i = 0; i < facts.size(); ++i) {
        steps.push_back({last - 1, std::move(facts[i])});
        for (Position p = first; p < last && !seen[i]; ++p) {
            const RecordedEvent recorded = history.event(p);
            if (!std::visit(Told{recorded.event}, steps.back().fact)) continue;
            steps.back().event = p;
            seen[i] = true;
            // The same zone may be compacted again: each event tells of one fact.
            if (std::holds_alternative<why::Compaction>(steps.back().fact)) first = p + 1;
        }
    }
    // What has no event of its own led to the next one that has.
    for (std::size_t i = steps.size(); i-- > 1;)
        if (!seen[i - 1]) steps[i - 1].event = steps[i].event;
    return steps;
}

const why::Request* Explanation::request() const {
    for (const WhyStep& step : steps)
        if (const auto* request = std::get_if<why::Request>(&step.fact)) return request;
    return nullptr;
}

const why::ObjectAnswer* Explanation::object() const {
    return last_of<why::ObjectAnswer>(steps);
}

const why::Answer* Explanation::answer() const {
    return last_of<why::Answer>(steps);
}

unsigned depth_of(const WhyFact& fact) {
    const std::string_view kind = kind_of(fact);
    if (kind == "blocks_taken" || kind == "steal") return 2;
    const bool below = kind == "zone_tried" || kind == "may_fragment" || kind == "per_cpu_take" || kind == "refill" ||
                       kind == "buddy_take" || kind == "compaction_end" || kind == "unreserve_highatomic" ||
                       kind == "oom_kill";
    return below ? 1 : 0;
}

std::string print_text(const Explanation& x) {
    std::string out = fmt::format("events {} to {} of {}", x.first, x.last, x.who);
    out += x.seconds ? fmt::format(", at {:.6f} s\n", *x.seconds) : "\n";
    for (const WhyStep& step : x.steps) {
        const std::string_view function = kernel_function_of(step.fact);
        out += fmt::format("{:>9}  {:{}}{}{}\n", step.event, "", depth_of(step.fact) * 2,
                           function.empty() ? "" : fmt::format("{}(): ", function), text_of(step.fact));
    }
    if (!x.log.empty()) out += "\n";
    for (const std::string& line : x.log)
        out += line + "\n";
    return out;
}

std::string print_json(const Explanation& x) {
    nlohmann::ordered_json j;
    j["event"] = x.last;
    j["first_event"] = x.first;
    if (x.seconds) j["seconds"] = *x.seconds;
    j["task"] = x.who;
    for (const WhyStep& step : x.steps)
        j["steps"].push_back({{"kind", kind_of(step.fact)},
                              {"event", step.event},
                              {"function", kernel_function_of(step.fact)},
                              {"text", text_of(step.fact)}});
    j["log"] = x.log;
    return j.dump(1) + "\n";
}

}  // namespace mm
