// SPDX-License-Identifier: GPL-3.0-or-later
// The writing side of History: appends events, log lines, stage spans and samples, cuts off a future, and hands out
// cheap immutable copies. Owned by the timeline; one thread.
#pragma once

#include "engine/snapshot/history.h"

namespace mm {

struct History::Chunk {
    struct Stored {
        Event event;
        std::uint16_t stage = 0xffff;
        std::uint32_t command = 0, text_at = 0, text_size = 0;
    };
    std::vector<Stored> events;
    std::string texts;  ///< all texts of the chunk, one after the other

    Bytes bytes() const { return events.size() * sizeof(Stored) + texts.size(); }
};

/// The plot's sample of that moment.
Sample sample_of(const Zones& zones, Position at);

class HistoryRecorder {
public:
    explicit HistoryRecorder(std::vector<StageInfo> stages);

    Position size() const { return m_history.m_size; }
    void append(const Event& event, std::string_view text, std::uint16_t stage, std::uint32_t command);
    /// Belongs to the last event appended.
    void add_log_line(std::string text);
    void set_span(unsigned stage, StageSpan span);
    /// Adds a sample; from max_samples on every other run-time sample is dropped and the interval doubles.
    void add_sample(const Sample& sample);
    /// Events between run-time samples at present.
    Position sample_interval() const { return m_sample_interval; }
    /// Forgets everything from event number position on.
    void truncate(Position position);
    /// What events, their texts and the log take.
    Bytes bytes() const { return m_bytes; }
    /// Forgets the oldest events behind that position, chunk by chunk, and the log's lines with them, until so many
    /// bytes are left. Those of the last two chunks stay.
    void forget_after(Position position, Bytes left);

    /// What is known now. Closed chunks are shared, the open one is copied.
    History history();

private:
    void erase_log(Position first, Position end);

    static constexpr std::size_t max_samples = 4096;
    History m_history;  ///< chunks: closed ones only; log, spans, samples: last published
    History::Chunk m_open;
    std::vector<StageSpan> m_spans;
    std::vector<LogLine> m_log;
    std::vector<Sample> m_samples;
    Position m_sample_interval = 16;
    Bytes m_bytes = 0;  ///< of closed chunks and of the log
    bool m_log_changed = true, m_spans_changed = true, m_samples_changed = true;
};

}  // namespace mm
