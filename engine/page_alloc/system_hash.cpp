// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/page_alloc/system_hash.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>

#include "engine/firmware/command_line.h"

namespace mm {
namespace {

// clang-format off
constexpr std::array hash_tables{
    //          name, parameter                             bucket 64, 32    entries  scale  low      high
    SystemHash{"Dentry cache", "dhash_entries",                    8,  4,         0,    13,     2,         0},
    SystemHash{"Inode-cache", "ihash_entries",                     8,  4,         0,    14,     0,         0},
    SystemHash{"stackdepot", "",                                   8,  4,         0,    14, 1 << 12, 1 << 20},
    SystemHash{"Mount-cache", "mhash_entries",                     8,  4,         0,    19,     0,         0},
    SystemHash{"Mountpoint-cache", "mphash_entries",               8,  4,         0,    19,     0,         0},
    SystemHash{"futex", "",                                       64, 64,       256,     0,   256,       256},
    SystemHash{"IP idents", "",                                    8,  8,         0,    16,  2048, 256 * 1024},
    SystemHash{"tcp_listen_portaddr_hash", "thash_entries",       16,  8,         0,    21,     0,  64 * 1024},
    SystemHash{"Table-perturb", "",                                4,  4,     65536,     0, 65536,     65536},
    SystemHash{"TCP established", "thash_entries",                 8,  4,         0,    17,     0, 512 * 1024},
    SystemHash{"TCP bind", "",                                    32, 16,         0,    17,     0,  64 * 1024},
    SystemHash{"MPTCP token", "",                                 24, 16,         0,    20,     0,  64 * 1024},
    SystemHash{"UDP", "uhash_entries",                            32, 32,         0,    21,   256,  64 * 1024},
    SystemHash{"UDP-Lite", "uhash_entries",                       32, 32,         0,    21,   256,  64 * 1024},
};
// clang-format on

/// Tables without an upper limit grow by a quarter only with each fourfold of memory beyond 64 GiB.
unsigned adapted_scale(unsigned scale, NrPages pages) {
    constexpr NrPages adapt_scale_pages = 64 * GiB >> page_shift;
    for (NrPages adapt = adapt_scale_pages; adapt < pages; adapt <<= 2)
        ++scale;
    return scale;
}

std::uint64_t by_memory(const SystemHash& hash, const HashMemory& memory, Bytes bucket) {
    const NrPages pages = align_up(memory.kernel_pages, MiB / page_size);
    const unsigned scale = memory.is_64bit && hash.high_limit == 0 ? adapted_scale(hash.scale, pages) : hash.scale;
    const std::uint64_t entries = scale > page_shift ? pages >> (scale - page_shift) : pages << (page_shift - scale);
    return entries * bucket < page_size ? page_size / bucket : entries;
}

}  // namespace

HashSize size_of(const SystemHash& hash, const HashMemory& memory) {
    const Bytes bucket = memory.is_64bit ? hash.bucket64 : hash.bucket32;
    constexpr std::uint64_t most = 0x80000000;
    std::uint64_t entries = hash.entries ? std::min(hash.entries, most) : by_memory(hash, memory, bucket);
    entries = std::bit_ceil(std::max<std::uint64_t>(entries, 1));
    std::uint64_t max = hash.high_limit ? hash.high_limit : (memory.all_pages << page_shift >> 4) / bucket;
    max = std::min(max, most);
    entries = std::bit_floor(std::min(std::max(entries, hash.low_limit), std::max<std::uint64_t>(max, 1)));
    const Bytes bytes = entries * bucket;
    return {entries, bytes, get_order(bytes)};
}

std::string hash_line(std::string_view name, const HashSize& size, std::string_view kind) {
    return fmt::format("{} hash table entries: {} (order: {}, {} bytes{}{})", name, size.entries, size.order,
                       size.bytes, kind.empty() ? "" : ", ", kind);
}

SystemHash system_hash(std::string_view name, std::string_view command_line) {
    const auto it = std::find_if(hash_tables.begin(), hash_tables.end(), [&](const auto& t) { return t.name == name; });
    assert(it != hash_tables.end());
    SystemHash hash = *it;
    if (hash.parameter.empty()) return hash;
    const auto value = find_param(command_line, hash.parameter);
    hash.entries = value ? simple_strtoull(*value) : 0;
    // set_uhash_entries(): not fewer than the least; thash_entries lifts the upper limit of its table.
    if (hash.parameter == "uhash_entries" && hash.entries) hash.entries = std::max(hash.entries, hash.low_limit);
    if (hash.name == "TCP established" && hash.entries) hash.high_limit = 0;
    return hash;
}

}  // namespace mm
