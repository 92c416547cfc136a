// SPDX-License-Identifier: GPL-3.0-or-later
// Which bytes of a per-CPU chunk are taken, in units of 4 bytes, and hints about free regions that make a search short:
// one set a block (a page) and one for the whole chunk.
//
//      bits      |###....##|.........|....##...|         # taken
//      block 0   first 3, right 0, contig 4 at 3         block 1: all free: an empty page
//      chunk     contig 13 at 9, scan 4 at 3             the largest region, and an earlier, smaller one
//
// Follows struct pcpu_block_md and pcpu_alloc_area(), pcpu_free_area(), pcpu_find_block_fit() with their helpers of
// mm/percpu.c, Linux 6.1. Private to percpu but for its state.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "engine/types/outcome.h"
#include "engine/types/units.h"

namespace mm {

/// struct pcpu_block_md.
struct RegionHints {
    int scan_hint = 0, scan_start = 0;  ///< a region before the largest one; all before its end are smaller
    int contig = 0, contig_start = 0;   ///< the largest free region
    int left = 0, right = 0;            ///< free at both ends
    int first_free = 0;
    int bits = 0;
    friend bool operator==(const RegionHints&, const RegionHints&) = default;

    void reset(int size) { *this = {0, 0, size, 0, size, size, 0, size}; }
    /// pcpu_block_update(): a free region has been found or made.
    void update(int start, int end);
    bool may_fit(int wanted, int align) const;
    int next_hint(int wanted) const;
};

class ChunkMap {
public:
    static constexpr int block_bits = 1024;  ///< PCPU_BITMAP_BLOCK_BITS: a page
    static constexpr int unit = 4;           ///< PCPU_MIN_ALLOC_SIZE, bytes of a bit

    ChunkMap() = default;
    explicit ChunkMap(unsigned pages);

    int bits() const { return static_cast<int>(m_taken.size()); }
    int free_bits() const { return m_free; }
    const RegionHints& hints() const { return m_chunk; }
    const RegionHints& block(std::size_t page) const { return m_blocks[page]; }
    bool is_empty(std::size_t page) const { return m_blocks[page].contig == block_bits; }
    bool taken(int bit) const { return m_taken[static_cast<std::size_t>(bit)]; }
    /// An allocation begins there.
    bool begins(int bit) const;
    /// Where the one that begins there ends.
    int end_of(int bit) const;

    /// Bits at both ends that are not this chunk's.
    void hide(int at_start, int at_end);
    /// pcpu_find_block_fit(): where to search from. usable: nothing, or where a region that may not be used ends.
    using Usable = std::function<std::optional<int>(int start, int bits)>;
    std::optional<int> find_fit(int wanted, int align, const Usable& usable) const;
    /// pcpu_alloc_area(): the first place from there on; nothing within a page of it.
    std::optional<int> alloc(int wanted, int align, int from);
    /// pcpu_free_area(); answers how many bits. REQUIRES: an allocation begins there.
    int free(int at);
    /// Pages that became empty (or no longer are, negative) since the last call.
    int take_empty_change() { return std::exchange(m_empty_change, 0); }

    /// Hints against a look at all bits. As in the kernel a hint may be too low: a search for an alignment does not
    /// remember all it passed over, a smaller region that becomes the largest one is not seen to end a page, and a free
    /// that ends inside a page joins no region across pages.
    Broken check() const;
    friend bool operator==(const ChunkMap&, const ChunkMap&) = default;

private:
    using Bits = std::vector<bool>;
    /// A stretch from one block to another, as block numbers and offsets in them.
    struct Stretch {
        std::size_t first, last;
        int start, end;
    };
    static Stretch stretch_of(int at, int size);
    int next(const Bits& map, int end, int from, bool value) const;
    int free_from(int at, int floor) const;
    void next_free_region(int& at, int& size) const;
    void next_fit_region(int wanted, int align, int& at, int& size) const;
    void refresh_chunk(bool full_scan);
    void refresh_block(std::size_t block);
    void remember_passed(int at, int size);
    void update_taken(int at, int size);
    void update_freed(int at, int size);

    Bits m_taken, m_bounds;
    std::vector<RegionHints> m_blocks;
    RegionHints m_chunk;
    int m_free = 0;
    int m_empty_change = 0;
};

}  // namespace mm
