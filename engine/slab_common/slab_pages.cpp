// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/slab_common/slab_pages.h"

#include <fmt/format.h>

#include <numeric>

#include "engine/mmzone/page_change.h"
#include "engine/slab_common/slab_lists.h"

namespace mm {
namespace {

/// GFP_RECLAIM_MASK and GFP_CONSTRAINT_MASK.
constexpr Gfp passed_on = gfp::reclaim | gfp::high | gfp::io | gfp::fs | gfp::nowarn | gfp::retry_mayfail |
                          gfp::nofail | gfp::noretry | gfp::memalloc | gfp::nomemalloc | gfp::atomic | gfp::hardwall |
                          gfp::thisnode;

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

Event slab_event(EventKind kind, const SlabContext& c, const Slab& slab) {
    const Zone* zone = c.zones.zone_of(slab.pfn);
    Event e{.kind = kind, .nid = slab.nid};
    if (zone) e.zone = static_cast<std::uint8_t>(zone->type);
    e.order = slab.order;
    e.touched = phys_of(PfnRange{slab.pfn, slab.pfn + (Pfn{1} << slab.order)});
    e.a = slab.objects;
    return e;
}

bool is_array_design(const SlabContext& c) {
    return c.state.design == SlabDesign::slab;
}

}  // namespace

FoundObject find_object(const SlabState& state, const PageColumns& pages, PhysAddr object) {
    const Pfn pfn = pfn_down(object);
    if (pfn >= pages.end_pfn()) return {};
    const Pfn head = pages.head(pfn) != 0 ? pfn : pages.link(pfn).next;
    if (head > pfn || !(pages.flags(head) & bit(PageFlag::slab))) return {};
    const PageLink link = pages.link(head);
    FoundObject found{{link.prev, link.next, no_object}, false};
    const KmemCache& s = state.cache(link.prev);
    const auto offset = static_cast<std::uint32_t>(object - s.address_of(link.next, 0));
    const auto size = static_cast<std::uint32_t>(s.layout.size);
    const std::uint32_t index = offset / size;
    if (index * size != offset || index >= s.slabs[link.next].objects) return found;
    found.place.object = static_cast<ObjectId>(index);
    found.used = s.links_of(link.next)[index] == used_object;
    return found;
}

Gfp slab_gfp(Gfp flags, const Tracer& trace) {
    if (const Gfp wrong = flags & (gfp::dma32 | gfp::highmem); wrong && trace)
        trace.printk(fmt::format("Unexpected gfp: {:#x} ({}). Fixing up to gfp: {:#x} ({}). Fix your code!", wrong,
                                 gfp_text(wrong), flags & ~wrong, gfp_text(flags & ~wrong)));
    return flags & passed_on;
}

std::optional<Pfn> alloc_pages_for(const SlabContext& c, const SlabRequest& request, Gfp flags, Order order,
                                   const Tracer& trace) {
    if (c.faults && c.faults->pages && c.faults->pages()) return std::nullopt;
    return c.allocator.alloc_pages({flags, order, node_near(c, request), request.cpu}, trace);
}

SlabId open_slab(const SlabContext& c, CacheId cache, Pfn pfn, SlabShape shape) {
    KmemCache& s = c.state.caches[cache].edit();
    const SlabId id = take_slab_id(s);
    Slab& slab = s.slabs[id];
    slab = {};
    slab.pfn = pfn;
    slab.order = static_cast<std::uint8_t>(shape.order);
    slab.objects = static_cast<std::uint16_t>(shape.objects);
    slab.nid = static_cast<std::int16_t>(c.zones.zone_of(pfn)->nid);
    slab.place = SlabPlace::unlisted;
    c.pages.set_flags(pfn, bit(PageFlag::slab));
    c.pages.set_link(pfn, {id, cache});
    NodeSlabs& n = node_of(s, slab);  // inc_slabs_node()
    ++n.nr_slabs;
    n.total_objects += slab.objects;
    return id;
}

std::vector<ObjectId> object_order(const SlabContext& c, const KmemCache& s, unsigned objects) {
    std::vector<ObjectId> order(objects);
    if (objects < 2 || s.random_seq.empty()) {
        std::iota(order.begin(), order.end(), ObjectId{0});
        return order;
    }
    std::size_t pos = c.state.rng.below(s.random_seq.size());
    for (ObjectId& object : order)
        object = next_random(s, pos, objects);
    return order;
}

void link_freelist(KmemCache& s, SlabId id, const std::vector<ObjectId>& order) {
    ObjectId* links = s.links_of(id);
    ObjectId next = no_object;
    for (std::size_t i = order.size(); i-- > 0;) {
        links[order[i]] = next;
        next = order[i];
    }
    s.slabs[id].freelist = next;
}

void shuffle(std::vector<ObjectId>& order, Rng& rng) {
    for (std::size_t i = order.size(); i-- > 1;)
        std::swap(order[i], order[rng.below(i + 1)]);
}

void tell_new_slab(const SlabContext& c, const KmemCache& s, SlabId id, const Tracer& trace) {
    if (!trace) return;
    const Slab& slab = s.slabs[id];
    const std::uint32_t flags = c.pages.flags(slab.pfn);
    tell_page_change(trace, EventKind::page_flags, slab.pfn, flags & ~bit(PageFlag::slab), flags);
    trace.event(slab_event(is_array_design(c) ? EventKind::cache_grow : EventKind::allocate_slab, c, slab), s.name);
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
        trace.event(slab_event(is_array_design(c) ? EventKind::slab_destroy : EventKind::discard_slab, c, slab),
                    s.name);
        const std::uint32_t flags = c.pages.flags(slab.pfn);
        tell_page_change(trace, EventKind::page_flags, slab.pfn, flags | bit(PageFlag::slab), flags);
    }
    (void)c.allocator.free_pages(slab.pfn, slab.order, trace, cpu);
}

Broken check_slab_pages(const PageColumns& pages, const KmemCache& s, CacheId cache, SlabId id) {
    const Slab& slab = s.slabs[id];
    if (pages.order(slab.pfn) == slab.order && (pages.flags(slab.pfn) & bit(PageFlag::slab)) &&
        pages.link(slab.pfn) == PageLink{id, cache})
        return std::nullopt;
    return fmt::format("{}: slab {}: frame {:#x} is no slab of order {}", s.name, id, slab.pfn, slab.order);
}

}  // namespace mm
