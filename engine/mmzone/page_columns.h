// SPDX-License-Identifier: GPL-3.0-or-later
// struct page as flat columns indexed by pfn, the authoritative state of every frame, dirty-tracked by pageblock (512
// frames) so that publishing a picture copies only what changed.
//
//      pfn      0    1    2    3  ...
//      state   [--][--][R ][F ]        what the frame is: one byte, the column that maps are drawn from
//      order   [  ][  ][  ][10]        of the free or allocated block whose head this is
//      flags   [  ][  ][ reserved ]    PG_* bits (node and zone are added by flags_word())
//      ref map [  ][  ]                _refcount, _mapcount
//      link    [n p]                   buddy list links of a free head; of a compound tail: next = head
//
// Zero is the state before memmap_init: an array nobody touched costs nothing. _mapcount is kept plus one for that
// reason. Frame numbers in links are 32 bits: 16 TiB.
//
// Follows include/linux/mm_types.h (struct page), Linux 6.1.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "engine/mmzone/lazy_array.h"
#include "engine/mmzone/page_flags.h"
#include "engine/types/outcome.h"
#include "engine/types/units.h"

namespace mm {

/// enum migratetype. Debian's x86_64 has no CMA: printers leave it out there.
enum class MigrateType : std::uint8_t { unmovable, movable, reclaimable, highatomic, cma, isolate };
inline constexpr unsigned nr_migratetypes = 6;
inline constexpr unsigned nr_pcptypes = 3;  ///< MIGRATE_PCPTYPES: those with free lists of their own in fallbacks
std::string_view name_of(MigrateType);      ///< "Unmovable", "Movable", "Reclaimable", "HighAtomic", "CMA", "Isolate"

/// What a frame is. In the byte: state in the low 4 bits, migratetype of the allocation in the high 4 (allocated only).
enum class PageState : std::uint8_t {
    none = 0,   ///< struct page not initialised (or no memory here)
    reserved,   ///< initialised, PG_reserved, never given to the buddy: kernel image, memmap, boot allocations, holes
    boot,       ///< initialised by memmap_init, waiting for memblock_free_all
    free,       ///< inside a free buddy block, head or tail
    allocated,  ///< handed out by the page allocator
};
inline constexpr unsigned nr_page_states = 5;

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
inline constexpr std::uint8_t not_a_head = 0xff;  ///< order of a frame that heads no block (stored plus one, 0 = none)

struct PageLink {
    std::uint32_t next = 0, prev = 0;
    friend bool operator==(PageLink, PageLink) = default;
};

/// One frame, all columns: for inspection and printing.
struct PageRecord {
    std::uint8_t state = 0;
    std::uint8_t order = not_a_head;
    std::uint32_t flags = 0;
    std::int32_t refcount = 0;
    std::int32_t mapcount = -1;
    PageLink link{};
    friend bool operator==(const PageRecord&, const PageRecord&) = default;
};

/// 512 frames at one moment; immutable. A block nobody touched is a null pointer.
struct PageBlockImage {
    std::array<std::uint8_t, pageblock_pages> state, order_plus1;
    std::array<std::uint32_t, pageblock_pages> flags;
    std::array<std::int32_t, pageblock_pages> refcount, mapcount_plus1;
    std::array<PageLink, pageblock_pages> link;
};
/// What most blocks of a big machine are: one state throughout and at most one head at the start.
struct UniformBlock {
    std::uint8_t state = 0, order_plus1 = 0;
    PageLink link{};  ///< of the head (first frame); all other columns zero
    friend bool operator==(const UniformBlock&, const UniformBlock&) = default;
};
struct PageSectionImage {
    std::array<std::shared_ptr<const PageBlockImage>, section_blocks> detail;  ///< null: uniform[i] tells all
    std::array<UniformBlock, section_blocks> uniform{};
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
    std::vector<std::shared_ptr<const PageSectionImage>> m_sections;  ///< null: all zero
};

class PageColumns {
public:
    PageColumns() = default;
    explicit PageColumns(Pfn end_pfn);
    Pfn end_pfn() const { return m_end; }

    // Reading. REQUIRES (all): pfn < end_pfn().
    std::uint8_t state(Pfn p) const { return m_state[p]; }
    unsigned order(Pfn p) const { return m_order[p] ? m_order[p] - 1u : not_a_head; }  ///< not_a_head if none
    std::uint32_t flags(Pfn p) const { return m_flags[p]; }
    std::int32_t refcount(Pfn p) const { return m_ref[p]; }
    std::int32_t mapcount(Pfn p) const { return m_map[p] - 1; }
    PageLink link(Pfn p) const { return m_link[p]; }
    PageRecord record(Pfn p) const;
    bool free_head(Pfn p) const { return m_order[p] != 0 && state_of(m_state[p]) == PageState::free; }  ///< PageBuddy

    // Writing; each marks the pageblock dirty.
    void set_state(Pfn p, NrPages n, std::uint8_t state);  ///< n frames from p
    void set_order(Pfn p, unsigned order) {
        touch(p);
        m_order[p] = static_cast<std::uint8_t>(order + 1);
    }
    void clear_order(Pfn p) {
        touch(p);
        m_order[p] = 0;
    }
    void set_flags(Pfn p, std::uint32_t f) {
        touch(p);
        m_flags[p] |= f;
    }
    void clear_flags(Pfn p, std::uint32_t f) {
        touch(p);
        m_flags[p] &= ~f;
    }
    void set_refcount(Pfn p, std::int32_t v) {
        touch(p);
        m_ref[p] = v;
    }
    void set_mapcount(Pfn p, std::int32_t v) {
        touch(p);
        m_map[p] = v + 1;
    }
    void set_link(Pfn p, PageLink l) {
        touch(p);
        m_link[p] = l;
    }
    void set_next(Pfn p, std::uint32_t n) {
        touch(p);
        m_link[p].next = n;
    }
    void set_prev(Pfn p, std::uint32_t n) {
        touch(p);
        m_link[p].prev = n;
    }

    /// A picture of now. Copies only pageblocks touched since the last freeze() or restore().
    const FrozenPages& freeze();
    /// Back to a picture. Costs what differs from it.
    void restore(const FrozenPages& then);

private:
    void touch(Pfn p) {
        const Pfn block = p / pageblock_pages;
        m_dirty[block] = 1;
        m_dirty_sections[block / section_blocks] = 1;
    }
    Pfn m_end = 0;
    LazyArray<std::uint8_t> m_state, m_order;
    LazyArray<std::uint32_t> m_flags;
    LazyArray<std::int32_t> m_ref, m_map;
    LazyArray<PageLink> m_link;
    LazyArray<std::uint8_t> m_dirty;  ///< by pageblock
    std::vector<std::uint8_t> m_dirty_sections;
    FrozenPages m_frozen;  ///< last picture; equals the columns where not dirty
};

}  // namespace mm
