// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/replay/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "engine/replay/trace_reader.h"

namespace mm {
namespace {

bool is_take(TraceKind kind) {
    return kind == TraceKind::pcp_take || kind == TraceKind::buddy_take || kind == TraceKind::bulk_take;
}

/// Events whose pfn is what the allocator answered.
bool is_answer(TraceKind kind) {
    return is_take(kind) || kind == TraceKind::mm_page_alloc || kind == TraceKind::mm_page_alloc_zone_locked ||
           kind == TraceKind::mm_page_alloc_extfrag || kind == TraceKind::mm_page_pcpu_drain;
}

/// The kernel that was recorded: config.json's "kernel", "6.1.0-56-amd64 (Debian 6.1.192-2)".
Outcome<std::string> kernel_of(const std::string& folder) {
    const std::string path = folder + "/config.json";
    std::ifstream in(path);
    if (!in) return std::string("6.1");
    try {
        return nlohmann::json::parse(in).value("kernel", "6.1");
    } catch (const nlohmann::json::exception& e) {
        return Error{e.what(), path, 0};
    }
}

/// Rows as a set: their order in a file means nothing. columns: of each row so many words count, 0 all.
std::set<std::string> rows_of(const std::string& text, unsigned columns) {
    std::set<std::string> rows;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        if (line.empty() || line[0] == '#') continue;
        std::istringstream words(line);
        std::string row, word;
        for (unsigned n = 0; words >> word && (columns == 0 || n < columns); ++n)
            row += (n == 0 ? "" : " ") + word;
        rows.insert(row);
    }
    return rows;
}

EndStateDiff diff_of(std::string name, const std::string& recorded, const std::string& computed, unsigned columns) {
    constexpr std::size_t shown = 6;
    const std::set<std::string> want = rows_of(recorded, columns), got = rows_of(computed, columns);
    EndStateDiff diff{std::move(name), want.size(), 0, {}};
    for (const auto& [rows, others, sign] : {std::tuple{&want, &got, '-'}, std::tuple{&got, &want, '+'}})
        for (const std::string& row : *rows) {
            if (others->contains(row)) continue;
            ++diff.differing;
            if (diff.first.size() < shown) diff.first.push_back(sign + row);
        }
    return diff;
}

}  // namespace

Outcome<Replay> Replay::open(const std::string& folder, ReplayOptions options) {
    const auto kernel = kernel_of(folder);
    if (!kernel) return kernel.error();
    Replay replay;
    replay.m_folder = folder;
    replay.m_options = options;
    replay.m_profile = &profile_for(Arch::x86_64, parse_kernel_version(*kernel));
    auto state = read_recorded_state(folder);
    if (!state) return state.error();
    auto machine = build_machine(*state, *replay.m_profile);
    if (!machine) return Error{machine.error().message, folder, 0};
    auto events = read_trace(folder);
    if (!events) return events.error();
    replay.m_events = std::move(*events);
    replay.m_machine = std::make_shared<Machine>();
    replay.m_state = std::make_unique<MachineState>();
    replay.m_state->zones = std::move(machine->zones);
    replay.m_pages = std::make_unique<PageColumns>(std::move(machine->pages));
    replay.m_pageblocks = std::move(machine->pageblocks);
    const AllocState parts{replay.m_state->zones, *replay.m_pages, replay.m_state->stats, *replay.m_profile};
    const bool has_requests = std::any_of(replay.m_events.begin(), replay.m_events.end(),
                                          [](const TraceEvent& e) { return e.kind == TraceKind::req; });
    if (options.plain || !has_requests)
        replay.m_plain = std::make_unique<PlainReplayer>(parts, replay.m_events);
    else
        replay.m_replayer = std::make_unique<Replayer>(parts);
    return replay;
}

Pfn Replay::ask(const TraceEvent& event) {
    if (m_plain) return m_plain->step(m_position - 1);
    const std::span<const TraceEvent> rest(m_events.data() + m_position, m_events.size() - m_position);
    TraceEvent asked = event;
    if (is_answer(event.kind)) asked.pfn = no_pfn;  // the replayer never sees what it is asked
    return m_replayer->step(asked, rest);
}

void Replay::put_right(const TraceEvent& event, Pfn given, bool is_new) {
    if (m_options.blind) return;
    m_report.corrected += is_new;
    if (m_plain)
        m_plain->put_right(event, given, event.pfn);
    else
        m_replayer->put_right(event, given, event.pfn);
}

