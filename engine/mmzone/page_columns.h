// SPDX-License-Identifier: GPL-3.0-or-later
// struct page as flat columns indexed by pfn, the authoritative state of every frame, dirty-tracked by pageblock (512
// frames) so that publishing a picture copies only what changed.
//
//      pfn      0    1    2    3  ...
//      state   [--][--][R ][F ]     what the frame is: one byte, the column that maps are drawn from
//      core    [  ][  ][  ][  ]     what each command touches, side by side in 16 bytes:
//                link                 buddy list links of a free head; of a compound tail: next = head
//                refcount             _refcount
//                head                 order of the block whose head this is; of a free one also the list
//                state                of a head: its state once more, so that a look at a block is one look
//      flags   [  ][  ][R ][  ]     PG_* bits (node and zone are added by flags_word())
//      map     [  ][  ][  ][  ]     _mapcount
//
// Zero is the state before memmap_init: an array nobody touched costs nothing. _mapcount is kept plus one for that
// reason. Frame numbers in links are 32 bits: 16 TiB.
//
// The columns hold only what was touched frame by frame. A pageblock whose frames are all alike, but for a head at its
// start, is one UniformBlock; the first write that makes its frames differ spreads it over the columns:
//
//      pageblock   0           1           2
//      whole      [free, 10]  [free, -]   [spread]          20 bytes each
//      columns     nothing     nothing    [A][A][F][F]...   25 bytes a frame
//
// Follows include/linux/mm_types.h (struct page), Linux 6.1.
#pragma once

#include <array>
#include <cstring>
#include <memory>
#include <vector>

#include "engine/mmzone/block_tally.h"
#include "engine/mmzone/lazy_array.h"
#include "engine/mmzone/page_flags.h"
#include "engine/types/outcome.h"
#include "engine/types/shared.h"
#include "engine/types/units.h"

