// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/slab_common/slab_lists.h"

#include <fmt/format.h>

#include <algorithm>

namespace mm {

ObjectId pop_object(KmemCache& s, SlabId id, ObjectId mark) {
    Slab& slab = s.slabs[id];
    const ObjectId first = slab.freelist;
    ObjectId& link = s.links_of(id)[first];
    slab.freelist = link;
    link = mark;
    ++slab.inuse;
    return first;
}

ObjectId take_object(KmemCache& s, SlabId id) {
    ++s.live;
    return pop_object(s, id, used_object);
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

int count_objects(const KmemCache& s, SlabId id, ObjectId first) {
    const ObjectId* links = s.links_of(id);
    const int objects = s.slabs[id].objects;
    int n = 0;
    for (ObjectId o = first; o != no_object; o = links[o])
        if (o >= objects || ++n > objects) return -1;
    return n;
}

Broken check_spare(const KmemCache& s) {
    const auto unused =
        std::count_if(s.slabs.begin(), s.slabs.end(), [](const Slab& slab) { return slab.place == SlabPlace::unused; });
    if (static_cast<std::size_t>(unused) == s.spare.size()) return std::nullopt;
    return fmt::format("{}: {} slabs are unused, {} are kept", s.name, unused, s.spare.size());
}

std::uint64_t count_free(const KmemCache& s, const SlabList& partial) {
    std::uint64_t free = 0;
    for (SlabId id = partial.first; id != no_slab; id = s.slabs[id].next)
        free += static_cast<std::uint64_t>(s.slabs[id].objects - s.slabs[id].inuse);
    return free;
}

}  // namespace mm
