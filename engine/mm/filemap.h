// SPDX-License-Identifier: GPL-3.0-or-later
// The page cache: files' pages in memory, read before they are asked for, written later, dropped when memory is wanted
// elsewhere.
//
//      file   0 . . . . . . . . 8 . . . . . . . 16 ...      read 0: pages 0..3 are read, 1 carries PG_readahead
//      cache [p][R][p][p]                                   read 1: pages 4..11 are read before they are wanted
//
// Follows mm/filemap.c, mm/readahead.c, mm/page-writeback.c, mm/truncate.c, mm/workingset.c, Linux 6.1. Pages are of
// order 0, as ext4 has them; reading and writing take no time, so a page is locked or under write-back between two
// events only.
#pragma once

#include "engine/mm/mm_context.h"

namespace mm {

/// PG_readahead: a look at this page has the next ones read. It is PG_reclaim.
inline constexpr std::uint32_t pg_readahead = bit(PageFlag::reclaim);

/// Pages of a request to a file.
struct PageSpan {
    std::uint64_t first = 0, end = 0;
};

/// What left a file's tree.
struct Invalidated {
    NrPages pages = 0, shadows = 0;
};

class Filemap {
public:
    explicit Filemap(const MmContext& context) : m_c(context) {}

    /// The file is known from here on, its name and inode are in memory. fscache: see fscache.h. Nothing: no memory for
    /// them. Who does something with a file holds it (HeldFile of inode_cache.h).
    std::optional<FileId> open(std::string path, Bytes size, bool fscache = false) const;

    /// filemap_read(). False: a page could not be had.
    bool read(FileId id, PageSpan span) const;
    /// generic_perform_write(): pages are made and dirty; the file grows.
    bool write(FileId id, PageSpan span) const;
    /// filemap_fault(): the page at the index, read with those around it if it has to be; no_pfn: no memory.
    /// major: it was not there.
    Pfn fault(FileId id, std::uint64_t index, bool& major) const;
    Pfn find(FileId id, std::uint64_t index) const;
    /// filemap_fdatawrite(): dirty pages are written, all or so many. Pages written.
    NrPages write_back(FileId id, NrPages most = ~NrPages{0}) const;
    /// invalidate_mapping_pages(): clean pages that nobody maps go, and all shadows.
    Invalidated invalidate(FileId id) const;
    /// mapping_evict_folio(): the page goes if it is clean and nobody maps it or has it but who calls this. False: it
    /// stays. held: the caller's references.
    bool evict_page(Pfn p, std::int32_t held = 0) const;
    /// truncate_inode_page(): the page goes, dirty or not. REQUIRES: nobody maps it; the caller holds it.
    void truncate(Pfn p) const;
    /// __remove_mapping(): the page leaves the cache, its slot keeps a shadow if one is given. The cache's reference
    /// ends.
    void remove(Pfn p, std::uint64_t shadow = 0) const;
    /// filemap_add_folio(): false: no memory for the tree. Counts a refault where a shadow was.
    bool add(FileId id, std::uint64_t index, Pfn p) const;

private:
    /// Pages from start on; whoever asked waits for one of them, or for none.
    struct ReadRange {
        std::uint64_t start = 0;
        unsigned count = 0, lookahead = 0;
        std::optional<std::uint64_t> waited = {};
    };
    void readahead(FileId id, std::uint64_t index, std::uint64_t wanted, bool async) const;
    unsigned read_pages(FileId id, ReadRange range) const;
    void replace_slot(FileId id, std::uint64_t index, PageSlot slot) const;
    Pfn new_page(FileId id, std::uint64_t index, Gfp gfp) const;
    Pfn read_page(FileId id, std::uint64_t index) const;
    void end_read(Pfn p, std::uint32_t also, bool waited) const;
    bool write_begin(FileId id, std::uint64_t index, Pfn& p) const;
    void write_page(Pfn p, bool waited) const;

    const MmContext& m_c;
};

}  // namespace mm
