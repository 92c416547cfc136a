// SPDX-License-Identifier: GPL-3.0-or-later
// Why a request got the block it got: a list of facts with the kernel's function and its numbers, in the order they
// were decided. Facts are plain values; words are made by text_of() alone.
//
//      Attempt      get_page_from_freelist   ALLOC_WMARK_LOW|ALLOC_KSWAPD
//      ZoneTried    zone_watermark_fast      812 free - 0 > 690 low + 0 reserve
//      Refill       rmqueue_bulk             list 1 of the CPU is empty: 3 blocks asked for
//      Steal        steal_suitable_fallback  384 free + 125 alike of 512: claimed
//      BlocksTaken  expand                   order 8 cut to order 0
//
// look_at_*() only look: made by whoever stands at the moment of the decision (a replay, the simulated machine).
// Follows mm/page_alloc.c and mm/compaction.c, Linux 6.1.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "engine/page_alloc/buddy_lists.h"
#include "engine/page_alloc/zone_walk.h"

namespace mm {

/// The arithmetic of one watermark check: nr_free - request - highatomic - cma > check.min + lowmem_reserve.
struct WatermarkLook {
    WatermarkCheck check;
    std::int64_t nr_free = 0;                      ///< as the zone's counter tells
    NrPages request = 0, highatomic = 0, cma = 0;  ///< what does not count for this request
    NrPages mark = 0, boost = 0;  ///< of the flags' watermark, before check.min is lowered from their sum
};

namespace why {

struct Request {
    Gfp gfp = 0;
    Order order = 0;
    MigrateType type{};
    ZoneType highest{};
    ZoneRef preferred;
};
struct Attempt {
    unsigned number = 1;
    AllocFlags flags = 0;
};
struct ZoneTried {
    ZoneRef zone;
    AllocFlags flags = 0;
    ZoneVisit::Verdict verdict{};
    WatermarkLook mark;
    bool served = false;  ///< else, where the watermark allowed it: no block was found there
};
/// ALLOC_NOFRAGMENT is given up: from the first zone again.
struct MayFragment {};
struct PerCpuTake {
    ZoneRef zone;
    unsigned pindex = 0;
    Order order = 0;
    MigrateType type{};
    Pfn pfn = no_pfn;
    NrPages blocks = 0;  ///< on the list before
    NrPages count = 0, high = 0;
};
struct Refill {
    ZoneRef zone;
    unsigned pindex = 0;
    Order order = 0;
    MigrateType type{};
    NrPages asked = 0, batch = 0;
};
/// Blocks in a row off the free lists, of which only the first may have been cut from a larger one.
struct BlocksTaken {
    ZoneRef zone;
    Pfn pfn = no_pfn;  ///< the first
    Order order = 0, from = 0;
    MigrateType list{};
    NrPages blocks = 1;
};
struct Steal {
    ZoneRef zone;
    Pfn pfn = no_pfn;
    Order order = 0;                  ///< of the block taken from the other type's list
    MigrateType from{}, to{}, was{};  ///< lists; was: type of the pageblock
    bool whole = false;               ///< the pageblock's other free pages came along
    NrPages pageblock = 0, free = 0, alike = 0;
    std::size_t claims = 0;  ///< pageblocks that changed their type
    NrPages boost_before = 0, boost_after = 0;
};
struct BuddyTake {
    ZoneRef zone;
    Order order = 0;
    Pfn pfn = no_pfn;
    bool pcp_order = false;  ///< the per-CPU lists would have served it, but were busy
};
struct KswapdWoken {};
struct Compaction {
    ZoneRef zone;
    Order order = 0;
    int fragmentation_index = 0;
    WatermarkLook suitable;  ///< for single pages, with the room migration needs
};
struct CompactionEnd {
    std::int32_t result = 0;  ///< enum compact_result
    Pfn captured = no_pfn;
    NrPages isolated = 0;  ///< free blocks taken as targets, where that was recorded
    NrPages moved = 0;     ///< pages, where that is known
};
struct Reclaim {
    NrPages reclaimed = 0;
};
struct UnreserveHighatomic {
    bool force = false;
};
struct OomKill {};
/// Nothing else will be tried.
struct GaveUp {
    enum class Reason : std::uint8_t {
        may_not_wait,        ///< no direct reclaim is allowed
        no_retry,            ///< __GFP_NORETRY
        no_compaction,       ///< __GFP_NORETRY, costly, and compaction was skipped or deferred
        costly,              ///< costly orders are not worth it unless __GFP_RETRY_MAYFAIL asks for it
        oom_would_not_help,  ///< no process is killed for such a request
        dying,               ///< the task itself was chosen to die
    };
    Reason reason{};
};
/// What else happened between two decisions.
struct Meanwhile {
    std::uint64_t freed = 0, drained = 0;                  ///< blocks, by the task itself
    std::uint64_t interrupts = 0;                          ///< allocations that interrupted it
    std::uint64_t others_allocated = 0, others_freed = 0;  ///< by other tasks
};
struct Answer {
    Pfn pfn = no_pfn;  ///< no_pfn: the request fails
    bool known = false;
    Pfn real = no_pfn;
};

/// The cache that serves an object; class_size 0: it was asked for by its name.
struct CacheChosen {
    Bytes asked = 0, class_size = 0;
    std::string cache;
    Bytes object_size = 0;
    unsigned objects = 0;  ///< in a slab
    Order order = 0;
};
/// Where the cache had the object: the first of these that had one.
struct ObjectSource {
    enum class From : std::uint8_t {
        cpu_freelist,
        cpu_slab,
        cpu_partial,
        node_partial,
        new_slab,
        nowhere,
        cpu_array,  ///< from here on of SLAB
        shared_array,
        node_slabs,
        other_node,
        grown,
    };
    From from{};
};
/// A kmalloc() that no cache is large enough for.
struct LargeObject {
    Bytes asked = 0;
    Order order = 0;
};
struct ObjectAnswer {
    PhysAddr object = 0;
    std::string cache;  ///< "": pages of its own
    unsigned number = 0, objects = 0, in_use = 0;
    std::string place;  ///< of the slab: "CPU", "node partial"
    Pfn pfn = no_pfn;   ///< the slab's first frame
    Order order = 0;
};

}  // namespace why

using WhyFact =
    std::variant<why::Request, why::Attempt, why::ZoneTried, why::MayFragment, why::PerCpuTake, why::Refill,
                 why::BlocksTaken, why::Steal, why::BuddyTake, why::KswapdWoken, why::Compaction, why::CompactionEnd,
                 why::Reclaim, why::UnreserveHighatomic, why::OomKill, why::Meanwhile, why::Answer, why::GaveUp,
                 why::CacheChosen, why::ObjectSource, why::LargeObject, why::ObjectAnswer>;

std::string_view kind_of(const WhyFact& fact);             ///< "zone_tried"
std::string_view kernel_function_of(const WhyFact& fact);  ///< "zone_watermark_fast"; "" for none
std::string text_of(const WhyFact& fact);                  ///< one line, without the function

/// "ALLOC_WMARK_LOW|ALLOC_KSWAPD".
std::string alloc_flags_text(AllocFlags flags);

/// zone_watermark_fast() of the zone for that request, with its numbers.
WatermarkLook look_at_watermark(const Zone& zone, const AllocContext& context, AllocFlags flags, unsigned max_order);
/// compaction_suitable(), and the index it goes by where the order is costly.
why::Compaction look_at_compaction(const Zone& zone, Order order, ZoneType highest, unsigned max_order);
/// Zones that a walk has met, from the one numbered first on, added to the facts. flags: the attempt's at its start.
void look_at_visits(const Zones& zones, const AllocContext& context, AllocFlags flags, const KernelProfile& profile,
                    const std::vector<ZoneVisit>& visits, std::size_t first, std::vector<WhyFact>& facts);
/// One attempt over the zones: those passed over and why, up to the one it was served from (none: to the end).
std::vector<WhyFact> look_at_attempt(const Zones& zones, const AllocContext& context, AllocFlags flags,
                                     const KernelProfile& profile, std::optional<ZoneRef> served);

/// What a steal looked like before it was done.
struct BeforeSteal {
    SharedVector<std::uint8_t> pageblock_type;
    NrPages boost = 0;
};
/// The numbers of a steal just done for a block of the order, which is still on no list. movable: as someone counted.
why::Steal look_at_steal(const Zones& zones, const PageColumns& pages, ZoneRef zone, Order order, MigrateType to,
                         const BuddyNotes& notes, const BeforeSteal& before, std::optional<NrPages> movable);

}  // namespace mm