void Replay::step() {
    const TraceEvent& event = m_events[m_position++];
    const bool is_new = m_position > m_reported;
    const Pfn answer = ask(event);
    if (is_new) {
        m_reported = m_position;
        ++m_report.events;
    }
    if (!m_plain && is_take(event.kind) && event.pfn != no_pfn) {
        if (is_new) {
            ++m_report.takes.asked;
            m_report.takes.right += answer == event.pfn;
        }
        if (answer != event.pfn) put_right(event, answer, is_new);
    }
    if (event.kind == TraceKind::mm_page_alloc) {
        if (is_new) judge(event, answer);
        const Pfn said = m_predictions[m_allocations++];
        if (m_plain && event.pfn != no_pfn && said != event.pfn) put_right(event, answer, is_new);
    }
    if (!is_new || m_position < m_events.size()) return;
    if (m_plain)
        m_report.inferences = m_plain->inferences();
    else
        m_report.conflicts = m_replayer->conflicts();
}

void Replay::judge(const TraceEvent& event, Pfn answer) {
    constexpr std::size_t misses_told = 20;
    ReplayReport& r = m_report;
    const Pfn said = answer == no_pfn ? 0 : answer;
    m_predictions.push_back(said);
    ++r.allocations;
    if (event.pfn == no_pfn) return;
    ++r.known;
    const bool right = said == event.pfn;
    if (right && r.exact_prefix + 1 == r.known) ++r.exact_prefix;
    r.predicted += right;
    Score& score = r.by_kind[{event.order, event.type}];
    ++score.asked;
    score.right += right;
    if (!right && r.misses.size() < misses_told)
        r.misses.push_back(fmt::format("event {}: allocation {} of order {} {}: real pfn {}, predicted {}",
                                       m_position - 1, r.allocations - 1, event.order, name_of(event.type), event.pfn,
                                       said));
}

void Replay::run(std::size_t until) {
    while (m_position < std::min(until, m_events.size()))
        step();
}

Outcome<Done> Replay::write_lists(const std::string& folder) const {
    return mm::write_lists(folder, m_state->zones, *m_pages, m_pageblocks, *m_profile);
}

std::vector<EndStateDiff> Replay::compare_end_state() const {
    std::vector<EndStateDiff> out;
    const auto recorded = [this](const char* name) {
        std::ifstream in(m_folder + "/end_state/" + name);
        return std::string(std::istreambuf_iterator<char>(in), {});
    };
    if (!std::filesystem::is_directory(m_folder + "/end_state")) return out;
    const Zones& z = m_state->zones;
    out.push_back(diff_of("free_lists", recorded("free_lists.txt"), print_free_lists(z, *m_pages, *m_profile), 0));
    out.push_back(diff_of("pcp", recorded("pcp.txt"), print_pcp_lists(z, *m_pages, *m_profile), 0));
    out.push_back(diff_of("pageblocks", recorded("pageblocks.txt"), print_pageblocks(z, m_pageblocks), 3));
    return out;
}

Replay::Keyframe Replay::keyframe() {
    return {m_position,
            m_allocations,
            m_state->zones,
            m_state->stats,
            m_pages->freeze(),
            m_replayer ? std::make_shared<const Replayer>(*m_replayer) : nullptr,
            m_plain ? std::make_shared<const PlainReplayer>(*m_plain) : nullptr};
}

void Replay::restore(const Keyframe& keyframe) {
    m_position = keyframe.position;
    m_allocations = keyframe.allocations;
    m_state->zones = keyframe.zones;
    m_state->stats = keyframe.stats;
    m_pages->restore(keyframe.pages);
    if (keyframe.replayer) m_replayer = std::make_unique<Replayer>(*keyframe.replayer);
    tell(m_notes);  // those who looked on when the keyframe was made may be gone
    if (keyframe.plain) m_plain = std::make_unique<PlainReplayer>(*keyframe.plain);
}

SnapshotPtr Replay::snapshot() {
    auto s = std::make_shared<Snapshot>();
    s->machine = m_machine;
    s->profile = m_profile;
    s->provenance = Provenance::inferred;
    s->at = m_position;
    s->total = m_events.size();
    s->booted = true;
    s->state = *m_state;
    s->pages = m_pages->freeze();
    return s;
}

Broken Replay::check() const {
    return check_free_lists(m_state->zones, *m_pages, *m_profile);
}

}  // namespace mm
