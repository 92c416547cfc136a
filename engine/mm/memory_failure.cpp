// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mm/memory_failure.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/mm/filemap.h"
#include "engine/mm/folio.h"
#include "engine/mm/huge_folio.h"
#include "engine/mm/poison.h"
#include "engine/mm/rmap.h"
#include "engine/mm/swapfile.h"
#include "engine/mm/unmap.h"

namespace mm {
namespace {

constexpr std::uint32_t pg_dirty = bit(PageFlag::dirty), pg_swapcache = bit(PageFlag::owner_priv_1);

/// One memory_failure() of a page of a process or a file.
class FailedPage {
public:
    FailedPage(const MmContext& context, Pfn p) : m_c(context), m_p(p) {}

    MfResult run();

private:
    using Action = MfResult (FailedPage::*)();
    /// struct page_state: the first whose flags agree.
    struct State {
        std::uint32_t mask, is;
        std::string_view name;
        Action action;
    };
    static const std::array<State, 9> states;

    bool has(std::uint32_t flags) const { return (m_c.columns().flags(m_p) & flags) == flags; }
    void note(std::string_view words) const { say(m_c, fmt::format("{:#x}: {}", m_p, words)); }
    void unmap();
    bool leave_lru();
    MfResult clean_page();
    MfResult dirty_page();
    MfResult clean_swapcache();
    MfResult dirty_swapcache();
    MfResult unless_referenced(MfResult result, std::int32_t others) const;

