// SPDX-License-Identifier: GPL-3.0-or-later
// Commands of high memory, named as the kernel's functions. Frames are told by their number, mappings by their virtual
// address; kmap_atomic, kunmap_atomic and kmap_local_page are read, too.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/highmem/highmem.h"
#include "engine/sim/slab_command.h"

namespace mm {

struct Kmap {
    Pfn frame = 0;
    friend bool operator==(const Kmap&, const Kmap&) = default;
};
struct Kunmap {
    Pfn frame = 0;
    friend bool operator==(const Kunmap&, const Kunmap&) = default;
};
struct KmapLocal {
    Pfn frame = 0;
    unsigned cpu = 0;
    friend bool operator==(const KmapLocal&, const KmapLocal&) = default;
};
struct KunmapLocal {
    VirtAddr address = 0;
    unsigned cpu = 0;
    friend bool operator==(const KunmapLocal&, const KunmapLocal&) = default;
};
/// Answers where a frame is seen, if anywhere; changes nothing.
struct PageAddress {
    Pfn frame = 0;
    friend bool operator==(const PageAddress&, const PageAddress&) = default;
};
/// kmap_flush_unused(): slots without users are free again.
struct KmapFlushUnused {
    friend bool operator==(const KmapFlushUnused&, const KmapFlushUnused&) = default;
};
using HighmemCommand = std::variant<Kmap, Kunmap, KmapLocal, KunmapLocal, PageAddress, KmapFlushUnused>;

inline constexpr std::string_view highmem_commands_expected =
    "kmap PFN; kunmap PFN; kmap_local PFN cpu N; kunmap_local ADDRESS cpu N; page_address PFN; kmap_flush_unused";

std::string command_text(const HighmemCommand& command);
std::optional<HighmemCommand> parse_highmem_command(const std::vector<std::string_view>& words);

/// Does it; what it answers is a mapping's address, if there is one. REQUIRES: highmem is up. Errors are the user's.
Outcome<std::optional<VirtAddr>> run_highmem_command(Highmem& highmem, const HighmemCommand& command,
                                                     const Tracer& trace);
SlabPlaceAsked place_of(const HighmemCommand& command);

}  // namespace mm
