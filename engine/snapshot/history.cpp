// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/snapshot/history.h"

#include <algorithm>
#include <cassert>

#include "engine/snapshot/history_recorder.h"

namespace mm {

RecordedEvent History::event(Position i) const {
    assert(i < m_size);
    if (!m_chunks[i / chunk_size]) return {{.kind = EventKind::forgotten}, 0xffff, 0, {}};
    const Chunk& chunk = *m_chunks[i / chunk_size];
    const auto& stored = chunk.events[i % chunk_size];
    return {stored.event, stored.stage, stored.command,
            std::string_view(chunk.texts).substr(stored.text_at, stored.text_size)};
}

std::size_t History::log_lines_at(Position position) const {
    const auto past =
        std::partition_point(m_log->begin(), m_log->end(), [&](const LogLine& l) { return l.at < position; });
    return static_cast<std::size_t>(past - m_log->begin());
}

int History::stage_at(Position position) const {
    int best = -1;
    for (std::size_t i = 0; i < m_spans->size(); ++i) {
        const StageSpan& span = (*m_spans)[i];
        if (span.empty() || span.first >= position) continue;
        // Later leaves start later; among nested ones the deeper stands further down in the table.
        if (position <= span.last)
            best = static_cast<int>(i);
        else if (best < 0 || (*m_spans)[static_cast<std::size_t>(best)].last <= span.last)
            best = static_cast<int>(i);
    }
    return best;
}

int History::stage_named(std::string_view name) const {
    const auto found =
        std::find_if(m_stages->begin(), m_stages->end(), [&](const StageInfo& s) { return s.name == name; });
    return found == m_stages->end() ? -1 : static_cast<int>(found - m_stages->begin());
}

Sample sample_of(const Zones& zones, Position at) {
    Sample s;
    s.at = at;
    NrPages usable = 0;
    std::vector<ZoneSample> by_zone;
    for (const Node& node : zones.nodes)
        for (const Zone& zone : node.zones) {
            if (!zone.populated()) continue;
            ZoneSample& own = by_zone.emplace_back(ZoneSample{{node.nid, zone.type}, {}});
            for (std::size_t order = 0; order < max_orders; ++order) {
                own.free_blocks[order] = zone.free_area[order].nr_free;
                const NrPages pages = zone.free_area[order].nr_free << order;
                s.free_pages_by_order[order] += pages;
                s.free_pages += pages;
                if (order >= 9) usable += pages;
            }
        }
    s.zones = std::make_shared<const std::vector<ZoneSample>>(std::move(by_zone));
    if (s.free_pages) s.unusable_index_9 = static_cast<std::uint16_t>((s.free_pages - usable) * 1000 / s.free_pages);
    return s;
}

std::vector<std::string> History::log_between(Position first, Position last) const {
    std::vector<std::string> lines;
    const auto from =
        std::partition_point(m_log->begin(), m_log->end(), [&](const LogLine& l) { return l.at < first; });
    for (auto line = from; line != m_log->end() && line->at < last; ++line)
        lines.push_back(line->text);
    return lines;
}

namespace {

Bytes bytes_of(const LogLine& line) {
    return sizeof line + line.text.size();
}

History::Chunk forgotten_chunk() {
    History::Chunk chunk;
    chunk.events.resize(History::chunk_size);
    for (auto& stored : chunk.events)
        stored.event.kind = EventKind::forgotten;
    return chunk;
}

}  // namespace

HistoryRecorder::HistoryRecorder(std::vector<StageInfo> stages) : m_spans(stages.size()) {
    m_history.m_stages = std::make_shared<const std::vector<StageInfo>>(std::move(stages));
}

void HistoryRecorder::append(const Event& event, std::string_view text, std::uint16_t stage, std::uint32_t command) {
    if (m_open.events.size() == History::chunk_size) {
        m_bytes += m_open.bytes();
        m_history.m_chunks.push_back(std::make_shared<const History::Chunk>(std::move(m_open)));
        m_open = {};
    }
    m_open.events.push_back({event, stage, command, static_cast<std::uint32_t>(m_open.texts.size()),
                             static_cast<std::uint32_t>(text.size())});
    m_open.texts += text;
    ++m_history.m_size;
}

void HistoryRecorder::add_log_line(std::string text) {
    m_log.push_back({size() > 0 ? size() - 1 : 0, std::move(text)});
    m_bytes += bytes_of(m_log.back());
    m_log_changed = true;
}

void HistoryRecorder::set_span(unsigned stage, StageSpan span) {
    m_spans.at(stage) = span;
    m_spans_changed = true;
}

void HistoryRecorder::add_sample(const Sample& sample) {
    m_samples.push_back(sample);
    m_samples_changed = true;
    if (m_samples.size() < max_samples) return;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < m_samples.size(); i += 2)
        m_samples[kept++] = m_samples[i];
    m_samples.resize(kept);
    m_sample_interval *= 2;
}

