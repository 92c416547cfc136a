// SPDX-License-Identifier: GPL-3.0-or-later
// What a file system knows of a page's blocks on the disk: a buffer_head hangs on a page that was written to, one for
// its 4 KiB. It counts as a reference and keeps the page from being dropped until it is freed itself.
//
//      page  PG_private, private ──► buffer_head (an object of its cache)       _refcount: cache 1 + buffers 1
//
// Follows fs/buffer.c (folio_create_empty_buffers, try_to_free_buffers) and ext4's use of it, Linux 6.1: pages that
// were only read have none (ext4_mpage_readpages()).
#pragma once

#include "engine/mm/mm_context.h"

namespace mm {

inline constexpr std::uint32_t pg_private = bit(PageFlag::private_);

/// create_empty_buffers(), unless it has them or is of a file without blocks on a disk here. False: no memory.
/// REQUIRES: the caller holds the page.
bool create_empty_buffers(const MmContext& context, Pfn p);
/// try_to_free_buffers(): of a page that is clean. Nothing if it has none.
void try_to_free_buffers(const MmContext& context, Pfn p);

/// folio_has_private(): as many references are the buffers'.
inline std::int32_t private_references(const PageColumns& pages, Pfn p) {
    return pages.flags(p) & pg_private ? 1 : 0;
}

}  // namespace mm
