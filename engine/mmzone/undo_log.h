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
// last; a frame takes as many bytes as the highest one needs. Not for: counters (the journal's business).
#pragma once

#include <bit>
#include <cstring>
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
        std::uint64_t put_free = 0, taken_free = 0;  ///< blocks onto and off the free lists
    };

    /// Forgets everything. REQUIRES: frames to come lie before the end.
    void start(Pfn end_pfn) {
        *this = {};
        m_pfn_bytes = end_pfn <= 1 << 16 ? 2 : end_pfn <= 1 << 24 ? 3 : 4;
    }

    // Writing, each before the change.
    [[gnu::always_inline]] void touch(Home home) {
        if (m_now.home != home) go_to(home);
    }
    /// Counters may change that commands seldom change.
    void expect_anything() { m_expects_anything = true; }
    bool expects_anything() const { return m_expects_anything; }
    void states(const PageColumns& pages, Pfn p, NrPages n);
    void use(const PageColumns& pages, Pfn p, unsigned order, bool hand_out);
    void core(const PageColumns& pages, Pfn p);
    void cores(const PageColumns& pages, Pfn p, NrPages n);
    void flags(const PageColumns& pages, Pfn p, NrPages n);
    void map(const PageColumns& pages, Pfn p);
    void set_tails(const PageColumns& pages, Pfn p, NrPages n);
    void clear_links(const PageColumns& pages, Pfn p, NrPages n);
    [[gnu::always_inline]] void put(const PageColumns& pages, Home home, std::uint8_t list, Pfn p, unsigned order,
                                    bool first) {
        touch(home);
        if (pages.head(p) != 0 || pages.link(p) != PageLink{}) core(pages, p);
        begin();
        write(list | kind_byte(first ? Kind::put_first : Kind::put_last, order) << 8, 2);
        (list & pcp_bit ? m_now.pcp_pages : m_now.free_pages) += std::int64_t{1} << order;
        m_tally.put_free += !(list & pcp_bit);
    }
    [[gnu::always_inline]] void take(const PageColumns& pages, Home home, std::uint8_t list, Pfn p, unsigned order,
                                     std::uint8_t usual_head) {
        touch(home);
        begin();
        const PageLink link = pages.link(p);
        const std::uint8_t head = pages.head(p);
        Kind k = Kind::take_first;
        if (link.prev != no_link) {
            k = link.next == no_link ? Kind::take_last : Kind::take_inside;
            if (k == Kind::take_inside) write(link.prev, m_pfn_bytes);
        }
        const unsigned told_order = list & pcp_bit ? std::min(order, 7u) : 0;  // a free list tells its order itself
        if (head != usual_head) byte(head);
        if (told_order == 7) byte(static_cast<std::uint8_t>(order));
        const std::uint64_t ending = list | kind_byte(k, (head != usual_head ? 1u : 0u) | told_order << 1) << 8;
        write(p | ending << 8 * m_pfn_bytes, m_pfn_bytes + 2);
        (list & pcp_bit ? m_now.pcp_pages : m_now.free_pages) -= std::int64_t{1} << order;
        m_tally.taken_free += !(list & pcp_bit);
    }
    void rotate(Home home, std::uint8_t list, Pfn first);
    void pageblock(Pfn p, std::uint8_t type);
    /// difference: what to add to go back.
    void number(std::uint64_t id, std::int64_t difference);
    void end();

    /// Where the command is, and where else it has been.
    const Touched& now() const { return m_now; }
    const std::vector<Touched>& before() const { return m_before; }
    Home home() const { return m_now.home; }
    const Tally& tally() const { return m_tally; }
    std::size_t bytes() const { return m_full + static_cast<std::size_t>(m_at - m_first); }

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
    Pfn pop_pfn() {
        std::uint32_t p = 0;
        m_at -= m_pfn_bytes;
        std::memcpy(&p, m_at, sizeof p);
        return p & 0xffffffffu >> (32 - 8 * m_pfn_bytes);
    }
    void return_to(Home home) { m_now.home = home; }

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
    /// The lowest n of 8 bytes; the chunk has room for all.
    [[gnu::always_inline]] void write(std::uint64_t bytes, unsigned n) {
        static_assert(std::endian::native == std::endian::little);
        std::memcpy(m_at, &bytes, sizeof bytes);
        m_at += n;
    }
    void varint(std::uint64_t v);
    void signed_varint(std::int64_t v);
    void pfn(Pfn p) { write(p, m_pfn_bytes); }
    static std::uint64_t kind_byte(Kind k, unsigned small) { return static_cast<unsigned>(k) | small << 4; }
    void kind(Kind k, unsigned small = 0) { byte(static_cast<std::uint8_t>(kind_byte(k, small))); }
    void one_state(Pfn p, NrPages n, std::uint8_t state);

    std::vector<Chunk> m_chunks;
    std::uint8_t *m_first = nullptr, *m_at = nullptr, *m_stop = nullptr;  ///< of the last chunk
    std::size_t m_full = 0;                                               ///< bytes of the chunks before
    unsigned m_pfn_bytes = 4;
    bool m_expects_anything = false;
    Touched m_now;
    std::vector<Touched> m_before;
    Tally m_tally;
};

}  // namespace mm
