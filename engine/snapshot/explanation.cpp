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
};

bool has_event(const WhyFact& fact) {
    return std::visit([]<class Fact>(const Fact&) { return std::is_invocable_v<Told, const Fact&>; }, fact);
}
bool tells_of(const Event& e, const WhyFact& fact) {
    return std::visit(
        [&e]<class Fact>(const Fact& f) {
            if constexpr (std::is_invocable_v<Told, const Fact&>)
                return Told{e}(f);
            else
                return false;
        },
        fact);
}

/// Events of a command, searched on from where the last one was found: facts are told in their order, nearly always,
/// and a command may have a hundred thousand of either.
class EventSearch {
public:
    EventSearch(const History& history, Position first, Position last)
        : m_history(history), m_first(first), m_last(last), m_next(first) {}

    std::optional<Position> find(const WhyFact& fact) {
        auto found = find_in(fact, m_next, m_last);
        if (!found) found = find_in(fact, m_first, m_next);
        if (found) m_next = *found;
        return found;
    }
    /// From now on only events behind that one.
    void go_behind(Position p) { m_first = m_next = p + 1; }

private:
    std::optional<Position> find_in(const WhyFact& fact, Position from, Position to) const {
        for (Position p = from; p < to; ++p)
            if (tells_of(m_history.event(p).event, fact)) return p;
        return std::nullopt;
    }

    const History& m_history;
    Position m_first, m_last, m_next;
};

}  // namespace

std::vector<WhyStep> with_events(std::vector<WhyFact> facts, const History& history, Position first, Position last) {
    std::vector<WhyStep> steps;
    std::vector<bool> seen(facts.size(), false);
    EventSearch search(history, first, last);
    for (std::size_t i = 0; i < facts.size(); ++i) {
        steps.push_back({last - 1, std::move(facts[i])});
        const auto found = has_event(steps.back().fact) ? search.find(steps.back().fact) : std::nullopt;
        if (!found) continue;
        steps.back().event = *found;
        seen[i] = true;
        // The same zone may be compacted again: each event tells of one fact.
        if (std::holds_alternative<why::Compaction>(steps.back().fact)) search.go_behind(*found);
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
