// SPDX-License-Identifier: GPL-3.0-or-later
// A recording as a time axis: replayed once from end to end, with keyframes, so that any moment can be looked at. A
// position is a count of the trace's events; each is one event of the history.
//
//      events     0 1 2 3 4 ...                     into: one event     over: to the end of the next allocation
//      keyframes  ^            ^            ^       out: to the next wrong prediction, or the end
#pragma once

#include <vector>

#include <functional>

#include "engine/replay/replay.h"
#include "engine/replay/task_names.h"
#include "engine/snapshot/history_recorder.h"
#include "engine/snapshot/keyframe_index.h"
#include "engine/snapshot/life_index.h"
#include "engine/snapshot/time_axis.h"

namespace mm {

/// The folder holds a recording: it has a zones.json.
bool is_recording(const std::string& folder);

class ReplayTimeline final : public TimeAxis {
public:
    /// How far it is, told now and then; false: stop.
    using Progress = std::function<bool(std::size_t done, std::size_t all)>;
    /// Replays all of it; the cursor stands at the beginning. Error: as Replay::open(), or that it was stopped.
    static Outcome<std::unique_ptr<ReplayTimeline>> open(const std::string& folder, ReplayOptions options = {},
                                                         const Progress& progress = {});

    const ReplayReport& report() const { return m_report; }

    Position cursor() const override { return m_replay.position(); }
    Position total() const override { return m_replay.events().size(); }
    void seek(Position position) override;
    Position step_into() override;
    Position step_over() override;
    Position step_out() override;
    Position step_back() override;
    Position step_back_over() override;
    SnapshotPtr snapshot() override;
    Outcome<Explanation> explain(Position event) override;
    std::span<const Position> misses() const override { return m_misses; }  ///< predicted was another frame
    Moment moment(Position event) override;
    Biography biography(Pfn pfn) override;
    PollutionMap pollution() override;

private:
    explicit ReplayTimeline(Replay replay);
    bool play_through(const Progress& progress);
    Event event_of(const TraceEvent& event) const;
    Position seek_and_tell(Position position);

    const TaskNames& names();

    std::string m_folder;
    TaskNames m_names;  ///< read when first asked for
    Replay m_replay;
    HistoryRecorder m_recorder;
    History m_history;
    LifeIndex m_lives;
    SnapshotPtr m_start;
    ReplayReport m_report;
    KeyframeIndex<Replay::Keyframe> m_keyframes;
    std::vector<Position> m_allocations, m_misses;  ///< ends of those events
    std::shared_ptr<const Machine> m_machine;
    Memblock m_memory;  ///< what is memory, for maps: the zones' frames
};

}  // namespace mm
