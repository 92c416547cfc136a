// SPDX-License-Identifier: GPL-3.0-or-later
// Takes down the facts of an allocation while the allocator makes it. The allocator's parts hold a pointer to one, null
// where nobody asks: then it costs a branch.
//
//      attempt() ─► zones_met() ─► refill() ─► before_block() block() ... ─► per_cpu_take() ─► served()
//                        └── the walk goes on ◄── nothing was found
//
// Each is called at the moment of the decision, when the numbers it went by are still there.
#pragma once

#include "engine/page_alloc/explain.h"
#include "engine/page_alloc/pcp_lists.h"

namespace mm {

/// What steals are told by: the state before a block is taken, from whatever zone.
class StealWatch {
public:
    void remember(const Zones& zones);
    /// After a block was taken for the order and type. movable: as someone counted.
    why::Steal look(const Zones& zones, const PageColumns& pages, ZoneRef zone, Order order, MigrateType to,
                    const BuddyNotes& did, std::optional<NrPages> movable = {});

private:
    BeforeSteal m_before;
    std::vector<NrPages> m_boosts;  ///< by node and zone
};

/// What a block's notes say of where it came from.
why::BlocksTaken blocks_taken(const Zones& zones, ZoneRef zone, Order order, MigrateType type,
                              const LockedBlock& block);
/// Blocks that come one by one from the same list, as refills have them, are one fact: true if the last one took it in.
bool absorb(WhyFact& last, const why::BlocksTaken& taken);

class WhyLog {
public:
    explicit WhyLog(const AllocState& state) : m_state(state) {}

    void request(const AllocContext& context);
    /// From here on the walk tells its zones; it ends before the next attempt.
    void attempt(const AllocContext& context, AllocFlags flags, ZoneWalk& walk);
    /// The zones met since the last call; nothing was taken from the last of them yet.
    void zones_met();
    /// The last zone met gave a block.
    void served();

    void refill(const Zone& zone, const PcpLists& pcp, Order order, MigrateType type, NrPages asked);
    void before_block() { m_steals.remember(m_state.zones); }
    void block(const Zone& zone, Order order, MigrateType type, const LockedBlock& block);
    /// The block, or that there was none, of the free lists themselves.
    void buddy_take(const Zone& zone, Order order, MigrateType type, const LockedBlock& block);
    /// REQUIRES: the list is not empty.
    void per_cpu_take(const Zone& zone, unsigned cpu, Order order, MigrateType type);
    void add(WhyFact fact) { m_facts.push_back(std::move(fact)); }

    std::vector<WhyFact> take_facts() { return std::exchange(m_facts, {}); }

private:
    const AllocState m_state;
    std::vector<WhyFact> m_facts;
    AllocContext m_context;
    AllocFlags m_flags = 0;
    std::vector<ZoneVisit> m_visits;
    std::size_t m_told = 0;       ///< of m_visits
    std::size_t m_zone_fact = 0;  ///< index of the last zone met
    unsigned m_attempts = 0;
    StealWatch m_steals;
};

}  // namespace mm
