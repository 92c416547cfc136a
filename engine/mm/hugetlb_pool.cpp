// SPDX-License-Identifier: GPL-3.0-or-later
// The pool: pages from the page allocator and back to it, from node to node in turn.
#include <algorithm>

#include "engine/mm/hugetlb.h"
#include "engine/page_alloc/zone_walk.h"

namespace mm {
namespace {

/// node_states[N_MEMORY].
std::vector<Nid> nodes_with_memory(const MmContext& c) {
    std::vector<Nid> out;
    for (const Node& node : c.pages.zones.nodes)
        if (std::any_of(node.zones.begin(), node.zones.end(), [](const Zone& zone) { return zone.managed > 0; }))
            out.push_back(node.nid);
    return out;
}

/// for_each_node_mask_to_alloc() and to_free(): from the node whose turn it is, once around, until use(nid) is true;
/// the turn goes on with each. False: none was of use.
template<class Use>
bool take_turns(const MmContext& c, std::size_t& next, Use use) {
    const std::vector<Nid> nids = nodes_with_memory(c);
    for (std::size_t i = 0; i < nids.size(); ++i) {
        const Nid nid = nids[next % nids.size()];
        next = (next + 1) % nids.size();
        if (use(nid)) return true;
    }
    return false;
}

/// htlb_alloc_mask(): pages of the pool can move where the architecture has migration of huge pages.
Gfp pool_gfp(const MmContext& c) {
    const bool movable = c.pages.profile.long_size == 8;
    return (movable ? gfp::GFP_HIGHUSER_MOVABLE : gfp::GFP_HIGHUSER) | gfp::thisnode | gfp::comp | gfp::nowarn;
}

}  // namespace

HugetlbNode& Hugetlb::of_node(Nid nid) const {
    auto& nodes = m_c.state.hugetlb.nodes;
    const auto at = static_cast<std::size_t>(nid);
    if (at >= nodes.size()) nodes.resize(at + 1);
    return nodes[at];
}

HugetlbNode& Hugetlb::node_of(Pfn head) const {
    return of_node(m_c.pages.zones.frames_of(head)->zone.nid);
}

/// From the first node that has one. A node where trying hard was in vain is asked gently from then on.
bool Hugetlb::alloc_pool_huge_page(std::set<Nid>& tried_in_vain) const {
    HugetlbState& pool = m_c.state.hugetlb;
    return take_turns(m_c, pool.next_to_alloc, [&](Nid nid) {
        const bool hard = !tried_in_vain.contains(nid);
        const Gfp gfp = pool_gfp(m_c) | (hard ? gfp::retry_mayfail : 0);
        const Pfn head = m_c.alloc_page(gfp, m_c.state.layout.hpage_order, nid);
        ++(head == no_pfn ? pool.buddy_fail : pool.buddy_success);
        if (head == no_pfn) return tried_in_vain.insert(nid), false;
        tried_in_vain.erase(nid);
        ++of_node(nid).nr;
        enqueue(head);
        return true;
    });
}

/// The first free one of the node whose turn it is, or of the next that has one: a surplus one, if that is wanted.
bool Hugetlb::remove_pool_huge_page(std::vector<Pfn>& removed, bool of_surplus) const {
    return take_turns(m_c, m_c.state.hugetlb.next_to_free, [&](Nid nid) {
        HugetlbNode& node = of_node(nid);
        if (node.free.empty() || (of_surplus && node.surplus == 0)) return false;
        node.surplus -= of_surplus;
        removed.push_back(node.free.back());
        node.free.pop_back();
        --node.nr;
        return true;
    });
}

/// adjust_pool_surplus(): one more page, or one fewer, counts as surplus, on the first node where that can be.
bool Hugetlb::adjust_surplus(bool more) const {
    HugetlbState& pool = m_c.state.hugetlb;
    return take_turns(m_c, more ? pool.next_to_free : pool.next_to_alloc, [&](Nid nid) {
        HugetlbNode& node = of_node(nid);
        if (more ? node.surplus >= node.nr : node.surplus == 0) return false;
        node.surplus += more ? 1 : ~NrPages{0};
        return true;
    });
}

/// enqueue_huge_page(): free, and nobody's.
void Hugetlb::enqueue(Pfn head) const {
    m_c.state.mappings.set_run({head, head + m_c.state.hpage_nr()}, {MappingKind::hugetlb});
    m_c.columns().set_refcount(head, 0);
    node_of(head).free.push_back(head);
}

namespace {

/// update_and_free_page(): back to the page allocator.
void give_back(const MmContext& c, Pfn head) {
    disown(c.state.mappings, c.columns(), {head, head + c.state.hpage_nr()});
    c.columns().set_refcount(head, 1);
    c.clear_flags(head, ~(bit(PageFlag::head) | pg_hwpoison));
    (void)c.allocator.free_pages(head, c.state.layout.hpage_order, c.trace, c.cpu);
}

/// update_and_free_pages_bulk(): the last one removed first.
void give_back(const MmContext& c, const std::vector<Pfn>& removed) {
    for (auto head = removed.rbegin(); head != removed.rend(); ++head)
        give_back(c, *head);
}

}  // namespace

NrPages Hugetlb::set_nr_hugepages(NrPages count) const {
    HugetlbState& pool = m_c.state.hugetlb;
    while (pool.surplus() > 0 && count > pool.persistent() && adjust_surplus(false)) {
    }
    std::set<Nid> tried_in_vain;
    while (count > pool.persistent() && alloc_pool_huge_page(tried_in_vain)) {
    }
    const NrPages least = std::max(count, pool.resv + pool.nr() - pool.free());  // promised or in use
    std::vector<Pfn> removed;
    while (least < pool.persistent() && remove_pool_huge_page(removed, false)) {
    }
    give_back(m_c, removed);
    while (count < pool.persistent() && adjust_surplus(true)) {
    }
    return pool.persistent();
}

/// dequeue_huge_page_nodemask(): of the CPU's node, or the nearest that has one.
Pfn Hugetlb::dequeue() const {
    const AllocRequest request{pool_gfp(m_c) & ~gfp::thisnode, m_c.state.layout.hpage_order,
                               m_c.pages.zones.node_of_cpu(m_c.cpu), m_c.cpu};
    const AllocContext context = prepare_alloc(m_c.pages.zones, request, m_c.pages.profile);
    if (!context.zonelist) return no_pfn;
    for (const ZoneRef zone : *context.zonelist) {
        HugetlbNode& node = of_node(zone.nid);
        if (node.free.empty()) continue;
        const Pfn head = node.free.back();
        node.free.pop_back();
        m_c.columns().set_refcount(head, 1);
        return head;
    }
    return no_pfn;
}

void Hugetlb::free_huge_page(Pfn head) const {
    m_c.clear_flags(head, pg_anon_exclusive);
    HugetlbNode& node = node_of(head);
    if (node.surplus == 0) return enqueue(head);
    --node.surplus;
    --node.nr;
    give_back(m_c, head);
}

bool Hugetlb::reserve(NrPages pages) const {
    HugetlbState& pool = m_c.state.hugetlb;
    if (pool.resv + pages > pool.free()) return false;  // gather_surplus_pages(): there is no overcommit
    pool.resv += pages;
    return true;
}

void Hugetlb::close(const Vma& area) const {
    if (!(area.flags & vma::resv_owner)) return;
    HugetlbState& pool = m_c.state.hugetlb;
    const NrPages unused = area.range.size() / size() - area.resv_used.size();
    pool.resv -= unused;
    std::vector<Pfn> removed;  // return_unused_surplus_pages()
    for (NrPages left = std::min(unused, pool.surplus()); left > 0 && remove_pool_huge_page(removed, true);)
        --left;
    give_back(m_c, removed);
}

}  // namespace mm
