// SPDX-License-Identifier: GPL-3.0-or-later
// ChunkMap: search, taking and freeing. Hints: chunk_hints.cpp.
#include "engine/percpu/chunk_map.h"

#include <fmt/format.h>

#include <algorithm>

namespace mm {
namespace {

int align_to(int x, int align) {
    return (x + align - 1) / align * align;
}
std::size_t block_of(int bit) {
    return static_cast<std::size_t>(bit / ChunkMap::block_bits);
}
int start_of(std::size_t block) {
    return static_cast<int>(block) * ChunkMap::block_bits;
}

}  // namespace

ChunkMap::ChunkMap(unsigned pages)
    : m_taken(std::size_t{pages} * block_bits), m_bounds(std::size_t{pages} * block_bits + 1), m_blocks(pages) {
    for (RegionHints& b : m_blocks)
        b.reset(block_bits);
    m_chunk.reset(bits());
    m_free = bits();
}

bool ChunkMap::begins(int bit) const {
    return bit >= 0 && bit < bits() && taken(bit) && m_bounds[static_cast<std::size_t>(bit)];
}

int ChunkMap::end_of(int bit) const {
    return next(m_bounds, bits(), bit + 1, true);
}

/// find_next_bit(), find_next_zero_bit().
int ChunkMap::next(const Bits& map, int end, int from, bool value) const {
    const auto begin = map.begin();
    return from >= end ? end : static_cast<int>(std::find(begin + from, begin + end, value) - begin);
}

void ChunkMap::hide(int at_start, int at_end) {
    const auto take = [this](int from, int to) {
        std::fill(m_taken.begin() + from, m_taken.begin() + to, true);
        m_bounds[static_cast<std::size_t>(from)] = m_bounds[static_cast<std::size_t>(to)] = true;
        m_free -= to - from;
    };
    if (at_start) {
        take(0, at_start);
        m_chunk.first_free = at_start;
        update_taken(0, at_start);
    }
    if (at_end) {
        take(bits() - at_end, bits());
        update_taken(bits() - at_end, at_end);
    }
}

/// pcpu_next_fit_region(): the next place that may have room, and how much is to be looked at there.
void ChunkMap::next_fit_region(int wanted, int align, int& at, int& size) const {
    int in_block = at % block_bits;
    size = 0;
    for (std::size_t i = block_of(at); i < m_blocks.size(); ++i) {
        const RegionHints& b = m_blocks[i];
        if (size) {
            size += b.left;
            if (size >= wanted) return;
            if (b.left == block_bits) continue;
        }
        size = align_to(b.contig_start, align) - b.contig_start;
        if (b.contig && b.contig_start >= in_block && b.contig >= size + wanted) {
            const int start = b.next_hint(wanted);
            size += wanted + b.contig_start - start;
            at = start_of(i) + start;
            return;
        }
        in_block = 0;
        const int tail = align_to(block_bits - b.right, align);
        size = block_bits - tail;
        at = start_of(i) + tail;
        if (size >= wanted) return;
    }
    at = bits();
}

std::optional<int> ChunkMap::find_fit(int wanted, int align, const Usable& usable) const {
    if (!m_chunk.may_fit(wanted, align)) return std::nullopt;
    int at = m_chunk.next_hint(wanted), size = 0;
    for (next_fit_region(wanted, align, at, size); at < bits(); next_fit_region(wanted, align, at, size)) {
        const auto beyond = usable(at, size);
        if (!beyond) return at;
        at = *beyond;
    }
    return std::nullopt;
}

std::optional<int> ChunkMap::alloc(int wanted, int align, int from) {
    const int end = std::min(from + wanted + block_bits, bits());
    int passed = 0, passed_size = 0;
    int at = from;
    for (;;) {
        at = align_to(next(m_taken, end, at, false), align);
        if (at + wanted > end || at >= end) return std::nullopt;
        const int stop = next(m_taken, at + wanted, at, true);
        if (stop == at + wanted) break;
        // Of what is too small the largest is remembered, the better aligned of equal ones.
        const int size = stop - at;
        const bool better = passed && (!at || std::countr_zero(unsigned(at)) > std::countr_zero(unsigned(passed)));
        if (size > passed_size || (size == passed_size && better)) passed = at, passed_size = size;
        at = stop + 1;
    }
    if (passed_size) remember_passed(passed, passed_size);
    std::fill(m_taken.begin() + at, m_taken.begin() + at + wanted, true);
    std::fill(m_bounds.begin() + at, m_bounds.begin() + at + wanted, false);
    m_bounds[static_cast<std::size_t>(at)] = m_bounds[static_cast<std::size_t>(at + wanted)] = true;
    m_free -= wanted;
    if (at == m_chunk.first_free) m_chunk.first_free = next(m_taken, bits(), at + wanted, false);
    update_taken(at, wanted);
    return at;
}

int ChunkMap::free(int at) {
    const int size = end_of(at) - at;
    std::fill(m_taken.begin() + at, m_taken.begin() + at + size, false);
    m_free += size;
    m_chunk.first_free = std::min(m_chunk.first_free, at);
    update_freed(at, size);
    return size;
}

Broken ChunkMap::check() const {
    int free = 0, largest = 0, run = 0;
    for (std::size_t i = 0; i < m_blocks.size(); ++i) {
        const RegionHints& b = m_blocks[i];
        int most = 0, here = 0, first = block_bits, left = -1;
        for (int k = 0; k < block_bits; ++k) {
            const bool is_taken = taken(start_of(i) + k);
            here = is_taken ? 0 : here + 1;
            run = is_taken ? 0 : run + 1;
            free += !is_taken;
            most = std::max(most, here);
            largest = std::max(largest, run);
            if (!is_taken && first == block_bits) first = k;
            if (is_taken && left < 0) left = k;
        }
        if (b.contig > most || (b.contig == block_bits) != (most == block_bits))
            return fmt::format("page {} has a free region of {}, not of {}", i, most, b.contig);
        if (b.left > (left < 0 ? block_bits : left) || b.right > here)
            return fmt::format("page {}: its free ends are {} and {}, not {} and {}", i, left, here, b.left, b.right);
        if (most != 0 && b.first_free > first) return fmt::format("page {}: its first free bit is {}", i, first);
    }
    if (free != m_free) return fmt::format("{} bits are free, {} are counted", free, m_free);
    if (m_chunk.contig > largest)
        return fmt::format("the largest free region has {} bits, the hint says {}", largest, m_chunk.contig);
    return std::nullopt;
}

}  // namespace mm
