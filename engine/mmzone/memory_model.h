// SPDX-License-Identifier: GPL-3.0-or-later
// The four ways a kernel finds the struct page of a frame and back: page_to_pfn() and pfn_to_page(). Follows
// include/asm-generic/memory_model.h and mm/sparse.c, Linux 6.1; DISCONTIGMEM as it was up to 5.13.
//
//      FLATMEM            one array, holes and all      page = mem_map + (pfn - ARCH_PFN_OFFSET)
//      DISCONTIGMEM       an array a node               page = NODE_DATA(nid)->node_mem_map + (pfn - node_start_pfn)
//      SPARSEMEM          an array a section            page = section_mem_map[pfn / section] + pfn % section
//      SPARSEMEM_VMEMMAP  arrays of sections, mapped    page = vmemmap + pfn
//                         where one array would have them
//
// Addresses are virtual; counting is in struct pages of a given size. A frame that a model has no struct page for has
// no address, and an address that is no struct page's has no frame.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/mmzone/init.h"

namespace mm {

inline constexpr unsigned nr_memory_models = 4;
std::string_view name_of(MemoryModel);  ///< "FLATMEM", ...

/// Frames whose struct pages lie one after the other.
struct MemMapPiece {
    PfnRange frames;
    VirtAddr mem_map = 0;  ///< of the first frame's struct page
    friend bool operator==(const MemMapPiece&, const MemMapPiece&) = default;
};

/// Where all struct pages of a machine are. All models are pieces; they differ in how large those are and where.
class MemMap {
public:
    /// REQUIRES: pieces ascending and disjoint in frames.
    MemMap(MemoryModel model, Bytes struct_page_size, std::vector<MemMapPiece> pieces)
        : m_model(model), m_size(struct_page_size), m_pieces(std::move(pieces)) {}

    MemoryModel model() const { return m_model; }
    std::span<const MemMapPiece> pieces() const { return m_pieces; }
    std::optional<VirtAddr> pfn_to_page(Pfn pfn) const;
    /// Any address inside the struct page. Asks piece after piece, as it may lie anywhere; the kernel reads node or
    /// section out of page->flags.
    std::optional<Pfn> page_to_pfn(VirtAddr page) const;
    const MemMapPiece* piece_of(Pfn pfn) const;
    Bytes bytes() const;  ///< of all struct pages

private:
    MemoryModel m_model;
    Bytes m_size;
    std::vector<MemMapPiece> m_pieces;
};

/// What a model's arrays start from where it has one.
struct MemMapBases {
    VirtAddr page_offset = 0;  ///< of the direct map: SPARSEMEM's arrays are used there
    VirtAddr vmemmap = 0;
    VirtAddr mem_map = 0;  ///< FLATMEM's array; DISCONTIGMEM's follow each other from here, node by node
};

/// The machine's struct pages under a model. FLATMEM and DISCONTIGMEM arrays start and end at blocks of the highest
/// order, as alloc_node_mem_map() has them.
MemMap mem_map_of(MemoryModel model, const Zones& zones, const std::vector<Section>& sections,
                  const KernelProfile& profile, const MemMapBases& bases);

}  // namespace mm