namespace mm {

/// enum migratetype. Debian's x86_64 has no CMA: printers leave it out there.
enum class MigrateType : std::uint8_t { unmovable, movable, reclaimable, highatomic, cma, isolate };
inline constexpr unsigned nr_migratetypes = 6;
inline constexpr unsigned nr_pcptypes = 3;  ///< MIGRATE_PCPTYPES: those with free lists of their own in fallbacks
std::string_view name_of(MigrateType);      ///< "Unmovable", "Movable", "Reclaimable", "HighAtomic", "CMA", "Isolate"

/// What a frame is. In the byte: state in the low 4 bits, migratetype in the high 4 (allocated, pcp).
enum class PageState : std::uint8_t {
    none = 0,   ///< struct page not initialised (or no memory here)
    reserved,   ///< initialised, PG_reserved, never given to the buddy: kernel image, memmap, boot allocations, holes
    boot,       ///< initialised by memmap_init, waiting for memblock_free_all
    free,       ///< inside a free buddy block, head or tail
    allocated,  ///< handed out by the page allocator
    pcp,        ///< free, on a per-CPU list: the byte's migratetype is the one it will be freed to the buddy with
    unknown,    ///< in use since before a recording began: what block it belongs to is not known
};
inline constexpr unsigned nr_page_states = 7;

constexpr std::uint8_t state_byte(PageState s, MigrateType mt = MigrateType::unmovable) {
    return static_cast<std::uint8_t>(static_cast<unsigned>(s) | (static_cast<unsigned>(mt) << 4));
}
constexpr PageState state_of(std::uint8_t b) {
    return static_cast<PageState>(b & 15);
}
constexpr MigrateType alloc_type_of(std::uint8_t b) {
    return static_cast<MigrateType>(b >> 4);
}

inline constexpr unsigned pageblock_pages =
    512;  ///< dirty-tracking and picture grain, whatever the kernel's pageblock_order
inline constexpr unsigned section_blocks = 64;  ///< pageblocks of a picture section: 128 MiB
inline constexpr std::uint32_t no_link = 0xffffffff;
inline constexpr std::uint8_t not_a_head = 0xff;  ///< order of a frame that heads no block

/// A frame's head byte: 0 heads nothing, else order + 1 and, for a free block, the migratetype of its list in the high
/// 4 bits (which may differ from the pageblock's: fallbacks leave such blocks).
constexpr std::uint8_t head_byte(unsigned order, MigrateType list = MigrateType::unmovable) {
    return static_cast<std::uint8_t>((order + 1) | (static_cast<unsigned>(list) << 4));
}
constexpr std::uint8_t order_of_head(std::uint8_t b) {
    return b ? static_cast<std::uint8_t>((b & 15) - 1) : not_a_head;
}
constexpr MigrateType list_of_head(std::uint8_t b) {
    return static_cast<MigrateType>(b >> 4);
}

struct PageLink {
    std::uint32_t next = 0, prev = 0;
    friend bool operator==(PageLink, PageLink) = default;
};

/// What of a frame changes with nearly each command: a quarter of a cache line.
struct PageCore {
    PageLink link{};
    std::int32_t refcount = 0;
    std::uint8_t head = 0;
    std::uint8_t state = 0;  ///< where head is not 0: the frame's state
    std::array<std::uint8_t, 2> unused{};
    friend bool operator==(const PageCore&, const PageCore&) = default;
};
static_assert(sizeof(PageCore) == 16);

/// One frame, all columns: for inspection and printing.
struct PageRecord {
    std::uint8_t state = 0;
    std::uint8_t order = not_a_head;
    MigrateType list = MigrateType::unmovable;  ///< of a free head: the list it is on
    std::uint32_t flags = 0;
    std::int32_t refcount = 0;
    std::int32_t mapcount = -1;
    PageLink link{};
    friend bool operator==(const PageRecord&, const PageRecord&) = default;
};

/// 512 frames at one moment; immutable.
struct PageBlockImage {
    BlockTally tally;
    std::array<std::uint8_t, pageblock_pages> state, head;
    std::array<std::uint32_t, pageblock_pages> flags;
    std::array<std::int32_t, pageblock_pages> refcount, mapcount_plus1;
    std::array<PageLink, pageblock_pages> link;
    friend bool operator==(const PageBlockImage&, const PageBlockImage&) = default;
};
/// What most blocks of a big machine are: the same throughout and at most one head, at the start.
struct UniformBlock {
    std::uint8_t state = 0, head = 0;  ///< state of all frames; head byte of the first
    std::uint32_t flags = 0;           ///< of all frames
    std::int32_t refcount = 0;         ///< of all frames; mapcounts are -1
    PageLink link{};                   ///< of the first frame, if that is a free head; the others have none
    friend bool operator==(const UniformBlock&, const UniformBlock&) = default;
};
struct PageSectionImage {
    std::array<UniformBlock, section_blocks> uniform{};
    std::vector<std::shared_ptr<const PageBlockImage>> detail;  ///< by pageblock, or none at all
    std::weak_ptr<const PageSectionImage> before;               ///< the picture it was made from; empty: all was zero
    std::uint64_t touched = 0;  ///< pageblocks that may differ from that one, a bit each

    /// Null: uniform[i] tells all.
    const PageBlockImage* detail_of(std::size_t i) const { return detail.empty() ? nullptr : detail[i].get(); }
};

/// All frames at one moment; immutable, shared between snapshots and keyframes. Safe to read from any thread.
class FrozenPages {
public:
    Pfn end_pfn() const { return m_end; }
    PageRecord at(Pfn pfn) const;
    std::uint8_t state_at(Pfn pfn) const;
    /// The state bytes of one pageblock (out[0..511]); frames beyond the end are 0. Returns the uniform state or -1.
    int block_states(Pfn first, std::array<std::uint8_t, pageblock_pages>& out) const;
    /// Identity of the pageblock's image, to see cheaply whether two moments differ there (never null-ambiguous:
    /// compare both pointers and uniform records).
    const PageBlockImage* block_image(Pfn first) const;
    UniformBlock uniform_block(Pfn first) const;
    const std::shared_ptr<const PageSectionImage>& section(std::size_t i) const { return m_sections[i]; }
    std::size_t nr_sections() const { return m_sections.size(); }
    /// 64-bit hash of all columns, independent of how they are stored.
    std::uint64_t hash() const;

private:
    friend class PageColumns;
    Pfn m_end = 0;
    SharedVector<std::shared_ptr<const PageSectionImage>> m_sections;  ///< null: all zero
};

class UndoLog;

class PageColumns {
public:
    PageColumns() = default;
    explicit PageColumns(Pfn end_pfn);
    Pfn end_pfn() const { return m_end; }

