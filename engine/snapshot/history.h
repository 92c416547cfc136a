// SPDX-License-Identifier: GPL-3.0-or-later
// What has happened so far, append-only and shared: events in chunks, the kernel's log, the stage tree with the events
// each stage spans, and a decimated series for plots. A copy is cheap (pointers to immutable chunks), so each snapshot
// has one.
//
// A position in time is a count of events: position p is the moment after the first p events; 0 is power-on.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/mmzone/zone.h"
#include "engine/types/trace.h"

namespace mm {

using Position = std::uint64_t;

/// Static description of a boot stage: one line of the stage table.
struct StageInfo {
    std::string_view name;  ///< the kernel's function: "e820__memory_setup"; unique; used by --until and --stage
    std::string_view file;  ///< "arch/x86/kernel/e820.c"
    int parent = -1;        ///< index into the table, -1: top
    unsigned depth = 0;
};

/// The events of a stage on this machine: positions first .. last ("done" is position last).
struct StageSpan {
    Position first = 0, last = 0;
    bool empty() const { return last <= first; }
};

/// A stored event: what the room said, plus where.
struct RecordedEvent {
    Event event;
    std::uint16_t stage = 0xffff;  ///< index into stages; 0xffff: run time
    std::uint32_t command = 0;     ///< index into the command list
    std::string_view text;         ///< lives as long as the history
};

struct LogLine {
    Position at = 0;   ///< printed with event number at (visible when position > at... see visible_at)
    std::string text;  ///< without timestamp
};

/// Free blocks by order of one zone.
struct ZoneSample {
    ZoneRef zone;
    std::array<NrPages, max_orders> free_blocks{};
};

/// One sample of the plot's series.
struct Sample {
    Position at = 0;
    std::array<NrPages, max_orders> free_pages_by_order{};  ///< pages (not blocks), all zones
    NrPages free_pages = 0;
    std::uint16_t unusable_index_9 = 0;  ///< 0..1000: share of free memory unusable for order 9, all zones together
    std::shared_ptr<const std::vector<ZoneSample>> zones;  ///< those with memory; shared, as samples are copied
};

class History {
public:
    static constexpr std::size_t chunk_size = 4096;
    struct Chunk;

    const std::vector<StageInfo>& stages() const { return *m_stages; }
    const std::vector<StageSpan>& spans() const { return *m_spans; }
    Position size() const { return m_size; }
    /// REQUIRES: i < size(). Event number i leads from position i to i + 1. One that is no longer kept is of the kind
    /// `forgotten`.
    RecordedEvent event(Position i) const;
    /// Run-time events that are no longer kept, first to end.
    Position forgotten_first() const { return m_forgotten_first; }
    Position forgotten_end() const { return m_forgotten_end; }
    bool is_forgotten(Position i) const { return i >= m_forgotten_first && i < m_forgotten_end; }
    const std::vector<Sample>& samples() const { return *m_samples; }
    std::size_t log_size() const { return m_log->size(); }
    const LogLine& log_line(std::size_t i) const { return (*m_log)[i]; }
    /// What was printed by the events of positions first to last.
    std::vector<std::string> log_between(Position first, Position last) const;
    /// Number of log lines printed at that position.
    std::size_t log_lines_at(Position position) const;
    /// Deepest stage in progress at, or completed by, that position; -1 before the first.
    int stage_at(Position position) const;
    /// Index of the stage of that name; -1 if none.
    int stage_named(std::string_view name) const;

private:
    friend class HistoryRecorder;
    Position m_size = 0, m_forgotten_first = 0, m_forgotten_end = 0;
    std::vector<std::shared_ptr<const Chunk>> m_chunks;  ///< null: forgotten
    std::shared_ptr<const std::vector<StageInfo>> m_stages = std::make_shared<std::vector<StageInfo>>();
    std::shared_ptr<const std::vector<StageSpan>> m_spans = std::make_shared<std::vector<StageSpan>>();
    std::shared_ptr<const std::vector<LogLine>> m_log = std::make_shared<std::vector<LogLine>>();
    std::shared_ptr<const std::vector<Sample>> m_samples = std::make_shared<std::vector<Sample>>();
};

}  // namespace mm
