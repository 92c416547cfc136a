// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/workload.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <unordered_map>

namespace mm {
namespace {

constexpr std::array<Gfp, 3> gfp_of_type{gfp::GFP_KERNEL, gfp::GFP_HIGHUSER_MOVABLE,
                                         gfp::GFP_KERNEL | gfp::reclaimable};

}  // namespace

Command Workload::next(NrPages managed, NrPages free_pages, const std::vector<Nid>& nodes) {
    ++m_now;
    const NrPages used = managed - std::min(managed, free_pages);
    const bool full = used * 100 >= managed * m_spec.target_percent;
    if (!m_live.empty() && (full || m_live.front().expires <= m_now)) return free_earliest();
    AllocRequest request;
    const auto zeros = static_cast<unsigned>(std::countr_zero(m_rng.next() | (std::uint64_t{1} << 63)));
    request.order = std::min<Order>(zeros, m_spec.max_order);
    request.gfp = gfp_of_type[pick_type()] | gfp::nowarn;  // large blocks often fail, and that is no news
    request.nid = nodes.empty() ? 0 : nodes[m_rng.below(nodes.size())];
    return AllocPages{request};
}

Command Workload::free_earliest() {
    std::pop_heap(m_live.begin(), m_live.end(), std::greater<>());
    const Block block = m_live.back();
    m_live.pop_back();
    return FreePages{block.pfn, block.order};
}

std::size_t Workload::pick_type() {
    const unsigned total = m_spec.type_weight[0] + m_spec.type_weight[1] + m_spec.type_weight[2];
    std::uint64_t draw = m_rng.below(std::max(total, 1u));
    for (std::size_t type = 0; type < 3; ++type) {
        if (draw < m_spec.type_weight[type]) return type;
        draw -= m_spec.type_weight[type];
    }
    return 1;
}

void Workload::moved(const std::vector<PageMove>& moves) {
    if (moves.empty()) return;
    // Where each page that has moved, perhaps more than once, is now.
    std::unordered_map<Pfn, Pfn> origin, now;
    for (const PageMove& move : moves) {
        const auto earlier = origin.find(move.from);
        const Pfn first = earlier == origin.end() ? move.from : earlier->second;
        if (earlier != origin.end()) origin.erase(earlier);
        origin[move.to] = first;
        now[first] = move.to;
    }
    for (Block& block : m_live)
        if (const auto it = now.find(block.pfn); it != now.end()) block.pfn = it->second;
    std::make_heap(m_live.begin(), m_live.end(), std::greater<>());
}

void Workload::allocated(Pfn pfn, Order order) {
    if (pfn == no_pfn) return;
    m_live.push_back({m_now + 1 + m_rng.below(2 * std::max<std::uint64_t>(m_spec.mean_lifetime, 1)), pfn, order});
    std::push_heap(m_live.begin(), m_live.end(), std::greater<>());
}

}  // namespace mm
