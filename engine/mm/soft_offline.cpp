// SPDX-License-Identifier: GPL-3.0-or-later
// Frames left before their memory breaks, and frames that may be used again.
#include <fmt/format.h>

#include "engine/mm/filemap.h"
#include "engine/mm/folio.h"
#include "engine/mm/huge_folio.h"
#include "engine/mm/migrate.h"
#include "engine/mm/poison.h"

namespace mm {
namespace {

/// page_handle_poison() of a page that is nobody's any more, with one reference.
void poison(const MmContext& c, Pfn p) {
    c.set_flags(p, pg_hwpoison);
    c.state.mappings.set(p, {MappingKind::poisoned});
    ++c.pages.stats.poisoned;
    tell_failure(c, p, "soft offline: its page has moved or could be dropped");
}

bool stays(const MmContext& c, Pfn p, std::string_view why) {
    say(c, fmt::format("soft offline: {:#x}: {}", p, why));
    return false;
}

/// migrate_pages() of the one page, to a frame of its node.
bool move_away(const MmContext& c, Pfn p) {
    c.get_page(p);  // isolate_lru_page(): nobody reclaims it while a frame is looked for
    const ZoneRef zone = c.pages.zones.frames_of(p)->zone;
    const bool high = zone.type == ZoneType::highmem || zone.type == ZoneType::movable;
    const Gfp gfp = gfp::GFP_USER | gfp::movable | gfp::retry_mayfail | (high ? gfp::highmem : 0);
    const Pfn to = c.alloc_page(gfp, 0, zone.nid);  // alloc_migration_target()
    c.put_page(p);
    if (to == no_pfn) return stays(c, p, "page migration failed -12");
    const auto expected = expected_references(c.state, c.columns(), p);
    if (!expected || *expected != c.columns().refcount(p)) {
        c.put_page(to);
        return stays(c, p, "page migration failed 1");
    }
    migrate_page(c, {p, to});
    ++c.pages.stats.vm.pgmigrate_success;
    Event e;
    e.kind = EventKind::mm_migrate_pages;
    e.order = 0;
    e.touched = phys_of(PfnRange{to, to + 1});
    e.a = p;
    c.trace.event(e);
    poison(c, p);
    return true;
}

}  // namespace

Outcome<bool> soft_offline_page(const MmContext& c, Pfn p) {
    if (const Broken nowhere = no_frame(c, p)) return Error{*nowhere};
    if (c.columns().flags(p) & pg_hwpoison) {
        say(c, fmt::format("soft_offline_page: {:#x} page already poisoned", p));
        return true;
    }
    switch (get_hwpoison_page(c, p)) {
        case HwpoisonPage::free:
            take_off(c, p);
            ++c.pages.stats.poisoned;
            tell_failure(c, p, "soft offline: it was free");
            return true;
        case HwpoisonPage::unhandlable:
            return false;
        case HwpoisonPage::in_use:
            break;
    }
    if (c.state.is_huge(p)) {
        if (!split_huge_page(c, c.state.folio_of(p))) return stays(c, p, "thp split failed");
        if (!page_lru(c.columns(), p)) return soft_offline_page(c, p);  // nobody mapped this part of it
    }
    c.get_page(p);
    if (Filemap(c).evict_page(p, 1)) {
        say(c, fmt::format("soft_offline: {:#x}: invalidated", p));
        c.lru().release(p);
        c.clear_flags(p, ~pg_hwpoison);
        poison(c, p);
        return true;
    }
    c.put_page(p);
    return move_away(c, p);
}

Outcome<bool> unpoison_memory(const MmContext& c, Pfn p) {
    if (const Broken nowhere = no_frame(c, p)) return Error{*nowhere};
    const auto refuse = [&](std::string_view why) {
        say(c, fmt::format("Unpoison: {} {:#x}", why, p));
        return false;
    };
    const std::uint32_t flags = c.columns().flags(p);
    const PageMapping mapping = c.state.mappings[p];
    if (!(flags & pg_hwpoison)) return refuse("Page was already unpoisoned");
    if (c.columns().refcount(p) > 1) return refuse("Someone grabs the hwpoison page");
    if (mapping.kind == MappingKind::anon || mapping.kind == MappingKind::file)
        return refuse("the hwpoison page has non-NULL mapping");
    // By its user, in vain.
    const bool given_back = c.columns().order(p) == 0 && c.columns().refcount(p) == 0;
    if (mapping.kind != MappingKind::poisoned && !given_back) return false;  // the kernel's own: it stays marked
    c.state.mappings.set(p, {});
    if (given_back) c.columns().set_refcount(p, 1);
    --c.pages.stats.poisoned;
    const bool taken_off = mapping.index != 0;
    c.clear_flags(p, ~std::uint32_t{0});
    if (taken_off)
        c.allocator.put_page_back_buddy(p, c.trace, c.cpu);
    else
        c.put_page(p);
    tell_failure(c, p, "unpoisoned");
    return !refuse("Software-unpoisoned page");
}

}  // namespace mm
