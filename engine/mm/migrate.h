// SPDX-License-Identifier: GPL-3.0-or-later
// A page of a process or a file goes to another frame, and all that named the old one name the new one.
//
//      PTEs, page cache, swap cache, LRU ──► 0x1a2b         ──►        0x7f00
//
// Follows mm/migrate.c (folio_migrate_mapping, remove_migration_ptes), Linux 6.1.
#pragma once

#include "engine/mm/rmap.h"

namespace mm {

/// folio_expected_refs(): one an entry, one a cache; nothing: no process and no file has it. A page that is on no LRU
/// list, or held by somebody else, has others and stays.
std::optional<std::int32_t> expected_references(const MmState& state, const PageColumns& pages, Pfn p);
/// migrate_folio(). REQUIRES: to is allocated, with one reference and no flags; nothing but what is expected holds
/// from.
void migrate_page(const MmContext& context, PageMove move);

}  // namespace mm
