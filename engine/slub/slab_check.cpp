// SPDX-License-Identifier: GPL-3.0-or-later
// check_slabs(): walks every list and freelist, and compares what they say with the kept counts and with the pages.
#include <fmt/format.h>

#include "engine/slab/array_caches.h"
#include "engine/slab_common/slab_lists.h"
#include "engine/slub/slab_allocator.h"

namespace mm {
namespace {

class CacheChecker {
public:
    CacheChecker(CacheId id, const KmemCache& s, const PageColumns& pages) : m_id(id), m_s(s), m_pages(pages) {}

    Broken run() {
        m_listed.assign(m_s.slabs.size(), false);
        for (unsigned cpu = 0; cpu < m_s.cpus.size(); ++cpu)
            if (Broken b = check_cpu(cpu)) return b;
        for (std::size_t nid = 0; nid < m_s.nodes.size(); ++nid)
            if (Broken b = check_node(nid)) return b;
        if (Broken b = check_slabs()) return b;
        if (m_used != m_s.live) return broken(fmt::format("{} objects are in use, {} are kept", m_used, m_s.live));
        return std::nullopt;
    }

private:
    std::string broken(const std::string& what) const { return m_s.name + ": " + what; }

    bool list_once(SlabId id, SlabPlace place) {
        if (id >= m_s.slabs.size() || m_listed[id] || m_s.slabs[id].place != place) return false;
        m_listed[id] = true;
        return true;
    }

    Broken check_cpu(unsigned cpu) {
        const CpuSlab& c = m_s.cpus[cpu];
        if (c.slab == no_slab && c.freelist != no_object)
            return broken(fmt::format("CPU {} has objects of no slab", cpu));
        if (c.slab != no_slab && (!list_once(c.slab, SlabPlace::cpu) || !m_s.slabs[c.slab].frozen))
            return broken(fmt::format("slab {} is CPU {}'s and does not know", c.slab, cpu));
        if (c.slab != no_slab) {
            const int n = count_objects(m_s, c.slab, c.freelist);
            if (n < 0) return broken(fmt::format("CPU {}'s freelist is broken", cpu));
            m_on_cpus += static_cast<std::uint64_t>(n);
        }
        unsigned left = c.partial_slabs;
        for (SlabId id = c.partial; id != no_slab; id = m_s.slabs[id].next, --left)
            if (!list_once(id, SlabPlace::cpu_partial) || !m_s.slabs[id].frozen || m_s.slabs[id].partial_slabs != left)
                return broken(fmt::format("slab {} on CPU {}'s partial list is wrong", id, cpu));
        if (left != 0) return broken(fmt::format("CPU {}'s partial list counts {} slabs too many", cpu, left));
        return std::nullopt;
    }

    Broken check_list(std::size_t nid, const SlabList& list, SlabPlace place) {
        SlabId prev = no_slab;
        std::uint32_t n = 0;
        for (SlabId id = list.first; id != no_slab; prev = id, id = m_s.slabs[id].next, ++n) {
            if (!list_once(id, place) || m_s.slabs[id].prev != prev || m_s.slabs[id].frozen ||
                static_cast<std::size_t>(m_s.slabs[id].nid) != nid)
                return broken(fmt::format("slab {} on node {}'s list is wrong", id, nid));
            if ((m_s.slabs[id].freelist == no_object) == (place == SlabPlace::partial))
                return broken(fmt::format("slab {} is on the wrong list of node {}", id, nid));
        }
        if (n != list.slabs || prev != list.last)
            return broken(fmt::format("node {}'s list holds {} slabs, {} are kept", nid, n, list.slabs));
        return std::nullopt;
    }

    Broken check_node(std::size_t nid) {
        const NodeSlabs& n = m_s.nodes[nid];
        if (Broken b = check_list(nid, n.partial, SlabPlace::partial)) return b;
        if (Broken b = check_list(nid, n.full, SlabPlace::full)) return b;
        std::uint64_t slabs = 0, objects = 0;
        for (const Slab& slab : m_s.slabs)
            if (slab.place != SlabPlace::unused && static_cast<std::size_t>(slab.nid) == nid)
                ++slabs, objects += slab.objects;
        if (slabs != n.nr_slabs || objects != n.total_objects)
            return broken(fmt::format("node {} has {} slabs of {} objects, {} of {} are kept", nid, slabs, objects,
                                      n.nr_slabs, n.total_objects));
        return std::nullopt;
    }

    Broken check_slabs() {
        for (SlabId id = 0; id < m_s.slabs.size(); ++id)
            if (m_s.slabs[id].place != SlabPlace::unused)
                if (Broken b = check_slab(id)) return b;
        m_used -= std::min(m_used, m_on_cpus);
        return check_spare(m_s);
    }

    Broken check_slab(SlabId id) {
        const Slab& slab = m_s.slabs[id];
        const int free = count_objects(m_s, id, slab.freelist);
        if (free < 0 || slab.inuse + free != slab.objects)
            return broken(
                fmt::format("slab {}: {} objects in use and {} free of {}", id, slab.inuse, free, slab.objects));
        int used = 0;
        for (unsigned o = 0; o < slab.objects; ++o)
            used += m_s.links_of(id)[o] == used_object;
        m_used += slab.inuse;
        // On its way back to the page allocator it is on no list either.
        if (!m_listed[id] && (slab.place != SlabPlace::unlisted || slab.frozen || (free != 0 && slab.inuse != 0)))
            return broken(fmt::format("slab {} ({}) is on no list", id, name_of(slab.place)));
        if (slab.place != SlabPlace::cpu && used != slab.inuse)
            return broken(fmt::format("slab {}: {} objects are in use, {} are kept", id, used, slab.inuse));
        return check_slab_pages(m_pages, m_s, m_id, id);
    }

    const CacheId m_id;
    const KmemCache& m_s;
    const PageColumns& m_pages;
    std::vector<bool> m_listed;
    std::uint64_t m_used = 0, m_on_cpus = 0;
};

/// Every page with PG_slab is a slab's.
Broken check_flags(const PageColumns& pages, std::uint64_t slabs) {
    std::uint64_t flagged = 0;
    for (Pfn p = 0; p < pages.end_pfn(); p += pageblock_pages) {
        if (!pages.may_have_flags(p)) continue;
        for (Pfn q = p; q < std::min(p + pageblock_pages, pages.end_pfn()); ++q)
            flagged += (pages.flags(q) & bit(PageFlag::slab)) != 0;
    }
    if (flagged == slabs) return std::nullopt;
    return fmt::format("{} frames have PG_slab, there are {} slabs", flagged, slabs);
}

}  // namespace

Broken check_slabs(const SlabState& state, const PageColumns& pages) {
    std::uint64_t slabs = 0;
    for (CacheId id = 0; id < state.caches.size(); ++id) {
        const KmemCache& s = state.cache(id);
        if (s.name.empty()) continue;
        if (Broken b =
                state.design == SlabDesign::slab ? check_array_cache(id, s, pages) : CacheChecker(id, s, pages).run())
            return b;
        for (const NodeSlabs& n : s.nodes)
            slabs += n.nr_slabs;
    }
    for (const LargeKmalloc& one : state.large)
        if (pages.order(one.pfn) != one.order || state_of(pages.state(one.pfn)) != PageState::allocated)
            return fmt::format("kmalloc() of frame {:#x} order {} is not allocated", one.pfn, one.order);
    return check_flags(pages, slabs);
}

Broken SlabAllocator::check() const {
    return check_slabs(m_c.state, m_c.pages);
}

}  // namespace mm
