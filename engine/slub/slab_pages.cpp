// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/slub/slab_pages.h"

#include <fmt/format.h>

#include "engine/mmzone/page_change.h"
#include "engine/slub/slab_lists.h"

namespace mm {
namespace {

/// GFP_RECLAIM_MASK and GFP_CONSTRAINT_MASK: what of a request's flags reaches the page allocator.
constexpr Gfp passed_on = gfp::reclaim | gfp::high | gfp::io | gfp::fs | gfp::nowarn | gfp::retry_mayfail |
                          gfp::nofail | gfp::noretry | gfp::memalloc | gfp::nomemalloc | gfp::atomic | gfp::hardwall |
                          gfp::thisnode;

/// kmalloc_fix_flags(): zones that objects cannot be in.
void warn_of_flags(Gfp flags, const Tracer& trace) {
    const Gfp wrong = flags & (gfp::dma32 | gfp::highmem);
    if (!wrong || !trace) return;
    trace.printk(fmt::format("Unexpected gfp: {:#x} ({}). Fixing up to gfp: {:#x} ({}). Fix your code!", wrong,
                             gfp_text(wrong), flags & ~wrong, gfp_text(flags & ~wrong)));
}

/// The slab as wanted, for which no reclaim is done, or else the smallest that holds an object.
std::optional<Pfn> alloc_slab_pages(const SlabContext& c, KmemCache& s, const SlabRequest& request, SlabShape& shape,
                                    const Tracer& trace) {
    warn_of_flags(request.gfp, trace);
    const Gfp flags = (request.gfp & passed_on) | s.allocflags;
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

SlabId take_slab_id(KmemCache& s) {
    if (!s.spare.empty()) {
        const SlabId id = s.spare.back();
        s.spare.pop_back();
        return id;
    }
    s.slabs.emplace_back();
    s.links.resize(s.slabs.size() * s.layout.oo.objects, no_object);
    return static_cast<SlabId>(s.slabs.size() - 1);
}

/// The next object of the random sequence that lies in this (perhaps smaller) slab.
ObjectId next_random(const KmemCache& s, std::size_t& pos, unsigned objects) {
    ObjectId object = 0;
    do {
        object = s.random_seq[pos];
        pos = pos + 1 == s.random_seq.size() ? 0 : pos + 1;
    } while (object >= objects);
    return object;
}

/// Objects in order of address, or with shuffle_freelist() from anywhere in the cache's random sequence on.
void build_freelist(const SlabContext& c, KmemCache& s, SlabId id) {
    Slab& slab = s.slabs[id];
    ObjectId* links = s.links_of(id);
    const unsigned objects = slab.objects;
    if (objects < 2 || s.random_seq.empty()) {
        for (unsigned i = 0; i < objects; ++i)
            links[i] = i + 1 == objects ? no_object : static_cast<ObjectId>(i + 1);
        slab.freelist = 0;
        return;
    }
    std::size_t pos = c.state.rng.below(s.random_seq.size());
    ObjectId object = slab.freelist = next_random(s, pos, objects);
    for (unsigned i = 1; i < objects; ++i) {
        const ObjectId next = next_random(s, pos, objects);
        links[object] = next;
        object = next;
    }
    links[object] = no_object;
}

Event slab_event(EventKind kind, const SlabContext& c, const Slab& slab) {
    const Zone* zone = c.zones.zone_of(slab.pfn);
    Event e{.kind = kind, .nid = slab.nid};
    if (zone) e.zone = static_cast<std::uint8_t>(zone->type);
    e.order = slab.order;
    e.touched = phys_of(PfnRange{slab.pfn, slab.pfn + (Pfn{1} << slab.order)});
    e.a = slab.objects;
    return e;
}

}  // namespace

std::optional<Pfn> alloc_pages_for(const SlabContext& c, const SlabRequest& request, Gfp flags, Order order,
                                   const Tracer& trace) {
    if (c.faults && c.faults->pages && c.faults->pages()) return std::nullopt;
    return c.allocator.alloc_pages({flags, order, node_near(c, request), request.cpu}, trace);
}

SlabId allocate_slab(const SlabContext& c, CacheId cache, const SlabRequest& request, const Tracer& trace) {
    SlabShape shape;
    KmemCache& s = c.state.caches[cache].edit();
    const auto pfn = alloc_slab_pages(c, s, request, shape, trace);
    if (!pfn) return no_slab;
    const SlabId id = take_slab_id(s);
    Slab& slab = s.slabs[id];
    slab = {};
    slab.pfn = *pfn;
    slab.order = static_cast<std::uint8_t>(shape.order);
    slab.objects = static_cast<std::uint16_t>(shape.objects);
    slab.nid = static_cast<std::int16_t>(c.zones.zone_of(*pfn)->nid);
    slab.place = SlabPlace::unlisted;
    c.pages.set_flags(*pfn, bit(PageFlag::slab));
    c.pages.set_link(*pfn, {id, cache});
    build_freelist(c, s, id);
    s.count(SlabStat::alloc_slab);
    NodeSlabs& n = node_of(s, slab);  // inc_slabs_node()
    ++n.nr_slabs;
    n.total_objects += slab.objects;
    return id;
}

void tell_new_slab(const SlabContext& c, const KmemCache& s, SlabId id, const Tracer& trace) {
    if (!trace) return;
    const Slab& slab = s.slabs[id];
    const std::uint32_t flags = c.pages.flags(slab.pfn);
    tell_page_change(trace, EventKind::page_flags, slab.pfn, flags & ~bit(PageFlag::slab), flags);
    trace.event(slab_event(EventKind::allocate_slab, c, slab), s.name);
}

void discard_slab(const SlabContext& c, KmemCache& s, SlabId id, unsigned cpu, const Tracer& trace) {
    const Slab slab = s.slabs[id];
    NodeSlabs& n = node_of(s, slab);
    --n.nr_slabs;
    n.total_objects -= slab.objects;
    s.slabs[id] = {};
    s.spare.push_back(id);
    s.count(SlabStat::free_slab);
    c.pages.clear_flags(slab.pfn, bit(PageFlag::slab));
    c.pages.set_link(slab.pfn, {});
    if (trace) {
        trace.event(slab_event(EventKind::discard_slab, c, slab), s.name);
        const std::uint32_t flags = c.pages.flags(slab.pfn);
        tell_page_change(trace, EventKind::page_flags, slab.pfn, flags | bit(PageFlag::slab), flags);
    }
    (void)c.allocator.free_pages(slab.pfn, slab.order, trace, cpu);
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
