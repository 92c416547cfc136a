// SPDX-License-Identifier: GPL-3.0-or-later
// Who stands on whom, from the functions that callers know down to the page frame, with figures of the moment; and the
// way one frame or object goes through it, a sentence a step.
//
//      kmalloc()   kmem_cache_alloc()   vmalloc()   alloc_pages()   per-CPU areas      lanes: who asks
//          |               |                |             |               |
//      size class        cache             area           |               |
//          '------> per-CPU slab            |             |               |
//                        |                  |             |               |
//                    slab page            pages           |           memblock
//                        '-------> page allocator <-------'               |
//                                         |                               |
//                                       zones  <--------------------------'
//                                         |
//                                       frame
//
// Whoever keeps page frames is an Owner: a line in owners(), a lane of boxes, its pages, and what it says of a frame.
// Pages of all owners and what is free are all frames that a zone has.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/slab_common/kmem_cache.h"
#include "engine/snapshot/snapshot.h"

namespace mm {

struct HierarchyBox {
    std::string id;               ///< "kmalloc", "zone 0 DMA32"
    std::string title;            ///< "kmalloc()"
    std::string words;            ///< "1 234 objects, 4.2 MiB": figures
    std::string source;           ///< "mm/slab_common.c"
    unsigned layer = 0;           ///< from the callers (0) down
    unsigned lane = 0;            ///< its owner's; of what all share: no_lane
    std::optional<ZoneRef> zone;  ///< of a zone's box
    friend bool operator==(const HierarchyBox&, const HierarchyBox&) = default;
};
inline constexpr unsigned no_lane = ~0u;

struct HierarchyEdge {
    std::size_t from = 0, to = 0;  ///< boxes; from asks to
    friend bool operator==(const HierarchyEdge&, const HierarchyEdge&) = default;
};

struct Hierarchy {
    std::vector<HierarchyBox> boxes;
    std::vector<HierarchyEdge> edges;
    unsigned layers = 0, lanes = 0;
    friend bool operator==(const Hierarchy&, const Hierarchy&) = default;

    /// Of a box; none: there is no such.
    std::optional<std::size_t> find(std::string_view id) const;
};

struct PathStep {
    std::string box;    ///< its id
    std::string words;  ///< "object 5 of 32, in use"
    friend bool operator==(const PathStep&, const PathStep&) = default;
};

/// A frame, and the object in it that is meant, if one is.
struct AskedFrame {
    Pfn pfn = 0;
    std::optional<PhysAddr> object;
};

struct HierarchyMaker;

struct Owner {
    const char* name;  ///< "slab"
    /// Its boxes, with edges by id to its own and to "page_allocator" or "memblock".
    void (*add)(const Snapshot& s, unsigned lane, HierarchyMaker& out);
    NrPages (*pages)(const Snapshot& s);
    /// From its caller's function down; empty: it is not its frame.
    std::vector<PathStep> (*path)(const Snapshot& s, const AskedFrame& asked);
};
/// Those that keep frames; a later one is asked only for frames that no earlier one has.
std::span<const Owner> owners();

Hierarchy allocation_hierarchy(const Snapshot& s);
/// Never empty where there is such a frame: the last step is the frame itself.
std::vector<PathStep> allocation_path(const Snapshot& s, const AskedFrame& asked);

/// The slab that a frame is part of; cache no_cache: of none.
ObjectPlace slab_of_frame(const Snapshot& s, Pfn pfn);
/// The object of that slab an address lies in; no_object: between them.
ObjectPlace object_at(const Snapshot& s, PhysAddr address);

/// How owners put boxes in.
struct HierarchyMaker {
    Hierarchy& hierarchy;
    std::vector<std::pair<std::string, std::string>> edges;  ///< by id

    void box(HierarchyBox box) { hierarchy.boxes.push_back(std::move(box)); }
    void edge(std::string from, std::string to) { edges.emplace_back(std::move(from), std::move(to)); }
};

/// Boxes in words, lane by lane, and what adds up to what.
std::string print_hierarchy(const Snapshot& s);
/// The way of one frame, a line a step.
std::string print_path(const std::vector<PathStep>& path, unsigned indent = 0);

}  // namespace mm
