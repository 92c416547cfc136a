// SPDX-License-Identifier: GPL-3.0-or-later
// What frames and lists were before they were changed: records written forwards and read backwards, by which
// UndoJournal of page_alloc goes back in time. List operations need little: what was put onto a list's end comes off
// there, what was taken from an end goes back; only a block taken from the middle has to name its neighbour.
//
//      alloc_pages  [take_first: list, pfn][handed_out: order, state before]                        [end]
//      free_pages   [freed: order, pfn, state before][state: before][put_first: list]               [end]
//                                                                         read from here  ◄─────────
//
// A record is its arguments, then a byte with its kind and a small argument. Numbers are groups of 7 bits, the lowest
// last; a frame is told as the distance to that of the record before. Not for: counters (the journal's business).
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "engine/mmzone/page_columns.h"

namespace mm {

class UndoLog {
public:
    enum class Kind : std::uint8_t {
        end,         ///< of a command
        state,       ///< of 2^small frames; small 15: of n
        handed_out,  ///< set_allocated() of 2^small frames in one state that headed nothing
        freed,       ///< set_freed() of an allocated block of 2^small frames with one reference
        core,        ///< of one frame; small: which of head, refcount and link were not zero
        flags,       ///< of n frames
        map,         ///< _mapcount of one frame
        tails,       ///< of n frames, links to the first; small 0: were set, 1: were cleared
        put_first,   ///< small: order
        put_last,
        take_first,  ///< small: 1 if with another head byte than its list tells, and 2 * order of a CPU's list
        take_last,
        take_inside,
        rotate,  ///< another block became the list's first
        number,  ///< a counter changed; small 0: by how much follows, else by small - 8
        other,   ///< small 0: another home from here on; 1: a pageblock's type
    };

    /// Zone and CPU that lists and counters belong to: nid, ZoneType, CPU.
    using Home = std::uint32_t;
    static constexpr unsigned no_cpu = 0xfff;
    static Home home_of(Nid nid, unsigned zone_type, unsigned cpu) {
        return static_cast<Home>(nid) << 15 | zone_type << 12 | std::min(cpu, no_cpu);
    }
    /// A list of a home, told in a byte.
    static constexpr std::uint8_t pcp_bit = 0x80;
    static constexpr std::uint8_t free_list(unsigned order, MigrateType mt) {
        return static_cast<std::uint8_t>(order << 3 | static_cast<unsigned>(mt));
    }
    static constexpr std::uint8_t pcp_list(unsigned pindex) { return static_cast<std::uint8_t>(pcp_bit | pindex); }

    /// Pages that the command has moved onto the lists of a home so far.
    struct Touched {
        Home home = 0;
        std::int64_t free_pages = 0, pcp_pages = 0;
    };
    /// Blocks that it has handed out and got back.
    struct Tally {
        std::uint64_t handed_out = 0, pages_out = 0, freed = 0, pages_in = 0;
    };

    // Writing, each before the change.
    void touch(Home home) {
        if (m_touched.empty() || m_touched.back().home != home) go_to(home);
    }
    void states(const PageColumns& pages, Pfn p, NrPages n);
    void use(const PageColumns& pages, Pfn p, unsigned order, bool hand_out);
    void core(const PageColumns& pages, Pfn p);
    void cores(const PageColumns& pages, Pfn p, NrPages n);
    void flags(const PageColumns& pages, Pfn p, NrPages n);
    void map(const PageColumns& pages, Pfn p);
    void set_tails(const PageColumns& pages, Pfn p, NrPages n);
    void clear_links(const PageColumns& pages, Pfn p, NrPages n);
    void put(const PageColumns& pages, Home home, std::uint8_t list, Pfn p, unsigned order, bool first);
    void take(const PageColumns& pages, Home home, std::uint8_t list, Pfn p, unsigned order, std::uint8_t usual_head);
    void rotate(Home home, std::uint8_t list, Pfn first);
    void pageblock(Pfn p, std::uint8_t type);
    /// difference: what to add to go back.
    void number(std::uint64_t id, std::int64_t difference);
    void end();

    Home home() const { return m_home; }
    const std::vector<Touched>& touched() const { return m_touched; }
    const Tally& tally() const { return m_tally; }
    std::size_t bytes() const { return m_full + static_cast<std::size_t>(m_at - m_first); }
    void clear() { *this = {}; }

    // Reading: kind, then the arguments in the order of each kind's writer, backwards.
    struct Record {
        Kind kind = Kind::end;
        unsigned small = 0;
    };
    bool empty() const { return bytes() == 0; }
    Record peek();  ///< REQUIRES: not empty
    void pop() { --m_at; }
    std::uint8_t pop_byte() { return *--m_at; }
    std::uint64_t pop_varint();
    std::int64_t pop_signed();
    Pfn pop_pfn();
    void return_to(Home home) { m_home = home; }

private:
    static constexpr std::size_t chunk_size = 1 << 16, longest_record = 64;
    struct Chunk {
        std::unique_ptr<std::uint8_t[]> bytes;
        std::size_t used = 0;  ///< once it is full
    };

    void go_to(Home home);
    void begin() {
        if (m_at == m_first || m_at > m_stop) add_chunk();
    }
    void add_chunk();
    void byte(std::uint8_t b) { *m_at++ = b; }
    void varint(std::uint64_t v);
    void signed_varint(std::int64_t v);
    void pfn(Pfn p) {
        signed_varint(static_cast<std::int64_t>(p) - static_cast<std::int64_t>(m_pfn));
        m_pfn = p;
    }
    void kind(Kind k, unsigned small = 0) { byte(static_cast<std::uint8_t>(static_cast<unsigned>(k) | small << 4)); }
    void one_state(Pfn p, NrPages n, std::uint8_t state);

    std::vector<Chunk> m_chunks;
    std::uint8_t *m_first = nullptr, *m_at = nullptr, *m_stop = nullptr;  ///< of the last chunk
    std::size_t m_full = 0;                                               ///< bytes of the chunks before
    Pfn m_pfn = 0;
    Home m_home = 0;
    std::vector<Touched> m_touched;
    Tally m_tally;
};

}  // namespace mm
