// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/run_workload.h"

namespace mm {

Outcome<Done> do_next(Workload& workload, Timeline& timeline) {
    const Zones& zones = timeline.system().state().zones;
    std::vector<Nid> nodes;
    for (const Node& node : zones.nodes)
        nodes.push_back(node.nid);
    const Command command = workload.next(zones.sum(&Zone::managed), zones.sum(&Zone::free_pages), nodes);
    const auto result = timeline.execute(command);
    const auto* alloc = std::get_if<AllocPages>(&command);
    if (!alloc) return Done{};
    if (!result) return result.error();
    workload.moved(result->moved);
    workload.allocated(result->pfn, alloc->request.order);
    return Done{};
}

}  // namespace mm
