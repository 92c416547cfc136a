// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/command_log.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

namespace mm {
namespace {

/// Calls act(row) with the row of that kind.
template<class Result, class Rows, class Act>
Result with_row(Rows& rows, std::size_t kind, Act act) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
        using Call = Result (*)(Rows&, Act&);
        static constexpr std::array<Call, sizeof...(I)> calls{
            [](Rows& of, Act& with) -> Result { return with(std::get<I>(of)); }...};
        return calls[kind](rows, act);
    }
    (std::make_index_sequence<std::tuple_size_v<std::remove_const_t<Rows>>>{});
}

}  // namespace

void CommandList::append(const Command& command) {
    std::visit(
        [&](const auto& value) {
            auto& row = std::get<std::deque<std::decay_t<decltype(value)>>>(m_rows);
            m_entries.push_back({static_cast<std::uint32_t>(row.size()), static_cast<std::uint8_t>(command.index())});
            row.push_back(value);
            m_bytes += sizeof(Entry) + sizeof(value);
        },
        command);
}

void CommandList::cut(std::size_t left) {
    while (m_entries.size() > left) {
        const Bytes bytes = with_row<Bytes>(m_rows, m_entries.back().kind, [](auto& row) {
            row.pop_back();
            return sizeof(typename std::decay_t<decltype(row)>::value_type);
        });
        m_bytes -= sizeof(Entry) + bytes;
        m_entries.pop_back();
    }
}

Command CommandList::operator[](std::size_t i) const {
    const Entry& entry = m_entries[i];
    return with_row<Command>(m_rows, entry.kind, [&](const auto& row) -> Command { return row[entry.at]; });
}

void CommandLog::append(const Command& command, Position last, Nid il_prev) {
    assert(m_ends.empty() || last >= m_ends.back().last);
    m_commands.append(command);
    m_ends.push_back({last, il_prev});
}

void CommandLog::cut(std::size_t left) {
    m_commands.cut(left);
    if (m_ends.size() > left) m_ends.resize(left);
}

std::size_t CommandLog::ended_at(Position position) const {
    const auto end =
        std::partition_point(m_ends.begin(), m_ends.end(), [&](const End& e) { return e.last <= position; });
    return static_cast<std::size_t>(end - m_ends.begin());
}

std::size_t CommandLog::ended_before(Position position) const {
    return position == 0 ? 0 : ended_at(position - 1);
}

}  // namespace mm
