// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/replay/replay_timeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "engine/replay/block_watch.h"
#include "engine/replay/explain.h"
#include "engine/replay/trace_reader.h"

namespace mm {
namespace {

EventKind kind_of(TraceKind kind) {
    switch (kind) {
        case TraceKind::mm_page_alloc:
            return EventKind::mm_page_alloc;
        case TraceKind::mm_page_alloc_zone_locked:
            return EventKind::mm_page_alloc_zone_locked;
        case TraceKind::mm_page_alloc_extfrag:
            return EventKind::mm_page_alloc_extfrag;
        case TraceKind::mm_page_free:
            return EventKind::mm_page_free;
        case TraceKind::setmt:
            return EventKind::set_pageblock_migratetype;
        default:
            return EventKind::kernel_note;
    }
}

std::string name_of_folder(const std::string& folder) {
    std::filesystem::path path = std::filesystem::path(folder).lexically_normal();
    if (!path.has_filename()) path = path.parent_path();
    return path.filename().string();
}

Position after(const std::vector<Position>& ends, Position p, Position otherwise) {
    const auto it = std::upper_bound(ends.begin(), ends.end(), p);
    return it == ends.end() ? otherwise : *it;
}

}  // namespace

bool is_recording(const std::string& folder) {
    return std::filesystem::is_regular_file(folder + "/zones.json");
}

Outcome<std::unique_ptr<ReplayTimeline>> ReplayTimeline::open(const std::string& folder, ReplayOptions options,
                                                              const Progress& progress) {
    auto replay = Replay::open(folder, options);
    if (!replay) return replay.error();
    std::unique_ptr<ReplayTimeline> timeline(new ReplayTimeline(std::move(*replay)));
    timeline->m_folder = folder;
    if (!timeline->play_through(progress)) return Error{"opening was stopped", folder, 0};
    auto machine = std::make_shared<Machine>();
    const ReplayReport& r = timeline->m_report;
    machine->name = "recording " + name_of_folder(folder);
    machine->banner = fmt::format("Linux {} · {} of {} page frames predicted", timeline->m_replay.profile().name,
                                  r.predicted, r.known);
    timeline->m_machine = std::move(machine);
    for (const ZoneFrames& f : timeline->m_replay.zones().memory)
        (void)timeline->m_memory.add(phys_of(f.frames.start), f.frames.size() * page_size);
    return timeline;
}

ReplayTimeline::ReplayTimeline(Replay replay) : m_replay(std::move(replay)), m_recorder(std::vector<StageInfo>{}) {}

Event ReplayTimeline::event_of(const TraceEvent& event) const {
    Event e;
    e.kind = kind_of(event.kind);
    if (e.kind == EventKind::kernel_note) return e;
    e.order = event.kind == TraceKind::setmt ? std::uint8_t{0xff} : event.order;
    e.migratetype = static_cast<std::uint8_t>(event.type);
    e.a = event.gfp;
    Pfn pfn = event.pfn;
    if (event.kind == TraceKind::mm_page_alloc && pfn == no_pfn) pfn = m_replay.last_prediction();
    if (pfn == no_pfn || (event.kind == TraceKind::mm_page_alloc && pfn == 0)) {
        if (event.kind == TraceKind::mm_page_alloc) e.kind = EventKind::mm_page_alloc_failed;
        return e;
    }
    e.touched = phys_of(PfnRange{pfn, pfn + (Pfn{1} << event.order)});
    if (const ZoneFrames* frames = m_replay.zones().frames_of(pfn)) {
        e.nid = static_cast<std::int16_t>(frames->zone.nid);
        e.zone = static_cast<std::uint8_t>(frames->zone.type);
    }
    return e;
}

bool ReplayTimeline::play_through(const Progress& progress) {
    const auto& events = m_replay.events();
    const std::size_t interval = std::max<std::size_t>(2048, events.size() / 64);
    m_recorder.add_sample(sample_of(m_replay.zones(), 0));
    m_start = m_replay.snapshot();
    BlockWatch watch(m_replay);
    for (std::size_t i = 0; i < events.size(); ++i) {
        if (progress && i % 1024 == 0 && !progress(i, events.size())) return false;
        if (i % interval == 0) m_keyframes.add(i, m_replay.keyframe());
        for (const BlockEvent& e : watch.step())
            m_lives.enter(e);
        const TraceEvent& event = events[i];
        std::string text;
        if (event.kind == TraceKind::mm_page_alloc) {
            const Pfn said = m_replay.last_prediction();
            m_allocations.push_back(i + 1);
            if (event.pfn != no_pfn && said != event.pfn) m_misses.push_back(i + 1);
            if (event.pfn != no_pfn)
                text = said == event.pfn ? "as predicted" : fmt::format("predicted was {:#x}", said);
        } else if (kind_of(event.kind) == EventKind::kernel_note) {
            text = fmt::format("{}: {}", name_of(event.kind), words_of(event.kind));
        }
        m_recorder.append(event_of(event), text, 0xffff, 0);
        if ((i + 1) % m_recorder.sample_interval() == 0) m_recorder.add_sample(sample_of(m_replay.zones(), i + 1));
    }
    m_report = m_replay.report();
    m_history = m_recorder.history();
    seek(0);
    return true;
}

void ReplayTimeline::seek(Position position) {
    position = std::min(position, total());
    if (position == cursor()) return;
    if (const auto* keyframe = m_keyframes.on_the_way(cursor(), position)) m_replay.restore(keyframe->frame);
    m_replay.run(position);
}

Position ReplayTimeline::seek_and_tell(Position position) {
    seek(position);
    return cursor();
}

Position ReplayTimeline::step_into() {
    return seek_and_tell(cursor() + 1);
}

Position ReplayTimeline::step_over() {
    return seek_and_tell(after(m_allocations, cursor(), total()));
}

Position ReplayTimeline::step_out() {
    return seek_and_tell(after(m_misses, cursor(), total()));
}

Position ReplayTimeline::step_back() {
    return cursor() == 0 ? 0 : seek_and_tell(cursor() - 1);
}

Position ReplayTimeline::step_back_over() {
    const auto it = std::lower_bound(m_allocations.begin(), m_allocations.end(), cursor());
    return seek_and_tell(it == m_allocations.begin() ? 0 : *std::prev(it));
}

Outcome<Explanation> ReplayTimeline::explain(Position event) {
    const auto& events = m_replay.events();
    const auto span = request_of(events, event);
    if (!span) return span.error();
    const Position before = cursor();
    seek(span->first);
    Explanation out = mm::explain(m_replay, *span);
    out.who = "task " + task_text(events[span->first].pid, names());
    seek(before);
    return out;
}

Moment ReplayTimeline::moment(Position event) {
    return recorded_moments(m_replay.events(), names())(event);
}

Biography ReplayTimeline::biography(Pfn pfn) {
    return {pfn_report(*m_start, pfn), false, lines_of(m_lives, pfn, recorded_moments(m_replay.events(), names()))};
}

PollutionMap ReplayTimeline::pollution() {
    return pollution_map(m_lives, m_start.get(), *m_replay.snapshot(), recorded_moments(m_replay.events(), names()));
}

const TaskNames& ReplayTimeline::names() {
    if (m_names.empty())
        if (const auto text = read_trace_text(m_folder)) m_names = task_names(*text);
    return m_names;
}

SnapshotPtr ReplayTimeline::snapshot() {
    auto s = std::make_shared<Snapshot>(*m_replay.snapshot());
    s->machine = m_machine;
    s->state.memblock = m_memory;
    s->booted = false;  // a recording takes no commands
    s->history = m_history;
    return s;
}

}  // namespace mm
