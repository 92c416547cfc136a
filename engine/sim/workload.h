// SPDX-License-Identifier: GPL-3.0-or-later
// A seeded random workload: allocations of a mix of orders and migratetypes with random lifetimes, so that
// fragmentation is seen to evolve. Deterministic: same spec, same seed, same machine, same commands.
#pragma once

#include <array>
#include <vector>

#include "engine/sim/command.h"
#include "engine/types/rng.h"

namespace mm {

struct WorkloadSpec {
    std::uint64_t seed = 7;
    unsigned target_percent = 70;                     ///< of managed pages: above it blocks are freed before their time
    Order max_order = 9;                              ///< orders are geometric: half 0, a quarter 1, ...
    std::array<unsigned, 3> type_weight{15, 75, 10};  ///< unmovable, movable, reclaimable
    unsigned mean_lifetime = 30000;                   ///< in commands; lifetimes are uniform in 1 .. 2 * mean
    friend bool operator==(const WorkloadSpec&, const WorkloadSpec&) = default;
};

class Workload {
public:
    explicit Workload(WorkloadSpec spec) : m_spec(spec), m_rng(spec.seed) {}
    const WorkloadSpec& spec() const { return m_spec; }
    /// The next thing to do. managed and free_pages of all zones steer between allocating and freeing.
    Command next(NrPages managed, NrPages free_pages, const std::vector<Nid>& nodes);
    /// Tells what became of the last AllocPages (no_pfn: failed), so that it can be freed later.
    void allocated(Pfn pfn, Order order);
    /// Compaction has moved pages, some of them perhaps the workload's.
    void moved(const std::vector<PageMove>& moves);

private:
    struct Block {
        std::uint64_t expires;
        Pfn pfn;
        Order order;
        friend auto operator<=>(const Block&, const Block&) = default;
    };
    std::size_t pick_type();
    Command free_earliest();

    WorkloadSpec m_spec;
    Rng m_rng;
    std::uint64_t m_now = 0;    ///< commands so far
    std::vector<Block> m_live;  ///< heap, the earliest to expire first
};

}  // namespace mm
