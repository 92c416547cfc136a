// SPDX-License-Identifier: GPL-3.0-or-later
// A task's memory policy: from which nodes its requests are served.
//
//      bind        only from these, the nearest first      preferred   from the first of these, else from any
//      interleave  a node after the other
//
// Follows mm/mempolicy.c, Linux 6.1: alloc_pages, policy_node, policy_nodemask, interleave_nodes, apply_policy_zone.
#pragma once

#include <optional>
#include <string_view>

#include "engine/page_alloc/zone_walk.h"

namespace mm {

enum class PolicyMode : std::uint8_t { standard, preferred, bind, interleave };
std::string_view name_of(PolicyMode mode);  ///< "default", "preferred", "bind", "interleave"
std::optional<PolicyMode> policy_mode_named(std::string_view name);

struct MemPolicy {
    PolicyMode mode = PolicyMode::standard;
    std::uint64_t nodes = 0;  ///< a bit each
    friend bool operator==(const MemPolicy&, const MemPolicy&) = default;
};

/// The request as the policy makes it. il_prev: the node that the task's last interleaved page came from; moves on.
AllocRequest with_policy(AllocRequest request, const MemPolicy& policy, const Zones& zones, Nid& il_prev);

/// An interleaved page was asked of its node and came from there: NUMA_INTERLEAVE_HIT.
void count_interleave(Zones& zones, const AllocRequest& request, Pfn pfn);

}  // namespace mm