/// Lines printed at first up to, but not at, end.
void HistoryRecorder::erase_log(Position first, Position end) {
    std::erase_if(m_log, [&](const LogLine& l) {
        const bool goes = l.at >= first && l.at < end;
        if (goes) m_bytes -= bytes_of(l);
        return goes;
    });
    m_log_changed = true;
}

void HistoryRecorder::forget_after(Position position, Bytes left) {
    auto& chunks = m_history.m_chunks;
    const std::size_t first = (position + History::chunk_size - 1) / History::chunk_size;
    std::size_t next = std::max<std::size_t>(first, m_history.m_forgotten_end / History::chunk_size);
    const std::size_t before = next;
    for (; m_bytes > left && next + 2 < chunks.size(); ++next) {
        m_bytes -= chunks[next]->bytes();
        chunks[next].reset();
    }
    if (next == before) return;
    erase_log(before * History::chunk_size, next * History::chunk_size);
    m_history.m_forgotten_first = first * History::chunk_size;
    m_history.m_forgotten_end = next * History::chunk_size;
}

void HistoryRecorder::truncate(Position position) {
    if (position >= size()) return;
    const std::size_t chunk = position / History::chunk_size, inside = position % History::chunk_size;
    if (chunk < m_history.m_chunks.size()) {
        m_open = m_history.m_chunks[chunk] ? *m_history.m_chunks[chunk] : forgotten_chunk();
        for (std::size_t i = chunk; i < m_history.m_chunks.size(); ++i)
            if (m_history.m_chunks[i]) m_bytes -= m_history.m_chunks[i]->bytes();
        m_history.m_chunks.resize(chunk);
    }
    m_history.m_forgotten_end = std::min(m_history.m_forgotten_end, position);
    m_history.m_forgotten_first = std::min(m_history.m_forgotten_first, m_history.m_forgotten_end);
    m_open.texts.resize(inside < m_open.events.size() ? m_open.events[inside].text_at : m_open.texts.size());
    m_open.events.resize(inside);
    m_history.m_size = position;
    erase_log(position, ~Position{0});
    std::erase_if(m_samples, [&](const Sample& s) { return s.at > position; });
    m_log_changed = m_samples_changed = true;
}

History HistoryRecorder::history() {
    if (std::exchange(m_log_changed, false)) m_history.m_log = std::make_shared<const std::vector<LogLine>>(m_log);
    if (std::exchange(m_spans_changed, false))
        m_history.m_spans = std::make_shared<const std::vector<StageSpan>>(m_spans);
    if (std::exchange(m_samples_changed, false))
        m_history.m_samples = std::make_shared<const std::vector<Sample>>(m_samples);
    History copy = m_history;
    if (!m_open.events.empty()) copy.m_chunks.push_back(std::make_shared<const History::Chunk>(m_open));
    return copy;
}

}  // namespace mm
