// SPDX-License-Identifier: GPL-3.0-or-later
// Who keeps page frames: one line each at the end of this file.
#include <algorithm>
#include <array>

#include "engine/hotplug/hot_add.h"
#include "engine/slab_common/size_classes.h"
#include "engine/snapshot/describe.h"
#include "engine/snapshot/frame_block.h"
#include "engine/snapshot/hierarchy_owners.h"
#include "engine/snapshot/put.h"
#include "engine/vmalloc/area_of_frame.h"

namespace mm {
namespace {

using Path = std::vector<PathStep>;

// ---- slabs

struct SlabFigures {
    std::uint64_t live = 0, room = 0, slabs = 0, classes = 0, class_objects = 0;
    std::uint64_t cpu_slabs = 0, cpu_partial = 0;
    std::uint64_t in_arrays = 0, in_shared = 0;  ///< objects that wait in arrays of SLAB: of CPUs, and the nodes'
};

bool is_kmalloc(const SlabState& slab, CacheId id) {
    for (const auto& type : slab.kmalloc)
        if (std::find(type.begin(), type.end(), id) != type.end()) return true;
    return false;
}

SlabFigures slab_figures(const SlabState& state) {
    SlabFigures f;
    for (const CacheId id : state.list) {
        const KmemCache& s = state.cache(id);
        f.live += s.live;
        for (const NodeSlabs& node : s.nodes)
            f.slabs += node.nr_slabs, f.room += node.total_objects;
        for (const Slab& slab : s.slabs) {
            f.cpu_slabs += slab.place == SlabPlace::cpu;
            f.cpu_partial += slab.place == SlabPlace::cpu_partial;
        }
        for (const ArrayCache& ac : s.arrays.cpu)
            f.in_arrays += ac.avail();
        for (const NodeSlabs& node : s.nodes) {
            f.in_shared += node.arrays.shared.avail();
            for (const ArrayCache& ac : node.arrays.alien)
                f.in_shared += ac.avail();
        }
        if (is_kmalloc(state, id)) ++f.classes, f.class_objects += s.live;
    }
    return f;
}

void add_slab(const Snapshot& s, unsigned lane, HierarchyMaker& out) {
    const SlabState& state = s.state.slab;
    const SlabFigures f = state.up ? slab_figures(state) : SlabFigures{};
    const auto words = [&](std::string text) { return state.up ? text : std::string("not used yet"); };
    const std::string large = pages_text(state.large_pages());
    const bool of_slab = s.profile && s.profile->slab_design == SlabDesign::slab;
    out.box({"kmalloc",
             "kmalloc()",
             words(counted(f.class_objects, "object") + ", " + large + " as pages"),
             "mm/slab_common.c",
             0,
             lane,
             {}});
    out.box({"kmem_cache_alloc",
             "kmem_cache_alloc()",
             words(counted(f.live - f.class_objects, "object")),
             of_slab ? "mm/slab.c" : "mm/slub.c",
             0,
             lane,
             {}});
    out.box({"size_class",
             "size class",
             words(counted(f.classes, "cache") + " of kmalloc"),
             "kmalloc_caches[]",
             1,
             lane,
             {}});
    out.box({"cache", "cache", words(counted(state.list.size(), "cache")), "struct kmem_cache", 2, lane, {}});
    if (of_slab)
        out.box({"cpu_slab",
                 "per-CPU arrays",
                 words(counted(f.in_arrays, "object") + " waiting, " + std::to_string(f.in_shared) + " in shared ones"),
                 "struct array_cache",
                 3,
                 lane,
                 {}});
    else
        out.box({"cpu_slab",
                 "per-CPU slab",
                 words(counted(f.cpu_slabs, "slab") + " in use, " + std::to_string(f.cpu_partial) + " partial"),
                 "struct kmem_cache_cpu",
                 3,
                 lane,
                 {}});
    std::string slabs;
    put(slabs, "{} of {} objects in use, {}", f.live, f.room, pages_text(state.slab_pages()));
    out.box({"slab", "slab", words(slabs), "struct slab", 4, lane, {}});
    out.edge("kmalloc", "size_class");
    out.edge("kmalloc", "page_allocator");
    out.edge("size_class", "cache");
    out.edge("kmem_cache_alloc", "cache");
    out.edge("cache", "cpu_slab");
    out.edge("cpu_slab", "slab");
    out.edge("slab", "page_allocator");
}

NrPages slab_pages(const Snapshot& s) {
    return s.state.slab.up ? s.state.slab.slab_pages() + s.state.slab.large_pages() : 0;
}

/// "kmalloc() of 97 to 128 bytes"
std::string class_words(const Snapshot& s, const KmemCache& cache) {
    const Bytes size = cache.layout.object_size;
    Bytes below = 0;
    for (unsigned i = 0; i < nr_kmalloc_classes; ++i)
        if (const Bytes other = kmalloc_class_size(i, *s.profile); other < size) below = std::max(below, other);
    std::string out;
    put(out, "{} to {} bytes", below + 1, size);
    return out;
}

std::string where_words(const KmemCache& cache, SlabId id) {
    for (std::size_t cpu = 0; cpu < cache.cpus.size(); ++cpu)
        if (cache.cpus[cpu].slab == id) return "the slab CPU " + std::to_string(cpu) + " allocates from";
    const SlabPlace place = cache.slabs[id].place;
    if (!cache.arrays.cpu.empty()) {
        const ObjectId* links = cache.links_of(id);
        const auto waiting = std::count(links, links + cache.slabs[id].objects, cached_object);
        std::string out;
        put(out, "{} of its objects wait in arrays; the slab is on the list: {}", waiting, name_of(place));
        return out;
    }
    if (place == SlabPlace::unlisted) return "full, on no list until an object is freed";
    return "on the list: " + std::string(name_of(place));
}

Path slab_path(const Snapshot& s, const AskedFrame& asked) {
    const SlabState& state = s.state.slab;
    if (!state.up) return {};
    const auto large = std::find_if(state.large.begin(), state.large.end(), [&](const LargeKmalloc& one) {
        return asked.pfn >= one.pfn && asked.pfn < one.pfn + (Pfn{1} << one.order);
    });
    if (large != state.large.end())
        return {{"kmalloc", "kmalloc() of more than " + std::to_string(kmalloc_max_cache_size(*s.profile)) +
                                " bytes: no cache is that large, whole pages of order " +
                                std::to_string(large->order)}};
    const ObjectPlace at = slab_of_frame(s, asked.pfn);
    if (at.cache == no_cache) return {};
    const KmemCache& cache = state.cache(at.cache);
    const Slab& slab = cache.slabs[at.slab];
    Path path;
    if (is_kmalloc(state, at.cache)) {
        path.push_back({"kmalloc", "kmalloc() of " + class_words(s, cache)});
        path.push_back({"size_class", cache.name + " serves " + class_words(s, cache)});
    } else {
        path.push_back({"kmem_cache_alloc", "kmem_cache_alloc(" + cache.name + ")"});
    }
    std::string words;
    put(words, "{}: objects every {} bytes, {} in a slab of order {}", cache.name, cache.layout.size,
        cache.layout.oo.objects, cache.layout.oo.order);
    path.push_back({"cache", std::exchange(words, {})});
    path.push_back({"cpu_slab", where_words(cache, at.slab)});
    const ObjectPlace object = asked.object ? object_at(s, *asked.object) : ObjectPlace{};
    if (object.object != no_object && object.slab == at.slab)
        put(words, "object {} of {} in the slab at pfn {:#x}, {}", object.object + 1, slab.objects, slab.pfn,
            cache.links_of(at.slab)[object.object] == used_object ? "in use" : "free");
    else
        put(words, "slab at pfn {:#x}, order {}: {} objects", slab.pfn, slab.order, slab.objects);
    path.push_back({"slab", words});
    return path;
}

// ---- vmalloc

void add_vmalloc(const Snapshot& s, unsigned lane, HierarchyMaker& out) {
    const VmallocState& state = s.state.vmalloc;
    Bytes taken = 0;  // with guard pages, which nothing maps
    if (state.up)
        for (const auto& [start, area] : *state.busy)
            taken += area.va.range.size();
    const std::string none = "not used yet";
    out.box(
        {"vmalloc", "vmalloc()", state.up ? counted(state.busy->size(), "area") : none, "mm/vmalloc.c", 0, lane, {}});
    out.box({"area",
             "area",
             state.up ? size_text(taken) + " of addresses" +
                            (state.lazy_pages ? ", " + pages_text(state.lazy_pages) + " wait" : "")
                      : none,
             "struct vm_struct",
             1,
             lane,
             {}});
    out.box({"pages", "pages", state.up ? pages_text(state.pages) : none, "vm_struct->pages", 4, lane, {}});
    out.edge("vmalloc", "area");
    out.edge("area", "pages");
    out.edge("pages", "page_allocator");
}

NrPages vmalloc_pages(const Snapshot& s) {
    return s.state.vmalloc.up ? s.state.vmalloc.pages : 0;
}

Path vmalloc_path(const Snapshot& s, const AskedFrame& asked) {
    const VmallocState& state = s.state.vmalloc;
    const auto start = area_of_frame(state, asked.pfn);
    if (!start || !state.owns(asked.pfn)) return {};
    const VmArea& area = state.busy->at(*start);
    const auto page = std::find(area.pages.begin(), area.pages.end(), asked.pfn) - area.pages.begin();
    Path path;
    path.push_back({"vmalloc", "vmalloc(" + std::to_string(area.size()) + ")" +
                                   (area.caller.empty() ? "" : " for " + area.caller)});
    std::string words;
    put(words, "area at {:#x}: {} pages and a guard page", *start, area.pages.size());
    path.push_back({"area", std::exchange(words, {})});
    put(words, "page {} of {}, mapped at {:#x}", page + 1, area.pages.size(),
        *start + static_cast<Bytes>(page) * page_size);
    path.push_back({"pages", words});
    return path;
}

// ---- boot: per-CPU areas and all else that memblock gave away

std::string owner_in_memblock(const Snapshot& s, Pfn pfn) {
    const PhysRange frame{phys_of(pfn), phys_of(pfn + 1)};
    for (const MemblockClaim& claim : s.state.memblock.claims())
        if (claim.range.overlaps(frame)) return claim.owner;
    return {};
}

bool is_reserved(const Snapshot& s, Pfn pfn) {
    return state_of(s.pages.at(pfn).state) == PageState::reserved;
}

NrPages percpu_pages(const Snapshot& s) {
    Bytes sum = 0;
    for (const PhysRange& unit : s.state.percpu_units)
        sum += unit.size();
    return sum / page_size;
}

void add_percpu(const Snapshot& s, unsigned lane, HierarchyMaker& out) {
    const auto& units = s.state.percpu_units;
    const std::string words =
        units.empty() ? "not set up yet" : counted(units.size(), "unit") + " of " + size_text(units[0].size());
    out.box({"percpu", "per-CPU areas", words, "mm/percpu.c", 0, lane, {}});
    out.edge("percpu", "memblock");
}

Path percpu_path(const Snapshot& s, const AskedFrame& asked) {
    for (std::size_t cpu = 0; cpu < s.state.percpu_units.size(); ++cpu) {
        const PhysRange unit = s.state.percpu_units[cpu];
        if (!unit.contains(phys_of(asked.pfn))) continue;
        std::string words;
        put(words, "unit of CPU {}, at {:#x}", cpu, unit.start);
        return {{"percpu", words}, {"memblock", "given away by memblock at boot: " + owner_in_memblock(s, asked.pfn)}};
    }
    return {};
}

NrPages memblock_pages(const Snapshot& s) {
    const NrPages kept = s.state.zones.sum(&Zone::present) - s.state.zones.sum(&Zone::managed);
    return kept - std::min(kept, percpu_pages(s));
}

void add_memblock(const Snapshot& s, unsigned lane, HierarchyMaker& out) {
    const NrPages kept = memblock_pages(s) + percpu_pages(s);
    out.box({"memblock", "memblock", pages_text(kept) + " kept since boot", "mm/memblock.c", 4, lane, {}});
    for (const Node& node : s.state.zones.nodes)
        for (const Zone& zone : node.zones) {
            if (zone.present <= zone.managed) continue;
            std::string id;
            put(id, "zone {} {}", zone.nid, name_of(zone.type));
            out.edge("memblock", id);
        }
}

Path memblock_path(const Snapshot& s, const AskedFrame& asked) {
    if (!is_reserved(s, asked.pfn)) return {};
    const std::string owner = owner_in_memblock(s, asked.pfn);
    return {{"memblock", owner.empty() ? "kept since boot" : "reserved at boot: " + owner}};
}

// ---- everybody else

NrPages other_pages(const Snapshot& s) {
    const Zones& zones = s.state.zones;
    if (!s.booted && s.state.totalram_pages == 0) return 0;
    NrPages known = zones.sum(&Zone::free_pages) + pages_on_cpu_lists(s);
    for (const Owner& owner : owners()) {
        if (owner.pages == other_pages) break;  // those behind have what was never the page allocator's
        known += owner.pages(s);
    }
    const NrPages managed = zones.sum(&Zone::managed);
    return managed - std::min(managed, known);
}

void add_others(const Snapshot& s, unsigned lane, HierarchyMaker& out) {
    out.box({"alloc_pages",
             "alloc_pages()",
             pages_text(other_pages(s)) + " of others",
             "include/linux/gfp.h",
             0,
             lane,
             {}});
    out.edge("alloc_pages", "page_allocator");
}

Path others_path(const Snapshot& s, const AskedFrame& asked) {
    const auto block = block_of_frame(s.pages, asked.pfn);
    if (!block || block->free) return {};
    std::string words;
    for (const auto& tables : {s.state.vmalloc.tables, s.state.pat.tables, s.state.hotplug.tables})
        if (const auto table = tables->find(asked.pfn); table != tables->end()) {
            put(words, "a {} table of the kernel", name_of(table->second));
            return {{"alloc_pages", words}};
        }
    if (hotplug_owner_of(s.state.hotplug, block->head))
        return {{"alloc_pages", "struct pages of memory that was added"}};
    put(words, "alloc_pages(order {}), {} pages for a caller of its own", block->order, block->frames().size());
    return {{"alloc_pages", words}};
}

}  // namespace

std::string pages_text(NrPages pages) {
    return size_text(pages * page_size);
}

std::string counted(std::uint64_t n, std::string_view what, std::string_view plural) {
    std::string out;
    if (n != 1 && !plural.empty())
        put(out, "{} {}", n, plural);
    else
        put(out, "{} {}{}", n, what, n == 1 ? "" : "s");
    return out;
}

std::span<const Owner> owners() {
    static const std::array list{
        Owner{"slab", add_slab, slab_pages, slab_path},
        Owner{"vmalloc", add_vmalloc, vmalloc_pages, vmalloc_path},
        anonymous_memory(),
        page_cache(),
        user_page_tables(),
        hugetlb_pool(),
        poisoned_frames(),
        Owner{"alloc_pages", add_others, other_pages, others_path},
        Owner{"per-CPU areas", add_percpu, percpu_pages, percpu_path},
        Owner{"memblock", add_memblock, memblock_pages, memblock_path},
    };
    return list;
}

ObjectPlace slab_of_frame(const Snapshot& s, Pfn pfn) {
    if (!s.state.slab.up || pfn >= s.pages.end_pfn()) return {};
    PageRecord page = s.pages.at(pfn);
    if (page.order == not_a_head && page.link.next <= pfn) page = s.pages.at(page.link.next);
    if (!(page.flags & bit(PageFlag::slab))) return {};
    return {page.link.prev, page.link.next, no_object};
}

ObjectPlace object_at(const Snapshot& s, PhysAddr address) {
    ObjectPlace place = slab_of_frame(s, pfn_down(address));
    if (place.cache == no_cache) return {};
    const KmemCache& cache = s.state.slab.cache(place.cache);
    const PhysAddr first = cache.address_of(place.slab, 0);
    const Bytes index = address < first ? cache.slabs[place.slab].objects : (address - first) / cache.layout.size;
    if (index < cache.slabs[place.slab].objects) place.object = static_cast<ObjectId>(index);
    return place;
}

}  // namespace mm
