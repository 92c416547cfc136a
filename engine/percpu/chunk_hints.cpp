// SPDX-License-Identifier: GPL-3.0-or-later
// Hints of blocks and of the whole chunk, kept with each change. Follows pcpu_block_update(), _refresh_hint(),
// _update_hint_alloc() and _update_hint_free() of mm/percpu.c, Linux 6.1.
#include <algorithm>
#include <bit>

#include "engine/percpu/chunk_map.h"

namespace mm {
namespace {

bool overlap(int a, int a_end, int b, int b_end) {
    return a < b_end && b < a_end;
}
bool better_aligned(int a, int b) {
    return a == 0 || std::countr_zero(static_cast<unsigned>(a)) > std::countr_zero(static_cast<unsigned>(b));
}

}  // namespace

void RegionHints::update(int start, int end) {
    const int size = end - start;
    first_free = std::min(first_free, start);
    if (start == 0) left = size;
    if (end == bits) right = size;
    if (size > contig) {
        // The old largest one becomes the earlier, smaller one, if it is that.
        if (start <= contig_start) {
            scan_hint = 0;
        } else if (contig > scan_hint) {
            scan_start = contig_start;
            scan_hint = contig;
        } else if (start < scan_start) {
            scan_hint = 0;
        }
        contig_start = start;
        contig = size;
    } else if (size == contig) {
        if (contig_start && better_aligned(start, contig_start)) {
            contig_start = start;
            if (start < scan_start && contig > scan_hint) scan_hint = 0;
        } else if (start > scan_start || contig > scan_hint) {
            scan_start = start;
            scan_hint = size;
        }
    } else if (start < contig_start && (size > scan_hint || (size == scan_hint && start > scan_start))) {
        scan_start = start;
        scan_hint = size;
    }
}

bool RegionHints::may_fit(int wanted, int align) const {
    const int lost = (contig_start + align - 1) / align * align - contig_start;
    return lost + wanted <= contig;
}

int RegionHints::next_hint(int wanted) const {
    const bool too_small_before = scan_hint && contig_start > scan_start && wanted > scan_hint;
    return too_small_before ? scan_start + scan_hint : first_free;
}

ChunkMap::Stretch ChunkMap::stretch_of(int at, int size) {
    const int last = at + size - 1;
    return {static_cast<std::size_t>(at / block_bits), static_cast<std::size_t>(last / block_bits), at % block_bits,
            last % block_bits + 1};
}

/// Where the free region that ends before a bit begins, at floor at the lowest.
int ChunkMap::free_from(int at, int floor) const {
    while (at > floor && !taken(at - 1))
        --at;
    return at;
}

/// pcpu_next_md_free_region(): regions across blocks are found by their ends.
void ChunkMap::next_free_region(int& at, int& size) const {
    int in_block = at % block_bits;
    size = 0;
    for (std::size_t i = static_cast<std::size_t>(at / block_bits); i < m_blocks.size(); ++i) {
        const RegionHints& b = m_blocks[i];
        if (size) {
            size += b.left;
            if (b.left == block_bits) continue;
            return;
        }
        size = b.contig;
        if (size && b.contig_start >= in_block && size + b.contig_start < block_bits) {
            at = static_cast<int>(i) * block_bits + b.contig_start;
            return;
        }
        in_block = 0;
        size = b.right;
        at = static_cast<int>(i + 1) * block_bits - b.right;
    }
}

void ChunkMap::refresh_chunk(bool full_scan) {
    int at = m_chunk.first_free, size = 0;
    if (!full_scan && m_chunk.scan_hint) {
        at = m_chunk.scan_start + m_chunk.scan_hint;
        m_chunk.contig_start = m_chunk.scan_start;
        m_chunk.contig = m_chunk.scan_hint;
        m_chunk.scan_hint = 0;
    } else {
        m_chunk.contig = 0;
    }
    for (next_free_region(at, size); at < bits(); at += size + 1, next_free_region(at, size))
        m_chunk.update(at, at + size);
}

void ChunkMap::refresh_block(std::size_t block) {
    RegionHints& b = m_blocks[block];
    const int base = static_cast<int>(block) * block_bits;
    int start = b.first_free;
    if (b.scan_hint) {
        start = b.scan_start + b.scan_hint;
        b.contig_start = b.scan_start;
        b.contig = b.scan_hint;
        b.scan_hint = 0;
    } else {
        b.contig = 0;
    }
    b.right = 0;
    while ((start = next(m_taken, base + block_bits, base + start, false) - base) < block_bits) {
        const int end = next(m_taken, base + block_bits, base + start, true) - base;
        b.update(start, end);
        start = end;
    }
}

/// pcpu_block_update_scan(): a region that a search passed over, if it lies in one block.
void ChunkMap::remember_passed(int at, int size) {
    const int in_block = at % block_bits;
    if (in_block + size > block_bits) return;
    const int base = at - in_block;
    m_blocks[static_cast<std::size_t>(at / block_bits)].update(free_from(at, base) - base, in_block + size);
}

void ChunkMap::update_taken(int at, int size) {
    const Stretch s = stretch_of(at, size);
    RegionHints& first = m_blocks[s.first];
    const int base = static_cast<int>(s.first) * block_bits;
    int emptied = first.contig == block_bits;
    if (s.start == first.first_free)
        first.first_free = next(m_taken, base + block_bits, std::min(at + size, base + block_bits), false) - base;
    if (overlap(first.scan_start, first.scan_start + first.scan_hint, s.start, s.start + size)) first.scan_hint = 0;
    if (overlap(first.contig_start, first.contig_start + first.contig, s.start, s.start + size)) {
        if (s.start == 0) first.left = 0;
        refresh_block(s.first);
    } else {
        first.left = std::min(first.left, s.start);
        first.right = s.first == s.last ? std::min(first.right, block_bits - s.end) : 0;
    }
    if (s.first != s.last) {
        RegionHints& last = m_blocks[s.last];
        const int last_base = static_cast<int>(s.last) * block_bits;
        emptied += last.contig == block_bits;
        last.first_free = next(m_taken, last_base + block_bits, last_base + s.end, false) - last_base;
        std::size_t whole_end = s.last;
        if (s.end == block_bits) {
            ++whole_end;
        } else {
            if (s.end > last.scan_start) last.scan_hint = 0;
            last.left = 0;
            if (s.end > last.contig_start)
                refresh_block(s.last);
            else
                last.right = std::min(last.right, block_bits - s.end);
        }
        emptied += static_cast<int>(s.last - s.first - 1);
        for (std::size_t i = s.first + 1; i < whole_end; ++i)
            m_blocks[i].scan_hint = m_blocks[i].contig = m_blocks[i].left = m_blocks[i].right = 0;
    }
    m_empty_change -= emptied;
    if (overlap(m_chunk.scan_start, m_chunk.scan_start + m_chunk.scan_hint, at, at + size)) m_chunk.scan_hint = 0;
    if (overlap(m_chunk.contig_start, m_chunk.contig_start + m_chunk.contig, at, at + size)) refresh_chunk(false);
}

void ChunkMap::update_freed(int at, int size) {
    const Stretch s = stretch_of(at, size);
    RegionHints& first = m_blocks[s.first];
    RegionHints& last = m_blocks[s.last];
    const int base = static_cast<int>(s.first) * block_bits, last_base = static_cast<int>(s.last) * block_bits;
    const int start = free_from(at, base) - base;
    const int end = next(m_taken, last_base + block_bits, last_base + s.end, true) - last_base;
    const int first_end = s.first == s.last ? end : block_bits;
    int empty = start == 0 && first_end == block_bits;
    first.update(start, first_end);
    if (s.first != s.last) {
        empty += end == block_bits;
        last.update(0, end);
        empty += static_cast<int>(s.last - s.first - 1);
        for (std::size_t i = s.first + 1; i < s.last; ++i)
            m_blocks[i].reset(block_bits);
    }
    m_empty_change += empty;
    if (end - start >= block_bits || s.first != s.last)
        refresh_chunk(true);
    else
        m_chunk.update(base + start, base + end);
}

}  // namespace mm
