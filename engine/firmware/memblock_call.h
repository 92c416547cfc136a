// SPDX-License-Identifier: GPL-3.0-or-later
// What memblock=debug prints of one call: who asked memblock for what, and not where the answer lay.
//
//      memblock_alloc_try_nid: 73 bytes align=0x40 nid=-1 from=0x0 max_addr=0x0 acpi_parse_hpet+0xc3/0x132
//      memblock_reserve: [0xf5ba0-0xf5baf] smp_scan_config+0xa7/0xff
//      memblock_reserve: [0x98000-0x9efff] memblock_alloc_range_nid+0xb0/0x13d     an answer: no call of boot code
//
// A real kernel's calls are requests of the machine (Machine::memblock_calls); the engine answers them anew. Follows
// memblock_dbg() in mm/memblock.c, Linux 6.1.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/types/units.h"

namespace mm {

/// How boot code asks for memory: which words memblock=debug prints, and whether a lower bound is only a wish (of the
/// memblock_alloc family) or holds (memblock_phys_alloc_range).
enum class MemblockApi : std::uint8_t {
    unlogged,       ///< memblock_phys_alloc_try_nid: prints no request
    try_nid,        ///< memblock_alloc_try_nid: memblock_alloc(), memblock_alloc_node()...
    try_nid_raw,    ///< memblock_alloc_try_nid_raw
    exact_nid_raw,  ///< memblock_alloc_exact_nid_raw: this node or none
    phys_range      ///< memblock_phys_alloc_range: memblock_phys_alloc()
};
std::string_view name_of(MemblockApi);

enum class MemblockCallKind : std::uint8_t { alloc, reserve, phys_free, remove };

struct MemblockCall {
    MemblockCallKind kind = MemblockCallKind::alloc;
    MemblockApi api = MemblockApi::unlogged;  ///< of an alloc
    Bytes size = 0, align = 0;                ///< of an alloc, as are the next three
    Nid nid = no_node;
    PhysAddr from = 0, max_addr = 0;
    PhysRange range;     ///< of the others
    std::string caller;  ///< "setup_arch", without offset and compiler's suffix (".isra.0")
    std::string line;    ///< as printed

    friend bool operator==(const MemblockCall&, const MemblockCall&) = default;
};

/// Nothing for other lines, damaged ones, and memblock_alloc_range_nid()'s reservations, which are answers.
std::optional<MemblockCall> parse_memblock_call(std::string_view line);

}  // namespace mm
