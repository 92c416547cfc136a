// SPDX-License-Identifier: GPL-3.0-or-later
// An address followed through the page tables, level by level, in words and numbers: for "mmsim walk" and the window's
// view. Addresses are virtual; physical ones, frames and struct pages are turned into virtual ones first.
//
//      ffff888001000000 = PGD[273] P4D(folded) PUD[0] PMD[8] offset      PMD entry 0x80000000010001e3 -> 0x1000000
//
// What the CPU does; the kernel's walkers (follow_page_mask() and the *_offset() helpers) do the same by name.
#pragma once

#include "engine/pgtable/paging.h"
#include "engine/snapshot/layout_of.h"

namespace mm {

struct WalkLevel {
    PtLevel level{};
    bool is_folded = false;              ///< no table of its own; nothing below is set
    unsigned high_bit = 0, low_bit = 0;  ///< the address bits that are the index
    unsigned index = 0, entries = 0;     ///< of how many
    bool is_reached = false;             ///< an entry was read here; nothing below is set otherwise
    PhysAddr table = 0, entry_at = 0;    ///< physical
    PtEntry entry = 0;
    bool is_present = false, is_leaf = false;
    PhysAddr leads_to = 0;           ///< the next table, or the leaf's first byte
    std::vector<std::string> flags;  ///< flag_names()
};

/// An address, and in whose tables it is looked up; pid 0: the kernel's own.
struct WalkAddress {
    VirtAddr virt = 0;
    Pid pid = 0;
    friend bool operator==(const WalkAddress&, const WalkAddress&) = default;
};

struct WalkReport {
    const Paging* paging = nullptr;
    VirtAddr virt = 0;
    Pid pid = 0;
    std::string segment;             ///< i386: the step from logical to linear address, a sentence
    std::string refusal;             ///< why the CPU reads no table; "" if it does
    std::optional<LayoutArea> area;  ///< of the kernel's layout
    std::string process_area;        ///< of a process: "PID 12 "make", 0x5000-0x6000 rw-p [heap]"; "": a hole
    std::vector<WalkLevel> levels;   ///< all five names, from PGD down
    std::optional<PhysAddr> phys;
    Bytes leaf_size = 0;
    std::string outcome;  ///< the result in a sentence
};

/// The tables as they are at this moment of the boot, or of the process: its own below TASK_SIZE, the kernel's above.
WalkReport walk_report(const Snapshot& s, const WalkAddress& address);
inline WalkReport walk_report(const Snapshot& s, VirtAddr virt) {
    return walk_report(s, WalkAddress{virt, 0});
}
std::string print_walk(const WalkReport& report);

/// "0xffff888000001000" or the digits alone (hexadecimal, as the kernel prints addresses), "phys:0x1000" and
/// "pfn:0x1" for the place in the direct map, "page:0x1" for the struct page of a frame, "12:0x7ffe0000" for an address
/// of process 12.
Outcome<WalkAddress> parse_address(const Snapshot& s, std::string_view text);
/// As parse_address() reads it.
std::string to_text(const WalkAddress& address);

/// Where a process maps the frame first; none: no process maps it.
std::optional<WalkAddress> process_address(const Snapshot& s, Pfn pfn);

}  // namespace mm
