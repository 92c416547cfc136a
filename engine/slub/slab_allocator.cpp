// SPDX-License-Identifier: GPL-3.0-or-later
// SlabAllocator: objects. Caches are made in cache_maker.cpp, looked at in slab_figures.cpp.
#include "engine/slub/slab_allocator.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/slab/array_objects.h"
#include "engine/slab_common/size_classes.h"
#include "engine/slub/cache_objects.h"

namespace mm {
namespace {

Event object_event(EventKind kind, const SlabContext& c, PhysRange touched, std::uint64_t a, std::uint64_t b) {
    Event e{.kind = kind};
    e.touched = touched;
    e.a = a;
    e.b = b;
    if (const Zone* zone = c.zones.zone_of(pfn_down(touched.start))) {
        e.nid = static_cast<std::int16_t>(zone->nid);
        e.zone = static_cast<std::uint8_t>(zone->type);
    }
    return e;
}

}  // namespace

std::optional<PhysAddr> SlabAllocator::alloc(CacheId id, const SlabRequest& request, const Tracer& trace) {
    if (is_slab()) return array_cache_alloc(m_c, id, request, trace);
    if (should_failslab(m_c)) return std::nullopt;
    const ObjectPlace place = CacheObjects(m_c, id, trace).alloc(request);
    if (place.slab == no_slab) return std::nullopt;
    return m_c.state.cache(id).address_of(place.slab, place.object);
}

void SlabAllocator::free(const ObjectPlace& place, unsigned cpu, const Tracer& trace) {
    if (is_slab())
        ArrayObjects(m_c, place.cache, trace).free(place.slab, place.object, cpu);
    else
        CacheObjects(m_c, place.cache, trace).free(place.slab, place.object, cpu);
}

SlabAllocator::Found SlabAllocator::find(PhysAddr object) const {
    return find_object(m_c.state, m_c.pages, object);
}

Broken SlabAllocator::wrong_object(PhysAddr object, const Found& found) const {
    if (found.used) return std::nullopt;
    if (found.place.cache == no_cache) return fmt::format("{:#x} lies in no slab", object);
    const std::string& name = m_c.state.cache(found.place.cache).name;
    if (found.place.object == no_object)
        return fmt::format("{:#x} is inside a slab of {}, but no object of it", object, name);
    return fmt::format("{:#x}: that object of {} is free already", object, name);
}

Outcome<std::optional<PhysAddr>> SlabAllocator::kmem_cache_alloc(CacheId id, const SlabRequest& request,
                                                                 const Tracer& trace) {
    const auto object = alloc(id, request, trace);
    if (!trace || !object) return object;
    const KmemCache& s = m_c.state.cache(id);
    trace.event(object_event(EventKind::kmem_cache_alloc, m_c, {*object, *object + s.layout.object_size},
                             s.layout.object_size, s.layout.size),
                fmt::format("{} gfp_flags={}", s.name, gfp_text(request.gfp)));
    return object;
}

std::vector<PhysAddr> SlabAllocator::kmem_cache_alloc_bulk(CacheId id, const SlabRequest& request, std::size_t count,
                                                           const Tracer& trace) {
    std::vector<PhysAddr> objects;
    while (objects.size() < count) {
        if (const auto object = alloc(id, request, trace)) {  // no tracepoint for each
            objects.push_back(*object);
            continue;
        }
        for (const PhysAddr object : objects)
            (void)kmem_cache_free(id, object, request.cpu, trace);
        return {};
    }
    return objects;
}

Outcome<Done> SlabAllocator::kmem_cache_free(CacheId id, PhysAddr object, unsigned cpu, const Tracer& trace) {
    const Found found = find(object);
    if (Broken wrong = wrong_object(object, found)) return Error{*wrong};
    const KmemCache& s = m_c.state.cache(found.place.cache);
    if (found.place.cache != id)
        return Error{fmt::format("cache_from_obj: Wrong slab cache. {} but object is from {}", m_c.state.cache(id).name,
                                 s.name)};
    const PhysRange touched{object, object + s.layout.object_size};
    free(found.place, cpu, trace);
    if (trace) trace.event(object_event(EventKind::kmem_cache_free, m_c, touched, 0, 0), m_c.state.cache(id).name);
    return Done{};
}

Outcome<std::optional<PhysAddr>> SlabAllocator::kmalloc(Bytes size, const SlabRequest& request, const Tracer& trace) {
    if (size == 0) return std::optional(zero_size_ptr);
    if (size > kmalloc_max_cache_size(m_c.profile)) {
        if (size > page_size << (m_c.profile.max_order - 1))
            return Error{
                fmt::format("kmalloc() of {} bytes; expected at most {}, the largest block of the page allocator", size,
                            page_size << (m_c.profile.max_order - 1))};
        return kmalloc_large(size, request, trace);
    }
    const CacheId id = kmalloc_slab(m_c.state, size, request.gfp, m_c.profile);
    const auto object = alloc(id, request, trace);
    if (trace && object) {
        const KmemCache& s = m_c.state.cache(id);
        trace.event(object_event(EventKind::kmalloc, m_c, {*object, *object + size}, size, s.layout.size),
                    fmt::format("bytes_req={} bytes_alloc={} gfp_flags={}, {}", size, s.layout.size,
                                gfp_text(request.gfp), s.name));
    }
    return object;
}

std::optional<PhysAddr> SlabAllocator::kmalloc_large(Bytes size, const SlabRequest& request, const Tracer& trace) {
    const Gfp flags = (request.gfp & ~(gfp::dma32 | gfp::highmem)) | gfp::comp;
    const Order order = get_order(size);
    const auto pfn = alloc_pages_for(m_c, request, flags, order, trace);
    if (!pfn) return std::nullopt;
    auto& large = m_c.state.large;
    const auto at =
        std::upper_bound(large.begin(), large.end(), *pfn, [](Pfn p, const LargeKmalloc& one) { return p < one.pfn; });
    large.insert(at, {*pfn, order});
    const PhysAddr object = phys_of(*pfn);
    if (trace)
        trace.event(object_event(EventKind::kmalloc, m_c, {object, object + size}, size, page_size << order),
                    fmt::format("bytes_req={} bytes_alloc={} gfp_flags={}, pages", size, page_size << order,
                                gfp_text(request.gfp)));
    return object;
}

Outcome<Done> SlabAllocator::free_large(PhysAddr object, unsigned cpu, const Tracer& trace) {
    const auto it = m_c.state.large_at(pfn_down(object));
    if (it == m_c.state.large.end() || object % page_size != 0)
        return Error{fmt::format("{:#x} lies in no slab, and kmalloc() did not answer it", object)};
    const LargeKmalloc one = *it;
    m_c.state.large.erase(it);
    const PhysRange touched{object, object + (page_size << one.order)};
    const auto freed = m_c.allocator.free_pages(one.pfn, one.order, trace, cpu);
    if (trace) trace.event(object_event(EventKind::kfree, m_c, touched, 0, 0), "pages");
    return freed;
}

Outcome<Done> SlabAllocator::kfree(PhysAddr object, unsigned cpu, const Tracer& trace) {
    if (object == 0 || object == zero_size_ptr) return Done{};
    const Found found = find(object);
    if (found.place.cache == no_cache) return free_large(object, cpu, trace);
    if (Broken wrong = wrong_object(object, found)) return Error{*wrong};
    free(found.place, cpu, trace);
    if (trace) {
        const KmemCache& s = m_c.state.cache(found.place.cache);
        trace.event(object_event(EventKind::kfree, m_c, {object, object + s.layout.object_size}, 0, 0), s.name);
    }
    return Done{};
}

Bytes SlabAllocator::ksize(PhysAddr object) const {
    const Found found = find(object);
    if (found.place.cache == no_cache) {
        const auto it = m_c.state.large_at(pfn_down(object));
        return it == m_c.state.large.end() ? 0 : page_size << it->order;
    }
    if (!found.used) return 0;
    const ObjectLayout& l = m_c.state.cache(found.place.cache).layout;
    if (is_slab()) return l.object_size;
    if (l.flags & (slab::red_zone | slab::poison)) return l.object_size;
    return l.flags & (slab::typesafe_by_rcu | slab::store_user) ? l.inuse : l.size;
}

Outcome<std::optional<PhysAddr>> SlabAllocator::krealloc(PhysAddr object, Bytes size, const SlabRequest& request,
                                                         const Tracer& trace) {
    if (object == 0 || object == zero_size_ptr) return kmalloc(size, request, trace);
    const Bytes room = ksize(object);
    if (room == 0) return Error{*wrong_object(object, find(object))};
    if (size == 0) {
        if (auto freed = kfree(object, request.cpu, trace); !freed) return freed.error();
        return std::optional(zero_size_ptr);
    }
    if (room >= size) return std::optional(object);
    auto larger = kmalloc(size, request, trace);
    if (!larger || !*larger) return larger;
    if (auto freed = kfree(object, request.cpu, trace); !freed) return freed.error();
    return larger;
}

}  // namespace mm