    const MmContext& m_c;
    const Pfn m_p;
    std::string_view m_name;
};

constexpr std::uint32_t mf_sc = pg_swapcache | bit(PageFlag::swapbacked), mf_mlocked = bit(PageFlag::mlocked),
                        mf_unevictable = bit(PageFlag::unevictable), mf_lru = bit(PageFlag::lru);

const std::array<FailedPage::State, 9> FailedPage::states{{
    {mf_sc | pg_dirty, mf_sc | pg_dirty, "dirty swapcache page", &FailedPage::dirty_swapcache},
    {mf_sc | pg_dirty, mf_sc, "clean swapcache page", &FailedPage::clean_swapcache},
    {mf_mlocked | pg_dirty, mf_mlocked | pg_dirty, "dirty mlocked LRU page", &FailedPage::dirty_page},
    {mf_mlocked | pg_dirty, mf_mlocked, "clean mlocked LRU page", &FailedPage::clean_page},
    {mf_unevictable | pg_dirty, mf_unevictable | pg_dirty, "dirty unevictable LRU page", &FailedPage::dirty_page},
    {mf_unevictable | pg_dirty, mf_unevictable, "clean unevictable LRU page", &FailedPage::clean_page},
    {mf_lru | pg_dirty, mf_lru | pg_dirty, "dirty LRU page", &FailedPage::dirty_page},
    {mf_lru | pg_dirty, mf_lru, "clean LRU page", &FailedPage::clean_page},
    {0, 0, "unknown page", nullptr},
}};

/// hwpoison_user_mappings().
void FailedPage::unmap() {
    if (m_c.columns().mapcount(m_p) < 0) return;
    UnmapHow how{true, true};
    if (has(pg_swapcache)) {
        say(m_c, fmt::format("{:#x}: keeping poisoned page in swap cache", m_p));
        how.hwpoison = false;
    }
    if (!has(pg_dirty) && m_c.state.mappings[m_p].kind == MappingKind::file) {
        if (Rmap(m_c).mkclean(m_p)) {
            set_page_dirty(m_c, m_p);
        } else {
            how.hwpoison = false;
            note("corrupted page was clean: dropped without side effects");
        }
    }
    (void)try_to_unmap(m_c, m_p, how);
}

/// delete_from_lru_cache().
bool FailedPage::leave_lru() {
    if (!page_lru(m_c.columns(), m_p)) return false;
    m_c.lru().release(m_p);
    return true;
}

/// has_extra_refcount(): one reference is ours, and others that the caller knows of.
MfResult FailedPage::unless_referenced(MfResult result, std::int32_t others) const {
    const std::int32_t count = m_c.columns().refcount(m_p) - 1 - others;
    if (count <= 0) return result;
    note(fmt::format("{} still referenced by {} users", m_name, count));
    return MfResult::failed;
}

/// me_pagecache_clean().
MfResult FailedPage::clean_page() {
    (void)leave_lru();
    if (m_c.state.mappings[m_p].kind == MappingKind::file) {
        Filemap(m_c).truncate(m_p);  // generic_error_remove_page()
        return unless_referenced(MfResult::recovered, 0);
    }
    return MfResult::recovered;
}

/// me_pagecache_dirty(): the next fsync() of the file fails.
MfResult FailedPage::dirty_page() {
    m_c.set_flags(m_p, bit(PageFlag::error));
    return clean_page();
}

/// me_swapcache_clean(): the slot has all of it.
MfResult FailedPage::clean_swapcache() {
    delete_from_swap_cache(m_c, m_p);
    const MfResult result = leave_lru() ? MfResult::recovered : MfResult::failed;
    return unless_referenced(result, 0);
}

/// me_swapcache_dirty(): who reads the slot finds the page and is told.
MfResult FailedPage::dirty_swapcache() {
    m_c.clear_flags(m_p, pg_dirty | bit(PageFlag::uptodate));
    return unless_referenced(leave_lru() ? MfResult::delayed : MfResult::failed, 1);
}

MfResult FailedPage::run() {
    m_c.get_page(m_p);
    m_c.set_flags(m_p, pg_hwpoison | bit(PageFlag::locked));
    std::uint32_t flags = m_c.columns().flags(m_p);
    unmap();
    // By the flags as they are now; if those say nothing, by the flags from before, which unmapping may have changed.
    const auto state_of_flags = [](std::uint32_t f) {
        return std::find_if(states.begin(), states.end(), [f](const State& s) { return (f & s.mask) == s.is; });
    };
    auto state = state_of_flags(m_c.columns().flags(m_p));
    flags |= m_c.columns().flags(m_p) & pg_dirty;
    if (state->mask == 0) state = state_of_flags(flags);
    m_name = state->name;
    const MfResult result = state->action ? (this->*state->action)() : MfResult::failed;
    if (m_c.state.mappings[m_p].swap == no_id) m_c.state.mappings.set(m_p, {MappingKind::poisoned});
    m_c.clear_flags(m_p, bit(PageFlag::locked));
    action_result(m_c, m_p, m_name, result);
    return result;
}

}  // namespace

std::string_view name_of(MfResult result) {
    constexpr std::array<std::string_view, 4> names{"Ignored", "Failed", "Delayed", "Recovered"};
    return names[static_cast<std::size_t>(result)];
}

Outcome<MfResult> memory_failure(const MmContext& c, Pfn p) {
    if (const Broken nowhere = no_frame(c, p)) return Error{*nowhere};
    if (c.columns().flags(p) & pg_hwpoison) {
        say(c, fmt::format("{:#x}: already hardware poisoned", p));
        return MfResult::failed;
    }
    switch (get_hwpoison_page(c, p)) {
        case HwpoisonPage::free:
            take_off(c, p);
            action_result(c, p, "free buddy page", MfResult::recovered);
            return MfResult::recovered;
        case HwpoisonPage::unhandlable:
            c.set_flags(p, pg_hwpoison);
            action_result(c, p, "unknown page", MfResult::ignored);
            return MfResult::ignored;
        case HwpoisonPage::in_use:
            break;
    }
    if (c.state.is_huge(p)) {
        if (!split_huge_page(c, c.state.folio_of(p))) {
            c.set_flags(p, pg_hwpoison);
            action_result(c, p, "unsplit thp", MfResult::ignored);
            return MfResult::ignored;
        }
        if (!page_lru(c.columns(), p)) return memory_failure(c, p);  // nobody mapped this part of it
    }
    return FailedPage(c, p).run();
}

}  // namespace mm
