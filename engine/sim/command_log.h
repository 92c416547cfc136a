// SPDX-License-Identifier: GPL-3.0-or-later
// Commands one behind the other, and those of a run with where in time each ended. A run has millions of them, and the
// largest kind of command takes ten times the room of the commonest: each kind lies in a row of its own.
//
//      entries      [kmalloc 0][kfree 0][kmalloc 1][execve 0][kmalloc 2]      8 bytes each
//      kmalloc      [..][..][..]
//      kfree        [..]
//      execve       [...............]
//
// Invariant of a log: a command begins where the one before it ended, the first at 0; ends never go back.
#pragma once

#include <cstdint>
#include <deque>
#include <tuple>
#include <variant>

#include "engine/sim/command.h"
#include "engine/snapshot/history.h"

namespace mm {

class CommandList {
public:
    std::size_t size() const { return m_entries.size(); }
    void append(const Command& command);
    /// Only so many are left.
    void cut(std::size_t left);
    Command operator[](std::size_t i) const;
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
        std::uint32_t at = 0;   ///< in the row of its kind
        std::uint8_t kind = 0;  ///< index of the variant
    };
    static_assert(sizeof(Entry) == 8 && std::variant_size_v<Command> < 256);

    std::deque<Entry> m_entries;  ///< grows without being moved
    Rows<Command>::Type m_rows;
    Bytes m_bytes = 0;
};

class CommandLog {
public:
    std::size_t size() const { return m_ends.size(); }
    /// A command that ended there. il_prev: of the machine, before it.
    void append(const Command& command, Position last, Nid il_prev);
    /// Only so many are left.
    void cut(std::size_t left);

    Command operator[](std::size_t i) const { return m_commands[i]; }
    Position first(std::size_t i) const { return i == 0 ? 0 : m_ends[i - 1].last; }
    Position last(std::size_t i) const { return m_ends[i].last; }
    Nid il_prev(std::size_t i) const { return m_ends[i].il_prev; }
    /// How many had ended at that position; how many before it.
    std::size_t ended_at(Position position) const;
    std::size_t ended_before(Position position) const;
    Bytes bytes() const { return m_commands.bytes() + m_ends.size() * sizeof(End); }

private:
    struct End {
        Position last = 0;
        Nid il_prev = no_node;
    };

    CommandList m_commands;
    std::deque<End> m_ends;
};

}  // namespace mm
