// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mm/poison.h"

#include <fmt/format.h>

namespace mm {

void say(const MmContext& c, const std::string& line) {
    c.trace.printk("Memory failure: " + line);
}

Broken no_frame(const MmContext& c, Pfn p) {
    if (p < c.columns().end_pfn() && c.pages.zones.frames_of(p) && c.columns().state(p) != 0) return std::nullopt;
    return fmt::format("frame {:#x} is no memory of this machine; its frames end at {:#x}", p, c.columns().end_pfn());
}

void take_off(const MmContext& c, Pfn p) {
    (void)c.allocator.take_page_off_buddy(p, c.trace, c.cpu);
    c.set_flags(p, pg_hwpoison);
    c.state.mappings.set(p, {MappingKind::poisoned, no_id, no_id, 1});
}

void tell_failure(const MmContext& c, Pfn p, std::string_view words, MfResult result) {
    Event e;
    e.kind = EventKind::memory_failure_event;
    e.touched = phys_of(PfnRange{p, p + 1});
    e.a = static_cast<std::uint64_t>(result);
    c.trace.event(e, words);
}

void action_result(const MmContext& c, Pfn p, std::string_view what, MfResult result) {
    ++c.pages.stats.poisoned;
    const std::string words = fmt::format("recovery action for {}: {}", what, name_of(result));
    tell_failure(c, p, words, result);
    say(c, fmt::format("{:#x}: {}", p, words));
}

HwpoisonPage get_hwpoison_page(const MmContext& c, Pfn p) {
    c.allocator.drain_zone_of(p, c.trace);
    if (state_of(c.columns().state(p)) == PageState::free) return HwpoisonPage::free;
    if (page_lru(c.columns(), c.state.folio_of(p))) return HwpoisonPage::in_use;
    say(c, fmt::format("{:#x}: unhandlable page.", p));
    return HwpoisonPage::unhandlable;
}

}  // namespace mm
