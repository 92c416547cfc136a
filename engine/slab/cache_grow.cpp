// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/slab/cache_grow.h"

#include <algorithm>
#include <numeric>

#include "engine/slab/array_objects.h"
#include "engine/slab/node_slabs.h"
#include "engine/slab_common/slab_lists.h"
#include "engine/slab_common/slab_pages.h"

namespace mm {
namespace {

constexpr Gfp constraint_mask = gfp::hardwall | gfp::thisnode;  // GFP_CONSTRAINT_MASK

/// The colour of the next slab of the node.
std::uint16_t next_colour(const KmemCache& s, NodeArrays& n) {
    if (++n.colour_next >= s.layout.slab.colour) n.colour_next = 0;
    return static_cast<std::uint16_t>(n.colour_next);
}

/// Before a cache has its random sequence, each slab is shuffled by itself; what is last holds the list.
std::vector<ObjectId> shuffled_early(const SlabContext& c, unsigned objects, FreelistPlace place) {
    std::vector<ObjectId> order(objects);
    std::iota(order.begin(), order.end(), ObjectId{0});
    if (!c.profile.slub.random_freelists || objects < 2) return order;
    std::vector<ObjectId> last;
    if (place == FreelistPlace::in_object) {
        last.push_back(order.back());
        order.pop_back();
    }
    shuffle(order, c.state.rng);
    order.insert(order.end(), last.begin(), last.end());
    return order;
}

void init_objects(const SlabContext& c, KmemCache& s, SlabId slab) {
    const FreelistPlace place = s.layout.slab.freelist;
    std::vector<ObjectId> order;
    if (s.random_seq.empty()) {
        order = shuffled_early(c, s.layout.oo.objects, place);
    } else {
        order = object_order(c, s, s.layout.oo.objects);
        // The first of the sequence holds the list and is handed out last.
        if (place == FreelistPlace::in_object) std::rotate(order.begin(), order.begin() + 1, order.end());
    }
    link_freelist(s, slab, order);
    const PhysAddr end = phys_of(s.slabs[slab].pfn) + (page_size << s.layout.oo.order);
    if (place == FreelistPlace::in_object) s.arrays.freelist_at[slab] = s.address_of(slab, order.back());
    if (place == FreelistPlace::on_slab) s.arrays.freelist_at[slab] = end - s.layout.slab.freelist_size;
}

}  // namespace

Gfp gfp_exact_node(Gfp flags, const KernelProfile& profile) {
    return (profile.numa ? flags | gfp::thisnode | gfp::nowarn : flags) & ~gfp::nofail;
}

SlabId cache_grow_begin(const SlabContext& c, CacheId id, const SlabRequest& request, const Tracer& trace) {
    const Gfp local = slab_gfp(request.gfp, trace);
    const SlabShape shape = c.state.cache(id).layout.oo;
    const auto pfn = alloc_pages_for(c, request, local | c.state.cache(id).allocflags, shape.order, trace);
    if (!pfn) return no_slab;
    const SlabId slab = open_slab(c, id, *pfn, shape);
    KmemCache& s = c.state.caches[id].edit();
    s.arrays.freelist_at.resize(s.slabs.size());
    NodeArrays& n = node_of(s, s.slabs[slab]).arrays;
    s.slabs[slab].colour = next_colour(s, n);
    init_objects(c, s, slab);
    if (s.layout.slab.freelist != FreelistPlace::off_slab) return slab;
    const auto list = array_kmalloc(c, s.layout.slab.freelist_size,
                                    {local & ~constraint_mask, s.slabs[slab].nid, request.cpu}, trace);
    if (list) {
        s.arrays.freelist_at[slab] = *list;
        return slab;
    }
    discard_slab(c, s, slab, request.cpu, trace);
    return no_slab;
}

void cache_grow_end(const SlabContext& c, CacheId id, SlabId slab, const Tracer& trace) {
    if (slab == no_slab) return;
    NodeLists lists(c, id, trace);
    KmemCache& s = c.state.caches[id].edit();
    const Slab& grown = s.slabs[slab];
    if (grown.inuse == 0)
        lists.add_free(slab, true);
    else
        lists.fixup(slab);
    s.count(SlabStat::grown);
    lists.arrays(grown.nid).free_objects += static_cast<std::uint64_t>(grown.objects - grown.inuse);
    tell_new_slab(c, s, slab, trace);
}

}  // namespace mm
