// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/slab_command.h"

#include <fmt/format.h>

#include "engine/sim/command_words.h"

namespace mm {
namespace {

using Words = std::vector<std::string_view>;
using Object = Outcome<std::optional<PhysAddr>>;

std::string where(const SlabRequest& r) {
    const std::string node = r.nid == no_node ? "" : fmt::format(" node {}", r.nid);
    return fmt::format("{}{} cpu {}", gfp_text(r.gfp), node, r.cpu);
}

struct SlabPrinter {
    std::string operator()(const KmemCacheInit&) const { return "kmem_cache_init"; }
    std::string operator()(const Kmalloc& c) const { return fmt::format("kmalloc {} {}", c.size, where(c.slab)); }
    std::string operator()(const Krealloc& c) const {
        return fmt::format("krealloc {:#x} {} {}", c.object, c.size, where(c.slab));
    }
    std::string operator()(const Kfree& c) const { return fmt::format("kfree {:#x} cpu {}", c.object, c.cpu); }
    std::string operator()(const KmemCacheCreate& c) const {
        return fmt::format("kmem_cache_create {} size {} align {}", c.cache, c.size, c.align);
    }
    std::string operator()(const KmemCacheDestroy& c) const { return "kmem_cache_destroy " + c.cache; }
    std::string operator()(const KmemCacheShrink& c) const { return "kmem_cache_shrink " + c.cache; }
    std::string operator()(const KmemCacheAlloc& c) const {
        return fmt::format("kmem_cache_alloc {} {}", c.cache, where(c.slab));
    }
    std::string operator()(const KmemCacheAllocBulk& c) const {
        return fmt::format("kmem_cache_alloc_bulk {} {} count {} cpu {}", c.cache, gfp_text(c.slab.gfp), c.count,
                           c.slab.cpu);
    }
    std::string operator()(const KmemCacheFree& c) const {
        return fmt::format("kmem_cache_free {} {:#x} cpu {}", c.cache, c.object, c.cpu);
    }
    std::string operator()(const CacheReap& c) const { return fmt::format("cache_reap cpu {}", c.cpu); }
    std::string operator()(const SlabinfoWrite& c) const {
        return fmt::format("slabinfo_write {} {} {} {}", c.cache, c.limit, c.batchcount, c.shared);
    }
};

/// "GFP_KERNEL node 0 cpu 0" from that word on.
std::optional<SlabRequest> request_at(const Words& words, std::size_t at) {
    if (at >= words.size()) return std::nullopt;
    const auto flags = parse_gfp(words[at]);
    CommandFields f;
    if (!flags || !f.read(words, at + 1, {CommandFields::node, CommandFields::cpu})) return std::nullopt;
    const Nid nid = f.has(CommandFields::node) ? static_cast<Nid>(f.value(CommandFields::node)) : no_node;
    return SlabRequest{*flags, nid, f.cpu_number()};
}

/// "cpu 0" from that word on.
std::optional<unsigned> cpu_at(const Words& words, std::size_t at) {
    CommandFields f;
    if (!f.read(words, at, {CommandFields::cpu})) return std::nullopt;
    return f.cpu_number();
}

std::optional<SlabCommand> parse_kmalloc(const Words& words) {
    const auto size = number(words[1]);
    auto request = request_at(words, 2);
    if (!size || !request) return std::nullopt;
    if (words[0] == "kzalloc") request->gfp |= gfp::zero;
    return Kmalloc{*size, *request};
}

std::optional<SlabCommand> parse_krealloc(const Words& words) {
    const auto object = number(words[1]), size = words.size() > 2 ? number(words[2]) : std::nullopt;
    const auto request = request_at(words, 3);
    if (!object || !size || !request) return std::nullopt;
    return Krealloc{*object, *size, *request};
}

std::optional<SlabCommand> parse_kfree(const Words& words) {
    const auto object = number(words[1]);
    const auto cpu = cpu_at(words, 2);
    if (!object || !cpu) return std::nullopt;
    return Kfree{*object, *cpu};
}

std::optional<SlabCommand> parse_create(const Words& words) {
    CommandFields f;
    if (!f.read(words, 2, {CommandFields::size, CommandFields::align}) || !f.has(CommandFields::size))
        return std::nullopt;
    return KmemCacheCreate{std::string(words[1]), f.value(CommandFields::size), f.value(CommandFields::align)};
}

std::optional<SlabCommand> parse_bulk(const Words& words) {
    constexpr std::uint64_t most = std::uint64_t{1} << 24;
    const auto flags = words.size() > 2 ? parse_gfp(words[2]) : std::nullopt;
    CommandFields f;
    if (!flags || !f.read(words, 3, {CommandFields::count, CommandFields::cpu})) return std::nullopt;
    const std::uint64_t count = f.value(CommandFields::count, 1);
    if (count == 0 || count > most) return std::nullopt;
    return KmemCacheAllocBulk{std::string(words[1]), count, {*flags, no_node, f.cpu_number()}};
}

std::optional<SlabCommand> parse_cache_free(const Words& words) {
    const auto object = words.size() > 2 ? number(words[2]) : std::nullopt;
    const auto cpu = cpu_at(words, 3);
    if (!object || !cpu) return std::nullopt;
    return KmemCacheFree{std::string(words[1]), *object, *cpu};
}

std::optional<SlabCommand> parse_slabinfo_write(const Words& words) {
    if (words.size() != 5) return std::nullopt;
    const auto limit = whole_number<unsigned>(words[2]), batchcount = whole_number<unsigned>(words[3]),
               shared = whole_number<unsigned>(words[4]);
    if (!limit || !batchcount || !shared) return std::nullopt;
    return SlabinfoWrite{std::string(words[1]), *limit, *batchcount, *shared};
}

struct SlabRunner {
    SlabAllocator& slabs;
    const SlabState& state;
    const Tracer& trace;

