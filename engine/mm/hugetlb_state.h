// SPDX-License-Identifier: GPL-3.0-or-later
// The pool of huge pages that an administrator sets aside (vm.nr_hugepages), for areas that ask for them by name.
//
//      pool    free [H H H H]   of which 2 are promised to areas that were mapped and not yet touched
//              in use [H H]     mapped by processes, one entry of a PMD each
//
// Follows mm/hugetlb.c (struct hstate), Linux 6.1. The default size alone, HPAGE_PMD_SIZE.
#pragma once

#include <vector>

#include "engine/types/units.h"

namespace mm {

/// Of one node.
struct HugetlbNode {
    std::vector<Pfn> free;  ///< hugepage_freelists, the first being the vector's last: the next to be handed out
    NrPages nr = 0;         ///< nr_huge_pages_node, in huge pages, as all below
    NrPages surplus = 0;    ///< surplus_huge_pages_node: in use beyond what was asked for; gone when given back
    friend bool operator==(const HugetlbNode&, const HugetlbNode&) = default;
};

struct HugetlbState {
    std::vector<HugetlbNode> nodes;                   ///< by node; empty: no pool was ever asked for
    NrPages resv = 0;                                 ///< resv_huge_pages: free, but promised
    std::size_t next_to_alloc = 0, next_to_free = 0;  ///< next_nid_to_alloc, next_nid_to_free
    std::uint64_t buddy_success = 0, buddy_fail = 0;  ///< htlb_buddy_alloc_success, htlb_buddy_alloc_fail

    template<class Member>
    NrPages sum(Member member) const {
        NrPages n = 0;
        for (const HugetlbNode& node : nodes)
            n += member(node);
        return n;
    }
    NrPages nr() const {
        return sum([](const HugetlbNode& n) { return n.nr; });
    }
    NrPages surplus() const {
        return sum([](const HugetlbNode& n) { return n.surplus; });
    }
    NrPages free() const {
        return sum([](const HugetlbNode& n) { return NrPages{n.free.size()}; });
    }
    NrPages persistent() const { return nr() - surplus(); }  ///< persistent_huge_pages()
    friend bool operator==(const HugetlbState&, const HugetlbState&) = default;
};

}  // namespace mm
