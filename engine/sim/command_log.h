// SPDX-License-Identifier: GPL-3.0-or-later
// The commands of a run, one behind the other, and where in time each ended. A run has millions of them, and the
// largest kind of command takes ten times the room of the commonest: each kind lies in a row of its own.
//
//      entries      [kmalloc 0][kfree 0][kmalloc 1][execve 0][kmalloc 2]      16 bytes each
//      kmalloc      [..][..][..]
//      kfree        [..]
//      execve       [...............]
//
// Invariant: a command begins where the one before it ended, the first at 0; ends never go back.
#pragma once

#include <cstdint>
#include <deque>
#include <tuple>
#include <variant>

#include "engine/sim/command.h"
#include "engine/snapshot/history.h"

namespace mm {

class CommandLog {
public:
    std::size_t size() const { return m_entries.size(); }
    /// A command that ended there. il_prev: of the machine, before it.
    void append(const Command& command, Position last, Nid il_prev);
    /// Only so many are left.
    void cut(std::size_t left);

    Command operator[](std::size_t i) const;
    Position first(std::size_t i) const { return i == 0 ? 0 : m_entries[i - 1].last; }
    Position last(std::size_t i) const { return m_entries[i].last; }
    Nid il_prev(std::size_t i) const { return m_entries[i].il_prev; }
    /// How many had ended at that position; how many before it.
    std::size_t ended_at(Position position) const;
    std::size_t ended_before(Position position) const;
    /// What they take. Names and paths of more than a few letters are not counted.
    Bytes bytes() const { return m_bytes; }

private:
    template<class>
    struct Rows;
    template<class... Kind>
    struct Rows<std::variant<Kind...>> {
        using Type = std::tuple<std::deque<Kind>...>;
    };
    struct Entry {
        Position last = 0;
        std::uint32_t at = 0;  ///< in the row of its kind
        std::int16_t il_prev = no_node;
        std::uint8_t kind = 0;  ///< index of the variant
    };
    static_assert(sizeof(Entry) == 16 && std::variant_size_v<Command> < 256);

    std::deque<Entry> m_entries;  ///< grows without being moved
    Rows<Command>::Type m_rows;
    Bytes m_bytes = 0;
};

}  // namespace mm