    // Reading. REQUIRES (all): pfn < end_pfn().
    [[gnu::always_inline]] std::uint8_t state(Pfn p) const { return is_spread(p) ? m_state[p] : whole(p).state; }
    [[gnu::always_inline]] unsigned order(Pfn p) const { return order_of_head(head(p)); }  ///< not_a_head if none
    [[gnu::always_inline]] std::uint8_t head(Pfn p) const {  ///< head byte: order and list
        return is_spread(p) ? m_core[p].head : starts_block(p) ? whole(p).head : std::uint8_t{0};
    }
    std::uint32_t flags(Pfn p) const { return is_spread(p) ? m_flags[p] : whole(p).flags; }
    /// False only if no frame of p's pageblock has a flag: spares the look at a column that is mostly untouched.
    bool may_have_flags(Pfn p) const {
        return is_spread(p) ? (m_marks[p / pageblock_pages] & wrote_flags) != 0 : whole(p).flags != 0;
    }
    [[gnu::always_inline]] std::int32_t refcount(Pfn p) const {
        return is_spread(p) ? m_core[p].refcount : whole(p).refcount;
    }
    std::int32_t mapcount(Pfn p) const { return is_spread(p) ? m_map[p] - 1 : -1; }
    [[gnu::always_inline]] PageLink link(Pfn p) const {
        return is_spread(p) ? m_core[p].link : starts_block(p) ? whole(p).link : PageLink{};
    }
    PageRecord record(Pfn p) const;
    bool free_head(Pfn p) const { return head(p) != 0 && head_state(p) == PageState::free; }  ///< PageBuddy
    /// Of the block that the frame heads. REQUIRES: head(p) is not 0.
    [[gnu::always_inline]] PageState head_state(Pfn p) const {
        return state_of(is_spread(p) ? m_core[p].state : whole(p).state);
    }
    /// The frame heads a free block of the order.
    [[gnu::always_inline]] bool free_head_of(Pfn p, unsigned order) const {
        if (!is_spread(p)) return starts_block(p) && is_free_head(whole(p).head, whole(p).state, order);
        return is_free_head(m_core[p].head, m_core[p].state, order);
    }
    /// So many frames from p on, at most n, are in the state of p.
    NrPages alike(Pfn p, NrPages n) const;
    /// Those of a block of the order are all in one state. REQUIRES: p is aligned to the order.
    [[gnu::always_inline]] bool one_state(Pfn p, unsigned order) const {
        if (order > 3 || !is_spread(p)) return alike(p, NrPages{1} << order) == NrPages{1} << order;
        const std::uint8_t* const s = &m_state[p];
        return order == 0   ? true
               : order == 1 ? s[0] == s[1]
               : order == 2 ? std::memcmp(s, s + 1, 3) == 0
                            : std::memcmp(s, s + 1, 7) == 0;
    }
    /// n frames from p are in this state and nothing else: no head, flag, reference, mapping or link.
    bool plain(Pfn p, NrPages n, std::uint8_t state) const;

