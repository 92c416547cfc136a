// SPDX-License-Identifier: GPL-3.0-or-later
// Direct compaction: movable pages of a zone go to its end, so that a block of the order comes free for the task that
// waits. Private to page_alloc.
//
//      migrate scanner ──►                                      ◄── free scanner
//      [M U M . M . . . | . M . M . U . . | ...    ... | . . M . . . . . | . . . . . . . . ]
//       │   │                                             ▲ ▲
//       └───┴─────────────────────────────────────────────┴─┘        ends when they meet, or a block is captured
//
// Follows mm/compaction.c, Linux 6.1: try_to_compact_pages, compact_zone, isolate_migratepages_block,
// isolate_freepages, compaction_suitable, deferral. Movable is what was allocated as movable, alone and with one
// reference. Without the short cuts that only save scanning (pageblock skip bits, fast_find_migrateblock,
// fast_isolate_freepages).
#pragma once

#include <functional>
#include <vector>

#include "engine/page_alloc/buddy_lists.h"
#include "engine/page_alloc/pressure.h"
#include "engine/page_alloc/zone_walk.h"
#include "engine/types/trace.h"

namespace mm {

inline constexpr Order costly_order = 3;  ///< PAGE_ALLOC_COSTLY_ORDER

/// enum compact_result, in the kernel's order: the greater one is reported.
enum class CompactResult : std::uint8_t {
    not_suitable_zone,
    skipped,
    deferred,
    no_suitable_page,
    going_on,
    complete,
    partial_skipped,
    contended,
    success
};
std::string_view name_of(CompactResult);  ///< "success", as the tracepoints print it

/// enum compact_priority: the lower, the harder it tries.
enum class CompactPriority : std::uint8_t { sync_full, sync_light, async };

/// __compaction_suitable(), with so many free pages: success (no need), going_on or skipped.
CompactResult compaction_suitable(const Zone& zone, Order order, AllocFlags flags, ZoneType highest,
                                  std::int64_t free_pages, unsigned max_order);

/// compaction_defer_reset() and defer_compaction().
void compaction_defer_reset(Zone& zone, Order order, bool allocated);
void defer_compaction(Zone& zone, Order order);
/// compaction_deferred(): counts the attempt that is not made.
bool compaction_deferred(Zone& zone, Order order);

/// find_suitable_fallback(only_stealable): a block of another type whose pageblock the request may take over.
bool has_stealable_block(const Zone& zone, Order order, MigrateType start, const KernelProfile& profile,
                         bool mobility_grouping);

class WhyLog;

class Compaction {
public:
    /// How pages go back while the block waited for may be captured.
    struct Hooks {
        std::function<void(Pfn)> free_page;
        std::function<void(Zone&)> drain;
        const MemoryPressure* owners = nullptr;  ///< who follows pages that move; null: nobody
    };
    Compaction(const AllocState& state, const AllocContext& context, AllocFlags flags, unsigned cpu, Hooks hooks)
        : m_state(state), m_context(context), m_flags(flags), m_cpu(cpu), m_hooks(std::move(hooks)) {}

    /// Who wants to know what it goes by; null: nobody.
    void tell(WhyLog* why) { m_why = why; }
    /// try_to_compact_pages(); each zone's run begins with a fresh capture.
    CompactResult run(CompactPriority priority, Capture& capture);
    const std::vector<PageMove>& moves() const { return m_moves; }
    /// What happened, to be told once nothing is on its way any more.
    const std::vector<std::pair<Event, std::string>>& told() const { return m_told; }

private:
    struct Control;
    CompactResult compact_zone(Zone& zone, CompactPriority priority, Capture& capture);
    CompactResult finished(const Control& c) const;
    void isolate_migratepages(Control& c);
    bool isolate_block(Control& c, Pfn end);
    void isolate_freepages(Control& c);
    bool isolate_free_block(Control& c, Pfn& at, Pfn end);
    void make_movable(const Zone& zone, PfnRange block);
    bool is_migrate_source(const Control& c, Pfn pfn) const;
    bool is_migrate_target(const Control& c, Pfn pfn) const;
    bool is_movable(Pfn pfn) const;
    NrPages migrate(Control& c);
    void release_freepages(Control& c);
    void tell_end(CompactResult result, Pfn captured, std::size_t moved_before) const;
    void tell(EventKind kind, const Zone& zone, CompactResult result, std::string text);

    const AllocState m_state;
    const AllocContext m_context;
    AllocFlags m_flags;
    unsigned m_cpu;
    Hooks m_hooks;
    WhyLog* m_why = nullptr;
    std::vector<PageMove> m_moves;
    std::vector<std::pair<Event, std::string>> m_told;
};

}  // namespace mm
