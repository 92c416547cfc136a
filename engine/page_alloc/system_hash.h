// SPDX-License-Identifier: GPL-3.0-or-later
// The large hash tables of a kernel: how many buckets each gets from the size of memory and the command line.
//
//      pages         nr_kernel_pages, rounded up to a MiB            (rule of thumb: one bucket for each 2^scale bytes)
//      buckets       2^n, at least a page of them, between low and high limit, at most 1/16 of memory
//
// Follows alloc_large_system_hash(), mm/page_alloc.c, Linux 6.1; the tables are those of its callers in fs, kernel,
// lib and net.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/types/units.h"

namespace mm {

/// One call of alloc_large_system_hash().
struct SystemHash {
    std::string_view name;            ///< "Dentry cache"
    std::string_view parameter = {};  ///< "dhash_entries": number of buckets on the command line
    Bytes bucket64 = 0, bucket32 = 0;
    std::uint64_t entries = 0;  ///< asked for; 0: by the size of memory
    unsigned scale = 0;
    std::uint64_t low_limit = 0, high_limit = 0;
};

/// What the tables are scaled by.
struct HashMemory {
    NrPages kernel_pages = 0, all_pages = 0;  ///< nr_kernel_pages, nr_all_pages
    bool is_64bit = true;
};

struct HashSize {
    std::uint64_t entries = 0;
    Bytes bytes = 0;
    unsigned order = 0;  ///< get_order(bytes)
};

/// entries of the call as replaced by its parameter or its caller.
HashSize size_of(const SystemHash& hash, const HashMemory& memory);
/// "Dentry cache hash table entries: 65536 (order: 7, 524288 bytes, linear)", before Linux 5.3 without a kind.
std::string hash_line(std::string_view name, const HashSize& size, std::string_view kind);

/// The call of that name as the kernel of this command line makes it. REQUIRES: the kernel has such a table.
SystemHash system_hash(std::string_view name, std::string_view command_line);

}  // namespace mm