    // Writing; each marks the pageblock dirty.
    void set_state(Pfn p, NrPages n, std::uint8_t state);  ///< n frames from p
    void set_flags(Pfn p, NrPages n, std::uint32_t f);     ///< n frames from p: adds f
    void clear_flags(Pfn p, NrPages n, std::uint32_t f);   ///< n frames from p; free where no flag was ever set
    void set_refcount(Pfn p, NrPages n, std::int32_t v);   ///< n frames from p; free where all are 0 and v is
    void clear_links(Pfn p, NrPages n);                    ///< n frames from p: LIST_POISON
    void set_order(Pfn p, unsigned order) { set_head(p, head_byte(order)); }
    void clear_order(Pfn p) { set_head(p, 0); }
    void set_head(Pfn p, std::uint8_t byte) {
        if (head(p) == byte) return;
        note_core(p);
        if (UniformBlock* u = whole_at(p))
            u->head = byte;
        else
            spread(p, wrote_core), m_core[p].head = byte, m_core[p].state = m_state[p];
    }
    void set_flags(Pfn p, std::uint32_t f) { set_flags(p, 1, f); }
    void clear_flags(Pfn p, std::uint32_t f) {
        if (flags(p) & f) clear_flags(p, 1, f);
    }
    void set_refcount(Pfn p, std::int32_t v) {
        if (refcount(p) == v) return;
        note_core(p);
        spread(p, wrote_core), m_core[p].refcount = v;
    }
    void set_mapcount(Pfn p, std::int32_t v);
    void set_link(Pfn p, PageLink l) {
        if (link(p) == l) return;
        note_core(p);
        relink(p, l);
    }
    void set_next(Pfn p, std::uint32_t n) { set_link(p, {n, link(p).prev}); }
    void set_prev(Pfn p, std::uint32_t n) { set_link(p, {link(p).next, n}); }
    void set_tails(Pfn head, NrPages n);  ///< the links of n - 1 frames after the head name it

    /// A block is handed out: its head gets order and reference, its frames the state.
    void set_allocated(Pfn p, unsigned order, std::uint8_t state) {
        if (m_undo) note_use(p, order, true);
        set_use(p, order, head_byte(order), 1, state);
    }
    /// The reverse, before the block meets its buddies.
    void set_freed(Pfn p, unsigned order) {
        if (m_undo) note_use(p, order, false);
        set_use(p, order, 0, 0, state_byte(PageState::free));
    }

    // For who puts blocks onto lists, and tells the undo log of that as a whole.
    /// State of a block that no frame heads yet.
    void set_block_state(Pfn p, unsigned order, std::uint8_t state) {
        if (order > 3) return fill_state(p, NrPages{1} << order, state, false);
        spread(p, 0);
        fill_block_state(p, order, state);
    }
    /// Head byte and link at once: a block enters a free list, or leaves it ({}).
    [[gnu::always_inline]] void set_free_head(Pfn p, std::uint8_t head, PageLink l) {
        if (UniformBlock* u = whole_at(p)) {
            u->head = head, u->link = l;
            return;
        }
        spread(p, wrote_core);
        PageCore& core = m_core[p];
        core.link = l;
        core.head = head;
        core.state = m_state[p];
    }
    [[gnu::always_inline]] void relink(Pfn p, PageLink l) {
        if (UniformBlock* u = whole_at(p))
            u->link = l;
        else
            spread(p, wrote_core), m_core[p].link = l;
    }
    [[gnu::always_inline]] void relink_next(Pfn p, std::uint32_t next) {
        if (UniformBlock* u = whole_at(p))
            u->link.next = next;
        else
            spread(p, wrote_core), m_core[p].link.next = next;
    }
    [[gnu::always_inline]] void relink_prev(Pfn p, std::uint32_t prev) {
        if (UniformBlock* u = whole_at(p))
            u->link.prev = prev;
        else
            spread(p, wrote_core), m_core[p].link.prev = prev;
    }

    /// Where each setter tells what was there before; null: nobody wants to know.
    UndoLog* undo() const { return m_undo; }
    void set_undo(UndoLog* undo) { m_undo = undo; }

