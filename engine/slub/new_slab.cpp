// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/slub/new_slab.h"

#include <fmt/format.h>

#include "engine/slab_common/slab_lists.h"

namespace mm {
namespace {

/// The slab as wanted, for which no reclaim is done, or else the smallest that holds an object.
std::optional<Pfn> alloc_slab_pages(const SlabContext& c, KmemCache& s, const SlabRequest& request, SlabShape& shape,
                                    const Tracer& trace) {
    const Gfp flags = slab_gfp(request.gfp, trace) | s.allocflags;
    Gfp first = (flags | gfp::nowarn | gfp::noretry) & ~gfp::nofail;
    shape = s.layout.oo;
    if ((first & gfp::direct_reclaim) && shape.order > s.layout.min.order)
        first = (first | gfp::nomemalloc) & ~gfp::reclaim;
    if (const auto pfn = alloc_pages_for(c, request, first, shape.order, trace)) return pfn;
    shape = s.layout.min;
    const auto pfn = alloc_pages_for(c, request, flags, shape.order, trace);
    if (pfn) s.count(SlabStat::order_fallback);
    return pfn;
}

}  // namespace

SlabId allocate_slab(const SlabContext& c, CacheId cache, const SlabRequest& request, const Tracer& trace) {
    SlabShape shape;
    KmemCache& s = c.state.caches[cache].edit();
    const auto pfn = alloc_slab_pages(c, s, request, shape, trace);
    if (!pfn) return no_slab;
    const SlabId id = open_slab(c, cache, *pfn, shape);
    link_freelist(s, id, object_order(c, s, shape.objects));
    s.count(SlabStat::alloc_slab);
    return id;
}

void slab_out_of_memory(const KmemCache& s, const SlabRequest& request, const Tracer& trace) {
    if (!trace || (request.gfp & gfp::nowarn)) return;
    const ObjectLayout& l = s.layout;
    trace.printk(fmt::format("SLUB: Unable to allocate memory on node {}, gfp={:#x}({})", request.nid, request.gfp,
                             gfp_text(request.gfp)));
    trace.printk(fmt::format("  cache: {}, object size: {}, buffer size: {}, default order: {}, min order: {}", s.name,
                             l.object_size, l.size, l.oo.order, l.min.order));
    if (l.min.order > get_order(l.object_size))
        trace.printk(fmt::format("  {} debugging increased min order, use slub_debug=O to disable.", s.name));
    for (std::size_t nid = 0; nid < s.nodes.size(); ++nid) {
        const NodeSlabs& n = s.nodes[nid];
        if (!n.present) continue;
        trace.printk(fmt::format("  node {}: slabs: {}, objs: {}, free: {}", nid, n.nr_slabs, n.total_objects,
                                 count_free(s, n.partial)));
    }
}

}  // namespace mm
