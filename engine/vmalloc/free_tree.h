// SPDX-License-Identifier: GPL-3.0-or-later
// Free stretches of virtual addresses, as a red-black tree by address in which each node knows the largest stretch of
// its subtree: the lowest place that fits is found without looking at all of them.
//
//                  [40..60) max 100
//                 /                \                     a request for 15 goes left: 20 is enough there
//      [0..20) max 20            [80..180) max 100
//
// The shape of the tree is the kernel's: for an alignment above a page it decides which of several places is found.
// Follows lib/rbtree.c and the augmented free tree of mm/vmalloc.c, Linux 6.1. Private to vmalloc but for its state.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "engine/types/outcome.h"
#include "engine/types/units.h"

namespace mm {

/// A stretch of addresses and its descriptor, struct vmap_area.
struct VmapArea {
    VirtRange range;
    PhysAddr at = 0;  ///< where the descriptor lies; 0: nowhere
    friend bool operator==(const VmapArea&, const VmapArea&) = default;
};

class FreeTree {
public:
    using NodeId = std::uint32_t;
    static constexpr NodeId none = 0xffffffff;

    std::size_t size() const { return m_nodes.size() - m_spare.size(); }
    const VmapArea& area(NodeId id) const { return m_nodes[id].area; }
    NodeId first() const;
    NodeId next(NodeId id) const;

    /// find_vmap_lowest_match(); none: nothing fits. adjust: see search_length() of the caller.
    NodeId lowest_match(Bytes size, Bytes align, VirtAddr from, bool adjust) const;
    /// Cuts [start, start + size) out of a node. spare: descriptor of the lower rest, where there are two rests;
    /// asked for only then. Answers a descriptor that is no longer needed. REQUIRES: it lies inside.
    std::optional<PhysAddr> cut(NodeId id, VirtAddr start, Bytes size, const std::function<PhysAddr()>& spare);
    /// merge_or_add_vmap_area_augment(). Answers descriptors of what it was merged with.
    std::vector<PhysAddr> add(const VmapArea& area);

    /// Order, colours, links and the largest stretches.
    Broken check() const;

private:
    struct Node {
        VmapArea area;
        Bytes largest = 0;  ///< subtree_max_size
        NodeId parent = none, left = none, right = none;
        bool red = false;
        friend bool operator==(const Node&, const Node&) = default;
    };
    struct Height {
        int black = 0;
        Broken broken;
    };

    Node& at(NodeId id) { return m_nodes[id]; }
    const Node& at(NodeId id) const { return m_nodes[id]; }
    bool is_red(NodeId id) const { return id != none && at(id).red; }
    Bytes largest(NodeId id) const { return id == none ? 0 : at(id).largest; }
    void insert(const VmapArea& area);
    void erase(NodeId id);
    void rotate(NodeId id, bool to_left);
    void mend_insert(NodeId id);
    void mend_erase(NodeId id, NodeId parent);
    void replace_child(NodeId parent, NodeId old, NodeId now);
    void measure(NodeId id);
    void measure_up(NodeId id);
    Height check_below(NodeId id) const;

public:
    friend bool operator==(const FreeTree&, const FreeTree&) = default;

private:
    std::vector<Node> m_nodes;
    std::vector<NodeId> m_spare;  ///< of m_nodes, unused
    NodeId m_root = none;
};

/// The lowest address at or above from where an area of that alignment may begin inside the stretch; whether it fits
/// there is the caller's to see.
VirtAddr first_aligned(const VirtRange& stretch, Bytes align, VirtAddr from);
/// is_within_this_va().
bool fits(const VirtRange& stretch, Bytes size, Bytes align, VirtAddr from);

}  // namespace mm
