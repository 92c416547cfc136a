// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/slub/slab_lists.h"

namespace mm {

ObjectId take_object(KmemCache& s, SlabId id) {
    Slab& slab = s.slabs[id];
    const ObjectId first = slab.freelist;
    ObjectId& link = s.links_of(id)[first];
    slab.freelist = link;
    link = used_object;
    ++slab.inuse;
    ++s.live;
    return first;
}

bool give_object(KmemCache& s, SlabId id, ObjectId object) {
    Slab& slab = s.slabs[id];
    const bool was_full = slab.freelist == no_object;
    s.links_of(id)[object] = slab.freelist;
    slab.freelist = object;
    --slab.inuse;
    return was_full;
}

void list_add(KmemCache& s, SlabList& list, SlabId id, bool tail) {
    Slab& slab = s.slabs[id];
    slab.prev = tail ? list.last : no_slab;
    slab.next = tail ? no_slab : list.first;
    (slab.prev == no_slab ? list.first : s.slabs[slab.prev].next) = id;
    (slab.next == no_slab ? list.last : s.slabs[slab.next].prev) = id;
    ++list.slabs;
}

void list_del(KmemCache& s, SlabList& list, SlabId id) {
    Slab& slab = s.slabs[id];
    (slab.prev == no_slab ? list.first : s.slabs[slab.prev].next) = slab.next;
    (slab.next == no_slab ? list.last : s.slabs[slab.next].prev) = slab.prev;
    slab.next = slab.prev = no_slab;
    --list.slabs;
}

void add_partial(KmemCache& s, SlabId id, bool tail) {
    list_add(s, node_of(s, s.slabs[id]).partial, id, tail);
    s.slabs[id].place = SlabPlace::partial;
}

void remove_partial(KmemCache& s, SlabId id) {
    list_del(s, node_of(s, s.slabs[id]).partial, id);
    s.slabs[id].place = SlabPlace::unlisted;
}

void add_full(KmemCache& s, SlabId id) {
    s.slabs[id].place = SlabPlace::unlisted;
    if (!(s.layout.flags & slab::store_user)) return;
    list_add(s, node_of(s, s.slabs[id]).full, id, false);
    s.slabs[id].place = SlabPlace::full;
}

void remove_full(KmemCache& s, SlabId id) {
    if (s.slabs[id].place == SlabPlace::full) list_del(s, node_of(s, s.slabs[id]).full, id);
    s.slabs[id].place = SlabPlace::unlisted;
}

std::uint64_t count_free(const KmemCache& s, const SlabList& partial) {
    std::uint64_t free = 0;
    for (SlabId id = partial.first; id != no_slab; id = s.slabs[id].next)
        free += static_cast<std::uint64_t>(s.slabs[id].objects - s.slabs[id].inuse);
    return free;
}

}  // namespace mm
