// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mm/workingset.h"

namespace mm {
namespace {

constexpr std::uint64_t workingset_bit = std::uint64_t{1} << 62;
constexpr unsigned node_shift = 52;
constexpr std::uint64_t age_mask = (std::uint64_t{1} << node_shift) - 1, node_mask = 0x3ff;

}  // namespace

std::uint64_t workingset_eviction(const MmContext& c, Pfn p) {
    LruVec& vec = c.lru().vec_of(p);
    const auto nid = static_cast<std::uint64_t>(&vec - c.state.lru.data());
    const std::uint64_t active = c.columns().flags(p) & bit(PageFlag::workingset) ? workingset_bit : 0;
    return PageSlot::shadow_bit | active | nid << node_shift | (vec.nonresident_age++ & age_mask);
}

void workingset_refault(const MmContext& c, Pfn p, std::uint64_t shadow) {
    LruVec& evicted_from = c.state.lru[shadow >> node_shift & node_mask];
    LruVec& vec = c.lru().vec_of(p);
    const bool file = !(c.columns().flags(p) & bit(PageFlag::swapbacked));
    const std::uint64_t distance = (evicted_from.nonresident_age - shadow) & age_mask;
    ++(file ? vec.counters.workingset_refault_file : vec.counters.workingset_refault_anon);
    NrPages size = evicted_from.pages(LruList::active_file);
    if (!file) size += evicted_from.pages(LruList::inactive_file);
    if (c.state.swap.free() > 0) {
        size += evicted_from.pages(LruList::active_anon);
        if (file) size += evicted_from.pages(LruList::inactive_anon);
    }
    if (distance > size) return;
    c.set_flags(p, bit(PageFlag::active));
    ++vec.nonresident_age;
    ++(file ? vec.counters.workingset_activate_file : vec.counters.workingset_activate_anon);
    if (!(shadow & workingset_bit)) return;
    c.set_flags(p, bit(PageFlag::workingset));
    ++(file ? vec.file_cost : vec.anon_cost);  // lru_note_cost_folio()
    ++(file ? vec.counters.workingset_restore_file : vec.counters.workingset_restore_anon);
}

}  // namespace mm
