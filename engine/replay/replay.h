// SPDX-License-Identifier: GPL-3.0-or-later
// A recording of a real kernel's page allocator, replayed: start state, events one by one, what was predicted and how
// that compares with what really happened.
//
//      folder ─ read ─► start state + events ─► Replayer ─► predictions ─ compare ─► report
//
// Where the trace tells the answers (pfn=), each prediction is compared; a wrong one is put right unless blind, so that
// it does not drag others with it.
#pragma once

#include <memory>

#include "engine/replay/plain_replayer.h"
#include "engine/replay/recorded_machine.h"
#include "engine/replay/replayer.h"
#include "engine/snapshot/snapshot.h"

namespace mm {

struct ReplayOptions {
    bool blind = false;  ///< never put right
    bool plain = false;  ///< use the kernel's own tracepoints alone, as where a trace has no others
};

/// Hits and misses of a group of answers.
struct Score {
    std::uint64_t asked = 0, right = 0;
};

struct ReplayReport {
    std::uint64_t events = 0;
    std::uint64_t allocations = 0;   ///< mm_page_alloc
    std::uint64_t known = 0;         ///< of them, those whose answer the trace tells
    std::uint64_t predicted = 0;     ///< of those, the right ones
    std::uint64_t exact_prefix = 0;  ///< right ones before the first wrong one
    std::uint64_t corrected = 0;     ///< blocks put right
    std::map<std::pair<Order, MigrateType>, Score> by_kind;
    Score takes;  ///< blocks leaving lists, bulk requests included
    ReplayConflicts conflicts;
    std::optional<PlainInferences> inferences;  ///< from plain tracepoints
    std::vector<std::string> misses;            ///< the first ones in words
};

/// A text of the end state compared with the recorded one.
struct EndStateDiff {
    std::string name;  ///< "free_lists"
    std::size_t lines = 0, differing = 0;
    std::vector<std::string> first;  ///< "-recorded" and "+computed" lines
};

class Replay {
public:
    /// Error: whatever of the folder is missing or not understood.
    static Outcome<Replay> open(const std::string& folder, ReplayOptions options = {});

    const std::vector<TraceEvent>& events() const { return m_events; }
    std::size_t position() const { return m_position; }  ///< events done
    /// Does the next event. REQUIRES: position() < events().size().
    void step();
    /// To that many events, at most all.
    void run(std::size_t until);

    /// One a mm_page_alloc so far, 0: it failed.
    const std::vector<Pfn>& predictions() const { return m_predictions; }
    /// What was predicted for the last mm_page_alloc done; no_pfn: there was none.
    Pfn last_prediction() const { return m_allocations == 0 ? no_pfn : m_predictions[m_allocations - 1]; }
    const ReplayReport& report() const { return m_report; }
    const Zones& zones() const { return m_state->zones; }
    const PageColumns& pages() const { return *m_pages; }
    const KernelProfile& profile() const { return *m_profile; }
    Outcome<Done> write_lists(const std::string& folder) const;
    /// Compares with the folder's end_state; nothing where it has none. REQUIRES: all events are done.
    std::vector<EndStateDiff> compare_end_state() const;
    /// All that is needed to go on from here once more.
    struct Keyframe {
        std::size_t position = 0, allocations = 0;
        Zones zones;
        AllocStats stats;
        FrozenPages pages;
        std::shared_ptr<const Replayer> replayer;
        std::shared_ptr<const PlainReplayer> plain;
    };
    Keyframe keyframe();
    /// Back, or forward, to that moment. What was predicted and reported once stays: it would come out the same.
    void restore(const Keyframe& keyframe);
    /// This moment, for printers and views.
    SnapshotPtr snapshot();
    /// No operation of the allocator is half done: check() holds.
    bool between_operations() const { return m_plain || m_replayer->between_operations(); }
    /// What each step did, told to those who look on; null: nobody does. REQUIRES: notes live as long as they are told.
    void tell(ReplayNotes* notes) {
        m_notes = notes;
        if (m_replayer) m_replayer->tell(notes);
    }
    Broken check() const;  ///< REQUIRES: between_operations()

private:
    Replay() = default;
    Pfn ask(const TraceEvent& event);
    void put_right(const TraceEvent& event, Pfn given, bool is_new);
    void judge(const TraceEvent& event, Pfn answer);

    std::string m_folder;
    ReplayOptions m_options;
    const KernelProfile* m_profile = nullptr;
    std::shared_ptr<const Machine> m_machine;
    std::unique_ptr<MachineState> m_state;
    std::unique_ptr<PageColumns> m_pages;
    std::unique_ptr<Replayer> m_replayer;    ///< this one
    std::unique_ptr<PlainReplayer> m_plain;  ///< or that one
    ReplayNotes* m_notes = nullptr;
    std::vector<RecordedPageblock> m_pageblocks;
    std::vector<TraceEvent> m_events;
    std::size_t m_position = 0, m_allocations = 0;
    std::size_t m_reported = 0;  ///< events that the report counts
    std::vector<Pfn> m_predictions;
    ReplayReport m_report;
};

/// The report as JSON: keys events, allocations, predicted, exact_prefix, by_order_type, conflicts, end_state.
std::string print_json(const ReplayReport& report, const std::vector<EndStateDiff>& end_state);
/// And in words.
std::string print_text(const ReplayReport& report, const std::vector<EndStateDiff>& end_state);

}  // namespace mm
