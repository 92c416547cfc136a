// SPDX-License-Identifier: GPL-3.0-or-later
// Files of a network file system with a cache on the local disk. What the server sent is written to the cache while the
// page is in use already: meanwhile it carries PG_private_2 and a reference, and nobody drops it. Such pages have no
// buffers.
//
//      server ─► page, unlocked, PG_fscache ─► local cache ─► PG_fscache gone       read again: from the local cache
//
// Follows include/linux/netfs.h (folio_start_fscache, folio_end_fscache), fs/netfs/io.c and ceph's use of it,
// Linux 6.1.
#pragma once

#include "engine/mm/mm_context.h"

namespace mm {

inline constexpr std::uint32_t pg_fscache = bit(PageFlag::private_2);

/// The page is of such a file.
bool has_fscache(const MmContext& context, Pfn p);
/// The local cache does not have the page as it is: it was read from the server, or is being written.
bool must_be_cached(const MmContext& context, Pfn p);
void start_fscache(const MmContext& context, Pfn p);
/// The local cache has it.
void end_fscache(const MmContext& context, Pfn p);

}  // namespace mm
