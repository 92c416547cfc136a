// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>

#include "engine/slab/array_caches.h"
#include "engine/slab_common/slab_lists.h"
#include "engine/slab_common/slab_pages.h"

namespace mm {
namespace {

class ArrayChecker {
public:
    ArrayChecker(CacheId id, const KmemCache& s, const PageColumns& pages) : m_id(id), m_s(s), m_pages(pages) {}

    Broken run() {
        m_listed.assign(m_s.slabs.size(), false);
        m_waits.assign(m_s.links.size(), false);
        for (std::size_t nid = 0; nid < m_s.nodes.size(); ++nid)
            if (Broken b = check_node(nid)) return b;
        for (std::size_t cpu = 0; cpu < m_s.arrays.cpu.size(); ++cpu)
            if (Broken b = check_array(m_s.arrays.cpu[cpu], std::nullopt, fmt::format("CPU {}'s array", cpu))) return b;
        if (Broken b = check_slabs()) return b;
        if (m_used != m_s.live) return broken(fmt::format("{} objects are in use, {} are kept", m_used, m_s.live));
        if (m_cached != m_waiting)
            return broken(fmt::format("{} objects wait in arrays that hold {}", m_cached, m_waiting));
        return std::nullopt;
    }

private:
    std::string broken(const std::string& what) const { return m_s.name + ": " + what; }

    /// nid: all of its objects are of that node; nothing: they are of one node, whichever.
    Broken check_array(const ArrayCache& ac, std::optional<std::size_t> nid, const std::string& name) {
        if (ac.avail() > ac.limit) return broken(fmt::format("{} holds {} of {}", name, ac.avail(), ac.limit));
        for (const CachedObject& one : ac.entry) {
            if (one.slab >= m_s.slabs.size() || one.object >= m_s.slabs[one.slab].objects)
                return broken(name + " holds what is no object");
            const std::size_t link = std::size_t{one.slab} * m_s.layout.oo.objects + one.object;
            if (m_s.links[link] != cached_object || m_waits[link])
                return broken(fmt::format("{}: object {} of slab {} does not wait there", name, one.object, one.slab));
            m_waits[link] = true;
            const auto home = static_cast<std::size_t>(m_s.slabs[one.slab].nid);
            if (!nid) nid = home;
            if (*nid != home) return broken(fmt::format("{} holds an object of node {}", name, home));
        }
        m_waiting += ac.avail();
        return std::nullopt;
    }

    Broken check_list(std::size_t nid, const SlabList& list, SlabPlace place) {
        SlabId prev = no_slab;
        std::uint32_t n = 0;
        for (SlabId id = list.first; id != no_slab; prev = id, id = m_s.slabs[id].next, ++n) {
            if (id >= m_s.slabs.size() || m_listed[id]) return broken("a slab is listed twice");
            m_listed[id] = true;
            const Slab& slab = m_s.slabs[id];
            const SlabPlace right = slab.inuse == 0              ? SlabPlace::free
                                    : slab.inuse == slab.objects ? SlabPlace::full
                                                                 : SlabPlace::partial;
            if (slab.place != place || right != place || slab.prev != prev || static_cast<std::size_t>(slab.nid) != nid)
                return broken(fmt::format("slab {} is on the wrong list of node {}: {}", id, nid, name_of(place)));
            m_free += static_cast<std::uint64_t>(slab.objects - slab.inuse);
        }
        if (n != list.slabs || prev != list.last)
            return broken(fmt::format("node {}'s list holds {} slabs, {} are kept", nid, n, list.slabs));
        return std::nullopt;
    }

