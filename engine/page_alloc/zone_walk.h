// SPDX-License-Identifier: GPL-3.0-or-later
// The zones a request may be served from, in the order the kernel tries them: zonelist, watermarks, attempts. Private
// to page_alloc and to what drives its parts one by one.
//
//      attempt 1  low watermark   Normal fails, DMA32 fails, DMA fails     (first without fragmenting, then with)
//      attempt 2  min watermark   less what __GFP_HIGH and non-blocking requests may take of it
//      attempt 3  no watermark    __GFP_MEMALLOC only
//
// Follows mm/page_alloc.c, Linux 6.1: prepare_alloc_pages, get_page_from_freelist, gfp_to_alloc_flags,
// alloc_flags_nofragment.
#pragma once

#include <vector>

#include "engine/page_alloc/watermark.h"

namespace mm {

struct AllocRequest {
    Gfp gfp = gfp::GFP_KERNEL;
    Order order = 0;
    Nid nid = 0;  ///< preferred node
    unsigned cpu = 0;
    std::uint64_t nodemask = 0;  ///< nodes it may be served from, a bit each; 0: all (and nodes beyond 63)
    friend bool operator==(const AllocRequest&, const AllocRequest&) = default;
};

/// struct alloc_context, with the gfp flags and the order.
struct AllocContext {
    Gfp gfp = 0;
    Order order = 0;
    MigrateType migratetype{};
    ZoneType highest{};                              ///< highest_zoneidx
    const std::vector<ZoneRef>* zonelist = nullptr;  ///< null: no zone can serve it
    ZoneRef preferred{};
    std::uint64_t nodemask = 0;

    /// A zone of the list that the request may be served from.
    bool admits(ZoneRef z) const {
        return z.type <= highest && (nodemask == 0 || (z.nid < 64 && (nodemask >> z.nid & 1) != 0));
    }
};
/// prepare_alloc_pages(). zonelist is null where the node is absent, the order too large, or no zone low enough.
AllocContext prepare_alloc(const Zones& zones, const AllocRequest& request, const KernelProfile& profile);

/// The nodes no longer matter: first_zones_zonelist() without a nodemask.
void lift_nodemask(AllocContext& context);

/// Flags of the first attempt: ALLOC_WMARK_LOW and alloc_flags_nofragment().
AllocFlags first_alloc_flags(const Zones& zones, const AllocContext& context, const KernelProfile& profile);
/// gfp_to_alloc_flags(): of the second one. No CPU sets, no real-time tasks.
AllocFlags slow_alloc_flags(Gfp gfp, Order order, bool has_cma);

/// What became of one zone on the way: for those who explain a walk.
struct ZoneVisit {
    enum class Verdict : std::uint8_t { allowed, too_high, other_node, refused };
    ZoneRef zone;
    AllocFlags flags = 0;  ///< as they were then
    Verdict verdict = Verdict::allowed;
};

/// get_page_from_freelist() without the taking: one attempt, zone by zone.
class ZoneWalk {
public:
    ZoneWalk(Zones& zones, const AllocContext& context, AllocFlags flags, const KernelProfile& profile)
        : m_zones(zones), m_context(context), m_profile(profile), m_flags(flags) {}
    /// The next zone whose watermark allows the request; null: the attempt has failed.
    Zone* next();
    /// Flags that hold for the zone next() gave: ALLOC_NOFRAGMENT may have gone.
    AllocFlags flags() const { return m_flags; }
    /// From here on each zone met is told.
    void tell(std::vector<ZoneVisit>* visits) { m_visits = visits; }

private:
    bool allowed(const Zone& zone) const;
    void visit(ZoneRef zone, ZoneVisit::Verdict verdict) const {
        if (m_visits) m_visits->push_back({zone, m_flags, verdict});
    }
    void restart() {
        m_flags &= ~alloc::nofragment;
        m_at = 0;
    }

    Zones& m_zones;
    const AllocContext m_context;
    const KernelProfile& m_profile;
    AllocFlags m_flags;
    std::size_t m_at = 0;
    std::vector<ZoneVisit>* m_visits = nullptr;
};

}  // namespace mm
