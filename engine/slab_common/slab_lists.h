// SPDX-License-Identifier: GPL-3.0-or-later
// A slab's own freelist, and lists of slabs: a node's partial and full ones. Private to slab_common, slab and slub.
#pragma once

#include "engine/slab_common/kmem_cache.h"
#include "engine/types/outcome.h"

namespace mm {

inline NodeSlabs& node_of(KmemCache& s, const Slab& slab) {
    return s.nodes[static_cast<std::size_t>(slab.nid)];
}

/// The first free object; mark: what stands in its link from now on. REQUIRES: no CPU has the slab, and there is one.
ObjectId pop_object(KmemCache& s, SlabId id, ObjectId mark);
/// The same, and somebody has it.
ObjectId take_object(KmemCache& s, SlabId id);
/// An object that was used becomes the first free one; true: until then there was none.
bool give_object(KmemCache& s, SlabId id, ObjectId object);

void list_add(KmemCache& s, SlabList& list, SlabId id, bool tail);
void list_del(KmemCache& s, SlabList& list, SlabId id);

/// add_partial(), remove_partial().
void add_partial(KmemCache& s, SlabId id, bool tail);
void remove_partial(KmemCache& s, SlabId id);
/// add_full(), remove_full(): only caches that track their users keep the list; elsewhere a full slab is on none.
void add_full(KmemCache& s, SlabId id);
void remove_full(KmemCache& s, SlabId id);

/// How many objects follow each other on a freelist from this one on; -1: it is broken.
int count_objects(const KmemCache& s, SlabId id, ObjectId first);
/// Slabs that are unused are kept for later, and no others: nothing, or what is wrong.
Broken check_spare(const KmemCache& s);
/// count_partial(n, count_free): free objects of the slabs on the list.
std::uint64_t count_free(const KmemCache& s, const SlabList& partial);

}  // namespace mm
