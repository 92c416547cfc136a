// SPDX-License-Identifier: GPL-3.0-or-later
// Which pages of a file are read before they are asked for.
//
//      window   [start ............ size)      a read of the page marked PG_readahead, async_size before the end,
//                       R                      has the next window read
//
// Follows mm/readahead.c and do_sync_mmap_readahead() of mm/filemap.c, Linux 6.1. A device that takes no more than
// 128 KiB at a time (io_pages) is assumed.
#include <algorithm>
#include <bit>

#include "engine/mm/filemap.h"

namespace mm {
namespace {

constexpr unsigned ra_pages = 32;  // VM_READAHEAD_PAGES

unsigned initial_size(std::uint64_t wanted) {
    const auto size = static_cast<unsigned>(std::bit_ceil(std::min<std::uint64_t>(wanted, ra_pages)));
    if (size <= ra_pages / 32) return size * 4;
    return size <= ra_pages / 4 ? size * 2 : ra_pages;
}
unsigned next_size(unsigned size) {
    if (size < ra_pages / 16) return 4 * size;
    return size <= ra_pages / 2 ? 2 * size : ra_pages;
}

/// page_cache_next_miss() and page_cache_prev_miss(): the nearest hole within so many pages.
std::uint64_t next_miss(const File& file, std::uint64_t index) {
    for (unsigned i = 0; i < ra_pages; ++i, ++index)
        if (!file.slot(index).is_page()) return index;
    return index;
}
std::uint64_t history_before(const File& file, std::uint64_t index) {
    std::uint64_t pages = 0;
    while (pages < ra_pages && pages < index && file.slot(index - 1 - pages).is_page())
        ++pages;
    return pages;
}

}  // namespace

/// page_cache_ra_unbounded(): pages of the range that are not there are made and read. Pages made.
unsigned Filemap::read_pages(FileId id, ReadRange range) const {
    const std::uint64_t end = m_c.state.file(id).end();
    if (range.start >= end) return 0;
    const auto count = static_cast<unsigned>(std::min<std::uint64_t>(range.count, end - range.start));
    unsigned made = 0;
    for (unsigned i = 0; i < count; ++i) {
        const std::uint64_t index = range.start + i;
        if (find(id, index) != no_pfn) continue;
        const Pfn p = new_page(id, index, gfp::GFP_HIGHUSER_MOVABLE | gfp::noretry | gfp::nowarn);
        if (p == no_pfn) break;
        end_read(p, i + range.lookahead == count ? pg_readahead : 0, index == range.waited);
        ++made;
    }
    m_c.state.events.pgpgin_kib += made * (page_size / KiB);
    return made;
}

/// ondemand_readahead(). async: the page at the index is there and carries the mark.
void Filemap::readahead(FileId id, std::uint64_t index, std::uint64_t wanted, bool async) const {
    const File& file = m_c.state.file(id);
    ReadAhead ra = file.ra;
    const auto wanted_now = static_cast<unsigned>(std::min<std::uint64_t>(wanted, ra_pages));
    if (index != 0 && (index == ra.start + ra.size - ra.async_size || index == ra.start + ra.size)) {
        ra.start += ra.size;
        ra.size = std::max(ra.size, next_size(ra.size));
        ra.async_size = ra.size;
    } else if (index != 0 && async) {
        const std::uint64_t start = next_miss(file, index + 1);
        if (start - index > ra_pages) return;
        ra.start = start;
        ra.size = next_size(static_cast<unsigned>(start - index) + wanted_now);
        ra.async_size = ra.size;
    } else if (index == 0 || wanted > ra_pages || index - ra.prev <= 1) {
        ra.start = index;
        ra.size = initial_size(wanted);
        ra.async_size = ra.size > wanted ? ra.size - wanted_now : ra.size;
    } else if (const std::uint64_t history = history_before(file, index); history > wanted) {
        ra.start = index;  // try_context_readahead(): somebody reads here in sequence
        ra.size =
            static_cast<unsigned>(std::min<std::uint64_t>((history >= index ? 2 : 1) * history + wanted, ra_pages));
        ra.async_size = 1;
    } else {
        read_pages(id, {index, wanted_now, 0, index});
        return;
    }
    if (index == ra.start && ra.size == ra.async_size) {  // it would meet its own mark at once
        const unsigned more = next_size(ra.size);
        ra.async_size = ra.size + more <= ra_pages ? more : ra_pages / 2;
        ra.size = std::min(ra.size + more, ra_pages);
    }
    m_c.file(id).ra = ra;
    read_pages(id, {ra.start, ra.size, ra.async_size, async ? std::nullopt : std::optional(index)});
}

Pfn Filemap::fault(FileId id, std::uint64_t index, bool& major) const {
    Pfn p = find(id, index);
    if (p != no_pfn) {
        if (m_c.columns().flags(p) & pg_readahead) {
            m_c.clear_flags(p, pg_readahead);
            readahead(id, index, ra_pages, true);
        }
        return find(id, index);
    }
    major = true;
    ReadAhead& ra = m_c.file(id).ra;  // read-around
    ra.start = index - std::min<std::uint64_t>(index, ra_pages / 2);
    ra.size = ra_pages;
    ra.async_size = ra_pages / 4;
    read_pages(id, {ra.start, ra.size, ra.async_size, index});
    p = find(id, index);
    return p != no_pfn ? p : read_page(id, index);
}

}  // namespace mm
