// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/workload.h"

#include <algorithm>
#include <bit>

namespace mm {
namespace {

constexpr std::array<Gfp, 3> gfp_of_type{gfp::GFP_KERNEL, gfp::GFP_HIGHUSER_MOVABLE,
                                         gfp::GFP_KERNEL | gfp::reclaimable};

}  // namespace

Command Workload::next(NrPages managed, NrPages free_pages, const std::vector<Nid>& nodes) {
    const NrPages used_percent = managed ? (managed - std::min(managed, free_pages)) * 100 / managed : 100;
    // Free with a chance of live/lifetime in use, so that blocks live mean_lifetime commands; above the target free
    // more often, below it less: occupancy drifts around the target.
    const bool above = used_percent >= m_spec.target_percent;
    const unsigned chance = m_live.size() > m_spec.mean_lifetime ? (above ? 600u : 420u) : (above ? 900u : 200u);
    if (!m_live.empty() && m_rng.chance(chance)) {
        const std::size_t i = m_rng.below(m_live.size());
        const Block block = m_live[i];
        m_live[i] = m_live.back();
        m_live.pop_back();
        return FreePages{block.pfn, block.order};
    }
    AllocRequest request;
    const auto zeros = static_cast<unsigned>(std::countr_zero(m_rng.next() | (std::uint64_t{1} << 63)));
    request.order = std::min<Order>(zeros, m_spec.max_order);
    request.gfp = gfp_of_type[pick_type()];
    request.nid = nodes.empty() ? 0 : nodes[m_rng.below(nodes.size())];
    return AllocPages{request};
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

void Workload::allocated(Pfn pfn, Order order) {
    if (pfn != no_pfn) m_live.push_back({pfn, order});
}

}  // namespace mm
