// SPDX-License-Identifier: GPL-3.0-or-later
// Going back, command by command, at about the cost of going forward: what frames and lists were is read back from an
// UndoLog, and each counter of zones, CPUs and statistics is foretold from those records; only where it came out
// otherwise is the difference written down.
//
//      UndoJournal journal(state);              from here on each change is noted
//      allocator.alloc_pages(...);
//      journal.end_command();                   10 to 20 bytes
//      journal.undo_command();                  as before, free lists in their order
//
// Whoever changes the state otherwise (a restored picture) has to start() anew.
#pragma once

#include <vector>

#include "engine/page_alloc/alloc_state.h"

namespace mm {

class UndoJournal {
public:
    /// REQUIRES: the state outlives the journal; no other one is at work on it.
    explicit UndoJournal(const AllocState& state);
    UndoJournal(const UndoJournal&) = delete;
    UndoJournal& operator=(const UndoJournal&) = delete;
    ~UndoJournal() { m_state.pages.set_undo(nullptr); }

    /// Forgets everything: the state is as it is now at the start.
    void start();
    /// What was done since the last end is one command.
    void end_command();
    /// Undoes the last command. REQUIRES: commands() > 0, and nothing was done since.
    void undo_command();

    std::size_t commands() const { return m_commands; }
    std::size_t bytes() const { return m_log.bytes(); }

private:
    static constexpr std::size_t nr_stats = sizeof(AllocStats) / sizeof(std::uint64_t);
    static constexpr std::size_t nr_usual_stats = 7 + 1 + nr_zone_types;  ///< AllocStats up to vm.pgalloc
    using Stats = std::array<std::uint64_t, nr_stats>;
    struct ZoneNumbers {
        ZoneCounters zone;
        std::vector<PcpCounters> pcp;
    };
    struct NodeNumbers {
        KswapdState node;
        std::array<ZoneNumbers, nr_zone_types> zones;
    };

    struct Known {
        UndoLog::Home home = 0;
        const Zone* zone = nullptr;
        const Node* node = nullptr;
        const PerCpuPages* pcp = nullptr;  ///< null: the home is no CPU's
        ZoneNumbers* numbers = nullptr;
        KswapdState* node_numbers = nullptr;
        PcpCounters* pcp_numbers = nullptr;
    };

    void note_number(std::uint64_t now, std::uint64_t& known, std::uint64_t id);
    template<class Counters>
    void note_changes(const Counters& now, Counters& known, std::uint64_t id);
    void note_usual(const Zone& zone, ZoneCounters& known, std::uint64_t id);
    void note_stats(std::size_t n);
    void note_home(const UndoLog::Touched& touched, const Known& at);
    Known& known(UndoLog::Home home);
    bool nothing_else_changed() const;
    void learn(UndoLog::Home home);

    void undo_record(UndoLog::Record record);
    void undo_number(std::uint64_t id, std::int64_t difference);
    void undo_put(UndoLog::Record record);
    void undo_take(UndoLog::Record record);
    FreeList& list_of(std::uint8_t list, Order order, std::int64_t blocks);
    Zone& zone_at(UndoLog::Home home);
    std::size_t node_index(UndoLog::Home home) const;
    ZoneNumbers& numbers_at(UndoLog::Home home);

    const AllocState m_state;
    UndoLog m_log;
    std::size_t m_commands = 0;
    AllocStats m_stats;                ///< as after the last command
    std::vector<NodeNumbers> m_nodes;  ///< likewise
    Known m_known;                     ///< the home asked for last
    UndoLog::Tally m_undone;           ///< of the command being undone
    std::vector<UndoLog::Home> m_visited;
};

}  // namespace mm
