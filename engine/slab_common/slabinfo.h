// SPDX-License-Identifier: GPL-3.0-or-later
// /proc/slabinfo, version 2.1: read, and printed as cache_show() does. Follows mm/slab_common.c, Linux 6.1
// and 4.17.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/types/outcome.h"
#include "engine/types/units.h"

namespace mm {

/// What a file says of a cache before anything was computed from it.
struct SlabinfoSize {
    std::string name;
    Bytes objsize = 0;  ///< s->size: an object with all that SLUB puts around it
    unsigned line = 0;  ///< in the file, from 1
};
/// Names and object sizes, in the file's order; columns behind <objsize> are not looked at. Errors name file and line.
Outcome<std::vector<SlabinfoSize>> read_slabinfo_sizes(std::string_view text, const std::string& file);

/// struct slabinfo, and its line.
struct SlabinfoRow {
    std::string name;
    std::uint64_t active_objs = 0, num_objs = 0;
    Bytes objsize = 0;
    unsigned objperslab = 0;
    NrPages pagesperslab = 0;
    std::uint64_t active_slabs = 0, num_slabs = 0;
    unsigned limit = 0, batchcount = 0, shared = 0;  ///< tunables, which SLUB does not have
    std::uint64_t shared_avail = 0;
};
/// The whole file.
std::string print_slabinfo(const std::vector<SlabinfoRow>& rows);

}  // namespace mm