    Broken check_node(std::size_t nid) {
        const NodeSlabs& n = m_s.nodes[nid];
        m_free = 0;
        if (Broken b = check_list(nid, n.partial, SlabPlace::partial)) return b;
        if (Broken b = check_list(nid, n.full, SlabPlace::full)) return b;
        if (Broken b = check_list(nid, n.arrays.slabs_free, SlabPlace::free)) return b;
        if (m_free != n.arrays.free_objects)
            return broken(fmt::format("node {}: {} objects are free, {} are kept", nid, m_free, n.arrays.free_objects));
        if (Broken b = check_array(n.arrays.shared, nid, fmt::format("node {}'s shared array", nid))) return b;
        for (std::size_t other = 0; other < n.arrays.alien.size(); ++other)
            if (Broken b = check_array(n.arrays.alien[other], other, fmt::format("node {}'s alien[{}]", nid, other)))
                return b;
        std::uint64_t slabs = 0;
        for (const Slab& slab : m_s.slabs)
            slabs += slab.place != SlabPlace::unused && static_cast<std::size_t>(slab.nid) == nid;
        if (slabs != n.nr_slabs || slabs * m_s.layout.oo.objects != n.total_objects)
            return broken(fmt::format("node {} has {} slabs, {} of {} objects are kept", nid, slabs, n.nr_slabs,
                                      n.total_objects));
        return std::nullopt;
    }

    Broken check_slabs() {
        for (SlabId id = 0; id < m_s.slabs.size(); ++id)
            if (m_s.slabs[id].place != SlabPlace::unused)
                if (Broken b = check_slab(id)) return b;
        return check_spare(m_s);
    }

    Broken check_slab(SlabId id) {
        const Slab& slab = m_s.slabs[id];
        const int free = count_objects(m_s, id, slab.freelist);
        const ObjectId* links = m_s.links_of(id);
        const auto used = std::count(links, links + slab.objects, used_object);
        const auto waiting = std::count(links, links + slab.objects, cached_object);
        m_used += static_cast<std::uint64_t>(used);
        m_cached += static_cast<std::uint64_t>(waiting);
        if (free < 0 || slab.inuse + free != slab.objects || used + waiting != slab.inuse)
            return broken(fmt::format("slab {}: {} objects in use, {} wait and {} are free of {}, {} are kept", id,
                                      used, waiting, free, slab.objects, slab.inuse));
        // On its way from the page allocator and back to it it is on no list.
        if (!m_listed[id] && (slab.place != SlabPlace::unlisted || slab.inuse != 0))
            return broken(fmt::format("slab {} ({}) is on no list", id, name_of(slab.place)));
        const ObjectLayout& l = m_s.layout;
        const Bytes end = slab.colour * l.slab.colour_off + l.oo.objects * l.size +
                          (l.slab.freelist == FreelistPlace::on_slab ? l.slab.freelist_size : 0);
        if (end > page_size << slab.order) return broken(fmt::format("slab {} is too small for its objects", id));
        if (Broken b = check_freelist(id)) return b;
        return check_slab_pages(m_pages, m_s, m_id, id);
    }

    /// Where the list of free objects lies: in an object only while that is free.
    Broken check_freelist(SlabId id) const {
        if (m_s.slabs[id].place == SlabPlace::unlisted || m_s.layout.slab.freelist != FreelistPlace::in_object)
            return std::nullopt;
        const PhysAddr at = m_s.arrays.freelist_at[id];
        const bool full = m_s.slabs[id].place == SlabPlace::full;
        const PhysAddr first = m_s.address_of(id, 0);
        const Bytes object = at == 0 ? 0 : (at - first) / m_s.layout.size;
        const bool lies_in_free = at >= first && object < m_s.slabs[id].objects &&
                                  m_s.links_of(id)[object] != used_object && m_s.links_of(id)[object] != cached_object;
        if (full ? at == 0 : lies_in_free) return std::nullopt;
        return broken(fmt::format("slab {}: its freelist lies at {:#x}", id, at));
    }

    const CacheId m_id;
    const KmemCache& m_s;
    const PageColumns& m_pages;
    std::vector<bool> m_listed, m_waits;
    std::uint64_t m_used = 0, m_cached = 0, m_waiting = 0, m_free = 0;
};

}  // namespace

Broken check_array_cache(CacheId id, const KmemCache& s, const PageColumns& pages) {
    return ArrayChecker(id, s, pages).run();
}

}  // namespace mm