    /// A picture of now. Copies only pageblocks touched since the last freeze() or restore().
    const FrozenPages& freeze();
    /// The array ends later; frames that come are zero. Costs a picture and the way back to it. REQUIRES: no undo log.
    void grow(Pfn end_pfn);
    /// Back to a picture. Costs what differs from it. REQUIRES: taken from an object with the same end_pfn().
    void restore(const FrozenPages& then);

private:
    /// m_marks: dirty since the last picture; which columns were ever written (others are all zero there, so that
    /// neither freeze() nor a range setter has to look at memory nobody touched); and whether the columns tell what the
    /// frames are. Where they do not, m_whole does, and what stands in the columns is of earlier times.
    enum Mark : std::uint8_t { dirty = 1, wrote_flags = 2, wrote_core = 4, wrote_map = 8, by_frame = 32 };
    static bool starts_block(Pfn p) { return p % pageblock_pages == 0; }
    bool is_spread(Pfn p) const { return m_marks[p / pageblock_pages] & by_frame; }
    const UniformBlock& whole(Pfn p) const { return m_whole[p / pageblock_pages]; }
    [[gnu::always_inline]] void touch(Pfn p, std::uint8_t wrote) {
        const Pfn block = p / pageblock_pages;
        const auto wanted = static_cast<std::uint8_t>(wrote | dirty);
        if ((m_marks[block] & wanted) == wanted) return;  // a dirty pageblock's section is dirty too
        m_marks[block] |= wanted;
        m_dirty_sections[block / section_blocks] = 1;
    }
    [[gnu::always_inline]] void set_use(Pfn p, unsigned order, std::uint8_t head, std::int32_t refs,
                                        std::uint8_t state) {
        spread(p, wrote_core);
        PageCore& core = m_core[p];
        core.head = head;
        core.refcount = refs;
        core.state = state;
        fill_block_state(p, order, state);
    }
    /// REQUIRES: p is aligned to the order and in a spread pageblock.
    [[gnu::always_inline]] void fill_block_state(Pfn p, unsigned order, std::uint8_t state) {
        const std::uint64_t eight = state * std::uint64_t{0x0101010101010101};
        switch (order) {
            case 0:
                m_state[p] = state;
                return;
            case 1:
                std::memcpy(&m_state[p], &eight, 2);
                return;
            case 2:
                std::memcpy(&m_state[p], &eight, 4);
                return;
            case 3:
                std::memcpy(&m_state[p], &eight, 8);
                return;
            default:
                fill_state(p, NrPages{1} << order, state, false);
        }
    }
    /// heads: there may be some after the first frame.
    void fill_state(Pfn p, NrPages n, std::uint8_t state, bool heads);
    static bool is_free_head(std::uint8_t head, std::uint8_t state, unsigned order) {
        return (head & 15) == order + 1 && state_of(state) == PageState::free;
    }
    void note_core(Pfn p) const {
        if (m_undo) note_one_core(p);
    }
    void note_one_core(Pfn p) const;
    void note_use(Pfn p, unsigned order, bool hand_out) const;
    /// The record of the pageblock that starts with frame p, to be written; null if p is inside or spread.
    [[gnu::always_inline]] UniformBlock* whole_at(Pfn p) {
        if (!starts_block(p) || is_spread(p)) return nullptr;
        touch(p, 0);
        return &m_whole[p / pageblock_pages];
    }
    /// Before one frame of the pageblock, or some, are written.
    [[gnu::always_inline]] void spread(Pfn p, std::uint8_t wrote) {
        if (!is_spread(p)) write_columns(p / pageblock_pages, m_whole[p / pageblock_pages]);
        touch(p, wrote);
    }
    bool wrote(Pfn p, Mark column) const { return m_marks[p / pageblock_pages] & column; }
    template<class Change, class ChangeFrames>
    void each_block(Pfn p, NrPages n, std::uint8_t wrote, Change change, ChangeFrames change_frames);
    bool plain_whole(Pfn p, std::uint8_t state) const;
    bool plain_frames(Pfn p, NrPages count, std::uint8_t state) const;
    bool uniform(std::size_t block, UniformBlock& out) const;
    std::shared_ptr<const PageSectionImage> freeze_section(std::size_t section);
    void restore_section(std::size_t section, const PageSectionImage& then);
    void write_columns(std::size_t block, const UniformBlock& u);
    void write_detail(std::size_t block, const PageBlockImage& image);

    Pfn m_end = 0;
    LazyArray<std::uint8_t> m_state;
    LazyArray<PageCore> m_core;
    LazyArray<std::uint32_t> m_flags;
    LazyArray<std::int32_t> m_map;
    LazyArray<std::uint8_t> m_marks;  ///< by pageblock
    LazyArray<UniformBlock> m_whole;  ///< by pageblock
    std::vector<std::uint8_t> m_dirty_sections;
    FrozenPages m_frozen;  ///< last picture; equals the columns where not dirty
    UndoLog* m_undo = nullptr;
};

}  // namespace mm
