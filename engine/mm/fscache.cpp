// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mm/fscache.h"

namespace mm {
namespace {

constexpr std::uint64_t most_cached = std::uint64_t{1} << 24;  // pages: the cache has room for 64 GiB of a file

}  // namespace

bool has_fscache(const MmContext& c, Pfn p) {
    const PageMapping& mapping = c.state.mappings[p];
    return mapping.kind == MappingKind::file && c.state.file(mapping.id).fscache;
}

bool must_be_cached(const MmContext& c, Pfn p) {
    if (!has_fscache(c, p)) return false;
    const PageMapping& mapping = c.state.mappings[p];
    const auto& cached = c.state.file(mapping.id).cached;
    return mapping.index / 64 >= cached.size() || !(cached[mapping.index / 64] >> (mapping.index % 64) & 1);
}

void start_fscache(const MmContext& c, Pfn p) {
    c.get_page(p);
    c.set_flags(p, pg_fscache);
}

void end_fscache(const MmContext& c, Pfn p) {
    const PageMapping mapping = c.state.mappings[p];
    if (mapping.index < most_cached) {
        auto& cached = c.file(mapping.id).cached.edit();
        if (cached.size() <= mapping.index / 64) cached.resize(mapping.index / 64 + 1);
        cached[mapping.index / 64] |= std::uint64_t{1} << (mapping.index % 64);
    }
    c.clear_flags(p, pg_fscache);
    c.put_page(p);
}

}  // namespace mm
