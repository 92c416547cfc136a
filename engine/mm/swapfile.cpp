// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mm/swapfile.h"

#include <fmt/format.h>

#include "engine/mm/folio.h"

namespace mm {

Outcome<Done> swapon(const MmContext& c, std::string path, NrPages pages) {
    SwapState& swap = c.state.swap;
    if (swap.on()) return Error{fmt::format("{} is in use already; one swap area is modelled", swap.path)};
    if (pages < 10) return Error{fmt::format("a swap area of {} pages was asked for; expected 10 at least", pages)};
    constexpr NrPages most = NrPages{1} << 31;
    if (pages > most)
        return Error{fmt::format("a swap area of {} pages was asked for; expected {} at most", pages, most)};
    swap = {};
    swap.path = std::move(path);
    swap.pages = pages;
    c.trace.printk(fmt::format("Adding {}k swap on {}.  Priority:-2 extents:1 across:{}k SS", swap.total() * 4,
                               swap.path, swap.total() * 4));
    return Done{};
}

SwapSlot get_swap_page(const MmContext& c) {
    SwapState& swap = c.state.swap;
    if (swap.free() == 0) return no_id;
    SwapSlot slot = swap.next;
    for (NrPages tried = 0; tried < swap.pages; ++tried, ++slot) {
        if (slot >= swap.pages) slot = 1;
        if (swap.map[slot] == 0 && swap.cache[slot] == 0) break;
    }
    ++swap.inuse;
    swap.next = slot + 1;
    swap.shadow.set(slot, 0);
    return slot;
}

namespace {

void release_if_unused(const MmContext& c, SwapSlot slot) {
    SwapState& swap = c.state.swap;
    if (swap.map[slot] == 0 && swap.cache[slot] == 0) --swap.inuse;
}

}  // namespace

void swap_duplicate(const MmContext& c, SwapSlot slot) {
    ++c.state.swap.map.edit(slot);
}

void swap_free(const MmContext& c, SwapSlot slot) {
    --c.state.swap.map.edit(slot);
    release_if_unused(c, slot);
    // free_swap_and_cache(): what nobody will ask for need not stay in the cache.
    if (c.state.swap.map[slot] > 0) return;
    const Pfn cached = lookup_swap_cache(c.state, slot);
    if (cached == no_pfn || c.columns().mapcount(cached) >= 0) return;
    delete_from_swap_cache(c, cached);
}

Pfn lookup_swap_cache(const MmState& state, SwapSlot slot) {
    const Pfn entry = state.swap.cache[slot];
    return entry == 0 ? no_pfn : entry - 1;
}

void add_to_swap_cache(const MmContext& c, Pfn p, SwapSlot slot) {
    c.get_page(p);
    c.state.mappings.set_swap(p, slot);
    c.state.swap.cache.set(slot, p + 1);
    c.set_flags(p, bit(PageFlag::owner_priv_1));  // PG_swapcache
    ++c.counters(p).nr_swapcache;
    ++c.counters(p).nr_file_pages;
}

void delete_from_swap_cache(const MmContext& c, Pfn p) {
    const SwapSlot slot = c.state.mappings[p].swap;
    c.state.mappings.set_swap(p, no_id);
    c.state.swap.cache.set(slot, 0);
    c.clear_flags(p, bit(PageFlag::owner_priv_1));
    --c.counters(p).nr_swapcache;
    --c.counters(p).nr_file_pages;
    release_if_unused(c, slot);
    put_user_page(c, p);
    if (is_lost(c.columns(), p)) c.state.mappings.set(p, {MappingKind::poisoned});
}

void free_swap_cache(const MmContext& c, Pfn p) {
    const PageMapping& mapping = c.state.mappings[p];
    if (mapping.kind != MappingKind::anon || mapping.swap == no_id || c.columns().mapcount(p) >= 0) return;
    if (c.state.swap.map[mapping.swap] > 0) return;
    delete_from_swap_cache(c, p);
    c.set_flags(p, bit(PageFlag::dirty));
}

}  // namespace mm