    Object operator()(const KmemCacheInit&) const { return std::optional<PhysAddr>(); }
    Object operator()(const Kmalloc& c) const { return slabs.kmalloc(c.size, c.slab, trace); }
    Object operator()(const Krealloc& c) const { return slabs.krealloc(c.object, c.size, c.slab, trace); }
    Object operator()(const Kfree& c) const { return done(slabs.kfree(c.object, c.cpu, trace)); }
    Object operator()(const KmemCacheCreate& c) const {
        if (state.find(c.cache) != no_cache) return Error{fmt::format("there is a cache {} already", c.cache)};
        CacheRequest request;
        request.name = c.cache;
        request.object_size = c.size;
        request.align = c.align;
        const auto id = slabs.kmem_cache_create(request, trace);
        if (!id) return id.error();
        return std::optional<PhysAddr>();
    }
    Object operator()(const KmemCacheDestroy& c) const {
        return with(c.cache, [&](CacheId id) { return done(slabs.kmem_cache_destroy(id, c.cache, trace)); });
    }
    Object operator()(const KmemCacheShrink& c) const {
        return with(c.cache, [&](CacheId id) { return done(slabs.kmem_cache_shrink(id, trace)); });
    }
    Object operator()(const KmemCacheAlloc& c) const {
        return with(c.cache, [&](CacheId id) { return slabs.kmem_cache_alloc(id, c.slab, trace); });
    }
    Object operator()(const KmemCacheAllocBulk& c) const {
        return with(c.cache, [&](CacheId id) -> Object {
            const auto objects = slabs.kmem_cache_alloc_bulk(id, c.slab, c.count, trace);
            return objects.empty() ? std::nullopt : std::optional(objects.front());
        });
    }
    Object operator()(const KmemCacheFree& c) const {
        return with(c.cache, [&](CacheId id) { return done(slabs.kmem_cache_free(id, c.object, c.cpu, trace)); });
    }
    Object operator()(const CacheReap& c) const { return done(slabs.cache_reap(c.cpu, trace)); }
    Object operator()(const SlabinfoWrite& c) const {
        return with(c.cache,
                    [&](CacheId id) { return done(slabs.tune_cpucache(id, c.limit, c.batchcount, c.shared, trace)); });
    }

    template<class Then>
    Object with(const std::string& cache, Then then) const {
        const CacheId id = state.find(cache);
        if (id == no_cache) return Error{fmt::format("there is no cache {}; see --print slabinfo", cache)};
        return then(id);
    }
    static Object done(const Outcome<Done>& outcome) {
        if (!outcome) return outcome.error();
        return std::optional<PhysAddr>();
    }
};

}  // namespace

std::string command_text(const SlabCommand& command) {
    return std::visit(SlabPrinter{}, command);
}

std::optional<SlabCommand> parse_slab_command(const Words& words) {
    if (words.empty()) return std::nullopt;
    const std::string_view function = words[0];
    if (function == "kmem_cache_init" && words.size() == 1) return KmemCacheInit{};
    if (function == "cache_reap") {
        const auto cpu = cpu_at(words, 1);
        return cpu ? std::optional<SlabCommand>(CacheReap{*cpu}) : std::nullopt;
    }
    if (words.size() < 2) return std::nullopt;
    if (function == "slabinfo_write") return parse_slabinfo_write(words);
    if (function == "kmalloc" || function == "kzalloc") return parse_kmalloc(words);
    if (function == "krealloc") return parse_krealloc(words);
    if (function == "kfree") return parse_kfree(words);
    if (function == "kmem_cache_create") return parse_create(words);
    if (function == "kmem_cache_free") return parse_cache_free(words);
    if (function == "kmem_cache_alloc_bulk") return parse_bulk(words);
    if (function == "kmem_cache_alloc") {
        const auto request = request_at(words, 2);
        if (!request) return std::nullopt;
        return KmemCacheAlloc{std::string(words[1]), *request};
    }
    if (words.size() != 2) return std::nullopt;
    if (function == "kmem_cache_shrink") return KmemCacheShrink{std::string(words[1])};
    if (function == "kmem_cache_destroy") return KmemCacheDestroy{std::string(words[1])};
    return std::nullopt;
}

Outcome<std::optional<PhysAddr>> run_slab_command(SlabAllocator& slabs, const SlabState& state,
                                                  const SlabCommand& command, const Tracer& trace) {
    return std::visit(SlabRunner{slabs, state, trace}, command);
}

SlabPlaceAsked place_of(const SlabCommand& command) {
    return std::visit(
        [](const auto& c) -> SlabPlaceAsked {
            if constexpr (requires { c.slab; })
                return {c.slab.cpu, c.slab.nid};
            else if constexpr (requires { c.cpu; })
                return {c.cpu, no_node};
            else
                return {};
        },
        command);
}

}  // namespace mm
