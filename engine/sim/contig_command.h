// SPDX-License-Identifier: GPL-3.0-or-later
// Commands that ask for given or contiguous frames: others have to leave.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/page_alloc/cma.h"

namespace mm {

struct AllocContigRange {
    Pfn pfn = 0;
    NrPages count = 1;
    unsigned cpu = 0;
    friend bool operator==(const AllocContigRange&, const AllocContigRange&) = default;
};
struct FreeContigRange {
    Pfn pfn = 0;
    NrPages count = 1;
    unsigned cpu = 0;
    friend bool operator==(const FreeContigRange&, const FreeContigRange&) = default;
};
struct CmaAlloc {
    NrPages count = 1;
    Order align = 0;  ///< 2^this pages
    unsigned cpu = 0;
    friend bool operator==(const CmaAlloc&, const CmaAlloc&) = default;
};
struct CmaRelease {
    Pfn pfn = 0;
    NrPages count = 1;
    unsigned cpu = 0;
    friend bool operator==(const CmaRelease&, const CmaRelease&) = default;
};
using ContigCommand = std::variant<AllocContigRange, FreeContigRange, CmaAlloc, CmaRelease>;

inline constexpr std::string_view contig_commands_expected =
    "alloc_contig_range PFN count N cpu N; free_contig_range PFN count N cpu N; cma_alloc N align ORDER cpu N; "
    "cma_release PFN count N cpu N";

std::string command_text(const ContigCommand& command);
std::optional<ContigCommand> parse_contig_command(const std::vector<std::string_view>& words);
unsigned cpu_of(const ContigCommand& command);
/// The first frame that it gives back; no_pfn: it asks for some.
Pfn given_back(const ContigCommand& command);

/// Who does them.
struct ContigRooms {
    ContigRange& contig;
    Cma& cma;
};
/// Does it; what it answers is the first frame, if there are any. Errors are the user's.
Outcome<std::optional<Pfn>> run_contig_command(const ContigRooms& rooms, const ContigCommand& command);

}  // namespace mm
