// SPDX-License-Identifier: GPL-3.0-or-later
// Commands of vmalloc, named as the kernel's functions. Areas are told by their virtual address. The first of them
// brings the window up (vmalloc_init), and the slab allocator that its descriptors come from, which a real machine does
// during its boot.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/sim/slab_command.h"
#include "engine/vmalloc/vmalloc_allocator.h"

namespace mm {

/// vzalloc() is the same with __GFP_ZERO.
struct Vmalloc {
    Bytes size = 0;
    VmRequest area;
    friend bool operator==(const Vmalloc&, const Vmalloc&) = default;
};
struct Vfree {
    VirtAddr address = 0;
    unsigned cpu = 0;
    friend bool operator==(const Vfree&, const Vfree&) = default;
};
/// vmap() of count frames in a row.
struct Vmap {
    Pfn first = 0;
    NrPages count = 1;
    VmRequest area;
    friend bool operator==(const Vmap&, const Vmap&) = default;
};
struct Vunmap {
    VirtAddr address = 0;
    unsigned cpu = 0;
    friend bool operator==(const Vunmap&, const Vunmap&) = default;
};
struct Ioremap {
    PhysAddr phys = 0;
    Bytes size = 0;
    VmRequest area;
    friend bool operator==(const Ioremap&, const Ioremap&) = default;
};
struct Iounmap {
    VirtAddr address = 0;
    unsigned cpu = 0;
    friend bool operator==(const Iounmap&, const Iounmap&) = default;
};
/// vm_unmap_aliases(): what waits for a flush of the TLBs gets it.
struct VmUnmapAliases {
    unsigned cpu = 0;
    friend bool operator==(const VmUnmapAliases&, const VmUnmapAliases&) = default;
};
using VmallocCommand = std::variant<Vmalloc, Vfree, Vmap, Vunmap, Ioremap, Iounmap, VmUnmapAliases>;

inline constexpr std::string_view vmalloc_commands_expected =
    "vmalloc BYTES GFP node N cpu N caller NAME; vfree ADDRESS cpu N; vmap PFN count N cpu N; vunmap ADDRESS cpu N; "
    "ioremap PHYSICAL BYTES cpu N; iounmap ADDRESS cpu N; vm_unmap_aliases cpu N";

std::string command_text(const VmallocCommand& command);
std::optional<VmallocCommand> parse_vmalloc_command(const std::vector<std::string_view>& words);

/// Does it; what it answers is an area's address, if it makes one and there was room and memory. REQUIRES: the window
/// is up. Errors are the user's.
Outcome<std::optional<VirtAddr>> run_vmalloc_command(VmallocAllocator& window, const VmallocCommand& command,
                                                     const Tracer& trace);
/// The CPU it runs on and the node it asks for (no_node: none).
SlabPlaceAsked place_of(const VmallocCommand& command);

}  // namespace mm
