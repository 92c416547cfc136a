// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/slab_why.h"

#include <algorithm>
#include <array>

#include "engine/slab_common/size_classes.h"

namespace mm {
namespace {

using From = why::ObjectSource::From;

/// What the command asks for; cache no_cache: pages of its own.
struct Asked {
    CacheId cache = no_cache;
    Bytes size = 0, class_size = 0;
};

Asked asked_of_kmalloc(const SlabMoments& m, Bytes size, Gfp flags) {
    if (size > kmalloc_max_cache_size(m.profile)) return {no_cache, size, 0};
    return {kmalloc_slab(m.after, size, flags, m.profile), size,
            kmalloc_class_size(kmalloc_index(size, m.profile), m.profile)};
}

std::optional<Asked> asked_by(const Command& command, const SlabMoments& m) {
    if (const auto* c = std::get_if<Kmalloc>(&command); c && c->size != 0)
        return asked_of_kmalloc(m, c->size, c->slab.gfp);
    if (const auto* c = std::get_if<Krealloc>(&command); c && c->size != 0)
        return asked_of_kmalloc(m, c->size, c->slab.gfp);
    if (const auto* c = std::get_if<KmemCacheAlloc>(&command))
        if (const CacheId id = m.after.find(c->cache); id != no_cache) return Asked{id, 0, 0};
    return std::nullopt;
}

/// The way that was taken last counts: a new slab is the last thing that is tried. SLUB's ways first, then SLAB's.
std::optional<From> source_of(const SlabMoments& m, CacheId id, bool found) {
    constexpr std::array ways{std::pair(SlabStat::alloc_slab, From::new_slab),
                              std::pair(SlabStat::alloc_from_partial, From::node_partial),
                              std::pair(SlabStat::cpu_partial_alloc, From::cpu_partial),
                              std::pair(SlabStat::alloc_refill, From::cpu_slab),
                              std::pair(SlabStat::alloc_fastpath, From::cpu_freelist),
                              std::pair(SlabStat::grown, From::grown),
                              std::pair(SlabStat::node_allocs, From::other_node),
                              std::pair(SlabStat::refill_slabs, From::node_slabs),
                              std::pair(SlabStat::refill_shared, From::shared_array),
                              std::pair(SlabStat::allochit, From::cpu_array)};
    if (!found) return From::nowhere;
    const KmemCache& now = m.after.cache(id);
    for (const auto& [stat, from] : ways)
        if (now.counted(stat) > (id < m.before.caches.size() ? m.before.cache(id).counted(stat) : 0)) return from;
    return std::nullopt;  // krealloc() had room
}

why::ObjectAnswer answer_of(const SlabMoments& m, PhysAddr object) {
    why::ObjectAnswer answer;
    answer.object = object;
    const Pfn pfn = pfn_down(object);
    const CompoundPage compound = compound_page_of(m.pages, pfn);
    answer.pfn = compound.head == no_pfn ? pfn : compound.head;
    answer.order = compound.head == no_pfn ? 0 : compound.order;
    if (!(m.pages.flags(answer.pfn) & bit(PageFlag::slab))) return answer;
    const PageLink link = m.pages.link(answer.pfn);
    const KmemCache& s = m.after.cache(link.prev);
    const Slab& slab = s.slabs[link.next];
    answer.cache = s.name;
    answer.objects = slab.objects;
    answer.number = static_cast<unsigned>((object - s.address_of(link.next, 0)) / s.layout.size);
    const ObjectId* links = s.links_of(link.next);
    answer.in_use = static_cast<unsigned>(std::count(links, links + slab.objects, used_object));
    answer.place = name_of(slab.place);
    return answer;
}

}  // namespace

void add_slab_facts(const Command& command, const SlabMoments& m, std::optional<PhysAddr> object,
                    std::vector<WhyFact>& facts) {
    const auto asked = asked_by(command, m);
    if (!asked) return;
    std::vector<WhyFact> first;
    if (asked->cache == no_cache) {
        first.push_back(why::LargeObject{asked->size, get_order(asked->size)});
    } else {
        const KmemCache& s = m.after.cache(asked->cache);
        first.push_back(why::CacheChosen{asked->size, asked->class_size, s.name, s.layout.size, s.layout.oo.objects,
                                         s.layout.oo.order});
        if (const auto from = source_of(m, asked->cache, object.has_value())) first.push_back(why::ObjectSource{*from});
    }
    facts.insert(facts.begin(), first.begin(), first.end());
    if (object && *object != zero_size_ptr) facts.push_back(answer_of(m, *object));
}

}  // namespace mm
