// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/snapshot/describe.h"

#include <fmt/format.h>

#include "engine/mmzone/page_flags.h"
#include "engine/page_alloc/gfp.h"

namespace mm {
namespace {

bool is_page_event(EventKind kind) {
    switch (kind) {
        case EventKind::mm_page_alloc:
        case EventKind::mm_page_alloc_failed:
        case EventKind::mm_page_alloc_zone_locked:
        case EventKind::mm_page_alloc_extfrag:
        case EventKind::mm_page_free:
        case EventKind::mm_page_pcpu_drain:
        case EventKind::mm_vmscan_wakeup_kswapd:
        case EventKind::mm_vmscan_direct_reclaim_end:
        case EventKind::mm_compaction_suitable:
        case EventKind::mm_compaction_deferred:
        case EventKind::mm_compaction_defer_compaction:
        case EventKind::mm_compaction_end:
        case EventKind::mm_migrate_pages:
        case EventKind::mark_victim:
        case EventKind::page_ref_mod:
        case EventKind::page_flags:
        case EventKind::page_mapcount:
        case EventKind::split_page:
        case EventKind::expand:
        case EventKind::merge:
        case EventKind::set_pageblock_migratetype:
            return true;
        default:
            return false;
    }
}

std::string page_event_text(const Event& e) {
    std::string out = fmt::format("{}", name_of(e.kind));
    if (!e.touched.empty()) out += fmt::format(" pfn {:#x}", pfn_down(e.touched.start));
    if (e.order != 0xff) out += fmt::format(" order {}", e.order);
    if (e.migratetype < nr_migratetypes) out += fmt::format(" {}", name_of(static_cast<MigrateType>(e.migratetype)));
    if (e.zone < nr_zone_types) out += fmt::format(", node {} zone {}", e.nid, name_of(static_cast<ZoneType>(e.zone)));
    switch (e.kind) {
        case EventKind::mm_page_alloc:
        case EventKind::mm_page_alloc_failed:
        case EventKind::mm_vmscan_wakeup_kswapd:
            out += ", " + gfp_text(static_cast<Gfp>(e.a));
            break;
        case EventKind::mm_page_alloc_zone_locked:
            if (e.b) out += ", percpu_refill=1";
            break;
        case EventKind::mm_migrate_pages:
            out += fmt::format(", from pfn {:#x}", e.a);
            break;
        case EventKind::expand:
            out += fmt::format(", split from order {} to {}", e.a, e.b);
            break;
        case EventKind::set_pageblock_migratetype:
            if (e.a < nr_migratetypes) out += fmt::format(", was {}", name_of(static_cast<MigrateType>(e.a)));
            break;
        case EventKind::page_ref_mod:
            out += fmt::format(", _refcount {}", e.a);
            break;
        case EventKind::page_flags:
            out += ", " + flag_calls(static_cast<std::uint32_t>(e.a), static_cast<std::uint32_t>(e.b));
            break;
        case EventKind::page_mapcount:
            out += fmt::format(", _mapcount {} to {}", static_cast<std::int64_t>(e.a), static_cast<std::int64_t>(e.b));
            break;
        case EventKind::merge:
            out += fmt::format(", merged up to order {}", e.a);
            break;
        case EventKind::mm_page_alloc_extfrag:
            out += fmt::format(", fallback order {}", e.a);
            break;
        default:
            break;
    }
    return out;
}

}  // namespace

std::string range_text(PhysRange range) {
    return range.empty() ? std::string() : fmt::format("[mem {:#010x}-{:#010x}]", range.start, range.end - 1);
}

std::string size_text(Bytes bytes) {
    static constexpr const char* units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    unsigned unit = 0;
    Bytes scale = 1;
    while (unit < 6 && bytes / scale >= 1024)
        scale *= 1024, ++unit;
    // Tenths, rounded down: 1023.99 MiB must not read as 1024 MiB.
    const Bytes whole = bytes / scale, tenth = bytes % scale * 10 / scale;
    return tenth ? fmt::format("{}.{} {}", whole, tenth, units[unit]) : fmt::format("{} {}", whole, units[unit]);
}

std::string describe(const RecordedEvent& recorded) {
    const Event& e = recorded.event;
    if (e.kind == EventKind::stage) return std::string(recorded.text);
    if (is_page_event(e.kind)) {
        std::string out = page_event_text(e);
        if (!recorded.text.empty()) out += fmt::format(", {}", recorded.text);
        return out;
    }
    std::string out(name_of(e.kind));
    if (!e.touched.empty()) out += " " + range_text(e.touched);
    if (!recorded.text.empty()) out += fmt::format(" {}", recorded.text);
    return out;
}

}  // namespace mm
