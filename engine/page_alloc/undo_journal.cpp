// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/page_alloc/undo_journal.h"

#include <bit>
#include <cassert>
#include <cstring>

#include "engine/page_alloc/page_list.h"
#include "engine/page_alloc/pcp_lists.h"

namespace mm {
namespace {

using Kind = UndoLog::Kind;

// Numbers are named by: statistics; those of the home; those of another one.
constexpr std::uint64_t at_home = 64, elsewhere = 128;
constexpr unsigned first_pcp_number = 16, first_node_number = 20, numbers_of_home = 32;

Nid nid_of(UndoLog::Home home) {
    return static_cast<Nid>(home >> 15);
}
unsigned type_of(UndoLog::Home home) {
    return home >> 12 & 7;
}
unsigned cpu_of(UndoLog::Home home) {
    return home & UndoLog::no_cpu;
}

// Counters one by one, in a fixed order.
template<class Z, class Each>
requires std::is_same_v<std::remove_const_t<Z>, ZoneCounters>
void each_number(Z& zone, Each each) {
    each(zone.free_pages);
    for (auto& n : zone.numa_stat)
        each(n);
    each(zone.watermark_boost), each(zone.nr_reserved_highatomic), each(zone.boosted);
    each(zone.compact.migrate_pfn), each(zone.compact.free_pfn), each(zone.compact.considered);
    each(zone.compact.defer_shift), each(zone.compact.order_failed);
}
template<class P, class Each>
requires std::is_same_v<std::remove_const_t<P>, PcpCounters>
void each_number(P& pcp, Each each) {
    each(pcp.count), each(pcp.free_factor), each(pcp.expire), each(pcp.free_diff);
}
template<class N, class Each>
requires std::is_same_v<std::remove_const_t<N>, KswapdState>
void each_number(N& node, Each each) {
    each(node.kswapd_woken), each(node.kswapd_order), each(node.kswapd_highest_zoneidx), each(node.kswapd_failures);
}

template<class Counters>
void add_to_number(Counters& counters, unsigned index, std::int64_t difference) {
    unsigned i = 0;
    each_number(counters, [&](auto& number) {
        using Number = std::remove_reference_t<decltype(number)>;
        if (i++ == index) number = static_cast<Number>(static_cast<std::int64_t>(number) + difference);
    });
}

/// What handing out and freeing so many blocks counts; sign -1 takes it back. What goes onto a free list when blocks
/// are handed out is mostly what is left of a larger one; what is taken off when they are freed is mostly a buddy.
void count(AllocStats& stats, const UndoLog::Tally& tally, unsigned type, std::uint64_t sign) {
    stats.allocs += sign * tally.handed_out;
    stats.vm.pgalloc[type] += sign * tally.pages_out;
    stats.frees += sign * tally.freed;
    stats.vm.pgfree += sign * tally.pages_in;
    if (tally.handed_out != 0)
        stats.splits += sign * tally.put_free;
    else
        stats.merges += sign * tally.taken_free;
}
void count_numa(ZoneCounters& zone, const UndoLog::Tally& tally, std::uint64_t sign) {
    zone.numa_stat[static_cast<std::size_t>(NumaStat::hit)] += sign * tally.handed_out;
    zone.numa_stat[static_cast<std::size_t>(NumaStat::local)] += sign * tally.handed_out;
}

}  // namespace

UndoJournal::UndoJournal(const AllocState& state) : m_state(state) {
    static_assert(std::is_trivially_copyable_v<AllocStats> && nr_stats <= at_home);
    start();
}

void UndoJournal::start() {
    m_log.start(m_state.pages.end_pfn());
    m_commands = 0;
    if (!m_state.zones.nodes.empty())
        m_log.return_to(UndoLog::home_of(m_state.zones.nodes.front().nid, 0, UndoLog::no_cpu));
    m_state.pages.set_undo(&m_log);
    m_stats = m_state.stats;
    m_nodes.assign(m_state.zones.nodes.size(), {});
    m_known = {};
    for (const Node& node : m_state.zones.nodes)
        for (unsigned type = 0; type < nr_zone_types; ++type) {
            learn(UndoLog::home_of(node.nid, type, UndoLog::no_cpu));
            for (unsigned cpu = 0; cpu < node.zones[type].pcp.size(); ++cpu)
                learn(UndoLog::home_of(node.nid, type, cpu));
        }
}

Zone& UndoJournal::zone_at(UndoLog::Home home) {
    return *m_state.zones.zone(nid_of(home), static_cast<ZoneType>(type_of(home)));
}

std::size_t UndoJournal::node_index(UndoLog::Home home) const {
    return static_cast<std::size_t>(m_state.zones.node(nid_of(home)) - m_state.zones.nodes.data());
}

UndoJournal::ZoneNumbers& UndoJournal::numbers_at(UndoLog::Home home) {
    return m_nodes[node_index(home)].zones[type_of(home)];
}

/// The home's numbers are what they are now.
void UndoJournal::learn(UndoLog::Home home) {
    const Node& node = m_state.zones.nodes[node_index(home)];
    const Zone& zone = node.zones[type_of(home)];
    ZoneNumbers& numbers = numbers_at(home);
    m_nodes[node_index(home)].node = node;
    numbers.zone = zone;
    numbers.pcp.resize(zone.pcp.size());
    if (cpu_of(home) < zone.pcp.size()) numbers.pcp[cpu_of(home)] = zone.pcp[cpu_of(home)];
}

inline void UndoJournal::note_number(std::uint64_t now, std::uint64_t& known, std::uint64_t id) {
    if (now == known) return;
    m_log.number(id, static_cast<std::int64_t>(known - now));
    known = now;
}

template<class Counters>
void UndoJournal::note_changes(const Counters& now, Counters& known, std::uint64_t id) {
    if (now == known) return;
    std::array<std::int64_t, first_pcp_number> before{};
    std::size_t i = 0;
    each_number(std::as_const(known), [&](const auto& number) { before[i++] = static_cast<std::int64_t>(number); });
    i = 0;
    each_number(now, [&](const auto& number) {
        const auto value = static_cast<std::int64_t>(number);
        if (value != before[i]) m_log.number(id + i, before[i] - value);
        ++i;
    });
    known = now;
}

void UndoJournal::note_home(const UndoLog::Touched& touched, const Known& at) {
    const std::uint64_t id =
        touched.home == m_log.home() ? at_home : elsewhere + std::uint64_t{touched.home} * numbers_of_home;
    ZoneCounters& zone = at.numbers->zone;
    zone.free_pages += static_cast<NrPages>(touched.free_pages);
    note_usual(*at.zone, zone, id);
    if (at.pcp) {
        at.pcp_numbers->count += static_cast<NrPages>(touched.pcp_pages);
        note_changes<PcpCounters>(*at.pcp, *at.pcp_numbers, id + first_pcp_number);
    }
    if (!m_log.expects_anything()) return;
    note_changes<ZoneCounters>(*at.zone, zone, id);
    note_changes<KswapdState>(*at.node, *at.node_numbers, id + first_node_number);
}

/// Where the counters of a home are, and what is known of them.
UndoJournal::Known& UndoJournal::known(UndoLog::Home home) {
    if (m_known.home == home && m_known.zone) return m_known;
    const std::size_t at = node_index(home);
    const Node& node = m_state.zones.nodes[at];
    const Zone& zone = node.zones[type_of(home)];
    ZoneNumbers& numbers = m_nodes[at].zones[type_of(home)];
    m_known = {home, &zone, &node, nullptr, &numbers, &m_nodes[at].node, nullptr};
    if (const unsigned cpu = cpu_of(home); cpu < zone.pcp.size())
        m_known.pcp = &zone.pcp[cpu], m_known.pcp_numbers = &numbers.pcp[cpu];
    return m_known;
}

/// What comes first in ZoneCounters.
void UndoJournal::note_usual(const Zone& zone, ZoneCounters& known, std::uint64_t id) {
    note_number(zone.free_pages, known.free_pages, id);
    std::uint64_t changed = 0;
    for (std::size_t i = 0; i < nr_numa_stats; ++i)
        changed |= zone.numa_stat[i] ^ known.numa_stat[i];
    for (std::size_t i = 0; changed != 0 && i < nr_numa_stats; ++i)
        note_number(zone.numa_stat[i], known.numa_stat[i], id + 1 + i);
}

/// Of the first n.
void UndoJournal::note_stats(std::size_t n) {
    static_assert(std::is_trivially_copyable_v<AllocStats> && sizeof(AllocStats) == nr_stats * sizeof(std::uint64_t));
    const auto* const now = reinterpret_cast<const std::uint64_t*>(&m_state.stats);
    auto* const known = reinterpret_cast<std::uint64_t*>(&m_stats);
    std::uint64_t changed = 0;
    for (std::size_t i = 0; i < n; ++i)
        changed |= now[i] ^ known[i];
    for (std::size_t i = 0; changed != 0 && i < n; ++i)
        note_number(now[i], known[i], i);
}

[[gnu::flatten]] void UndoJournal::end_command() {
    const UndoLog::Tally& tally = m_log.tally();
    Known& home = known(m_log.home());
    count(m_stats, tally, type_of(home.home), 1);
    if (tally.handed_out != 0) count_numa(home.numbers->zone, tally, 1);  // split_page() counts nothing
    note_stats(m_log.expects_anything() ? nr_stats : nr_usual_stats);
    for (const UndoLog::Touched& touched : m_log.before())
        note_home(touched, known(touched.home));
    note_home(m_log.now(), known(m_log.home()));
    assert(nothing_else_changed());
    m_log.end();
    ++m_commands;
}

/// Whoever changes a counter has told so.
bool UndoJournal::nothing_else_changed() const {
    for (std::size_t i = 0; i < m_nodes.size(); ++i) {
        const Node& node = m_state.zones.nodes[i];
        if (static_cast<const KswapdState&>(node) != m_nodes[i].node) return false;
        for (std::size_t type = 0; type < nr_zone_types; ++type) {
            const Zone& zone = node.zones[type];
            const ZoneNumbers& known = m_nodes[i].zones[type];
            if (static_cast<const ZoneCounters&>(zone) != known.zone) return false;
            for (std::size_t cpu = 0; cpu < zone.pcp.size(); ++cpu)
                if (static_cast<const PcpCounters&>(zone.pcp[cpu]) != known.pcp[cpu]) return false;
        }
    }
    return true;
}

void UndoJournal::undo_command() {
    const UndoLog::Home home = m_log.home();
    m_state.pages.set_undo(nullptr);
    m_undone = {};
    m_visited.assign(1, home);
    [[maybe_unused]] const UndoLog::Record end = m_log.peek();
    assert(end.kind == Kind::end);
    m_log.pop();
    while (!m_log.empty()) {
        const UndoLog::Record record = m_log.peek();
        if (record.kind == Kind::end) break;
        m_log.pop();
        undo_record(record);
    }
    count(m_state.stats, m_undone, type_of(home), ~std::uint64_t{0});
    if (m_undone.handed_out != 0) count_numa(zone_at(home), m_undone, ~std::uint64_t{0});
    m_stats = m_state.stats;
    for (const UndoLog::Home visited : m_visited)
        learn(visited);
    m_state.pages.set_undo(&m_log);
    --m_commands;
}

void UndoJournal::undo_record(UndoLog::Record record) {
    PageColumns& pages = m_state.pages;
    switch (record.kind) {
        case Kind::end:
            return;
        case Kind::state: {
            const Pfn p = m_log.pop_pfn();
            const std::uint8_t state = m_log.pop_byte();
            pages.set_state(p, record.small < 15 ? NrPages{1} << record.small : m_log.pop_varint(), state);
            return;
        }
        case Kind::handed_out:
        case Kind::freed: {
            const Pfn p = m_log.pop_pfn();
            const std::uint8_t state = m_log.pop_byte();
            if (record.kind == Kind::freed) {
                pages.set_allocated(p, record.small, state);
                ++m_undone.freed, m_undone.pages_in += NrPages{1} << record.small;
                return;
            }
            pages.set_freed(p, record.small);
            if (state != state_byte(PageState::free)) pages.set_state(p, NrPages{1} << record.small, state);
            ++m_undone.handed_out, m_undone.pages_out += NrPages{1} << record.small;
            return;
        }
        case Kind::core: {
            const Pfn p = m_log.pop_pfn();
            PageLink link;
            if (record.small & 4) {
                link.next = static_cast<std::uint32_t>(m_log.pop_varint());
                link.prev = static_cast<std::uint32_t>(m_log.pop_varint());
            }
            pages.set_link(p, link);
            pages.set_refcount(p, record.small & 2 ? static_cast<std::int32_t>(m_log.pop_signed()) : 0);
            pages.set_head(p, record.small & 1 ? m_log.pop_byte() : std::uint8_t{0});
            return;
        }
        case Kind::flags: {
            const Pfn p = m_log.pop_pfn();
            const auto flags = static_cast<std::uint32_t>(m_log.pop_varint());
            const NrPages n = m_log.pop_varint();
            pages.clear_flags(p, n, ~flags);
            pages.set_flags(p, n, flags);
            return;
        }
        case Kind::map: {
            const Pfn p = m_log.pop_pfn();
            pages.set_mapcount(p, static_cast<std::int32_t>(m_log.pop_signed()));
            return;
        }
        case Kind::tails: {
            const Pfn p = m_log.pop_pfn();
            const NrPages n = m_log.pop_varint();
            if (record.small == 0)
                pages.clear_links(p + 1, n - 1);
            else
                pages.set_tails(p, n);
            return;
        }
        case Kind::put_first:
        case Kind::put_last:
            return undo_put(record);
        case Kind::take_first:
        case Kind::take_last:
        case Kind::take_inside:
            return undo_take(record);
        case Kind::rotate: {
            const std::uint8_t list = m_log.pop_byte();
            list_rotate(list_of(list, list >> 3, 0), pages, static_cast<std::uint32_t>(m_log.pop_pfn()));
            return;
        }
        case Kind::number: {
            const std::uint64_t id = m_log.pop_varint();
            undo_number(id, record.small != 0 ? static_cast<std::int64_t>(record.small) - 8 : m_log.pop_signed());
            return;
        }
        case Kind::other:
            if (record.small == 0) {
                m_visited.push_back(static_cast<UndoLog::Home>(m_log.pop_varint()));
                m_log.return_to(m_visited.back());
                return;
            }
            const Pfn p = m_log.pop_pfn();
            m_state.zones.set_pageblock(p, static_cast<MigrateType>(m_log.pop_byte()));
            return;
    }
}

/// The list at home; what is counted with it gets so many blocks more.
FreeList& UndoJournal::list_of(std::uint8_t list, Order order, std::int64_t blocks) {
    Zone& zone = zone_at(m_log.home());
    const auto pages = static_cast<NrPages>(blocks * (std::int64_t{1} << order));
    if (list & UndoLog::pcp_bit) {
        PerCpuPages& pcp = zone.pcp[cpu_of(m_log.home())];
        pcp.count += pages;
        return pcp.lists[list & 0x7f];
    }
    FreeArea& area = zone.free_area[order];
    area.nr_free += static_cast<NrPages>(blocks);
    zone.free_pages += pages;
    return area.free_list[list & 7];
}

/// Before they wait for a CPU, and after, frames are free.
void UndoJournal::undo_put(UndoLog::Record record) {
    const std::uint8_t name = m_log.pop_byte();
    FreeList& list = list_of(name, record.small, -1);
    const Pfn p = record.kind == Kind::put_first ? list.first : list.last;
    list_del(list, m_state.pages, p);
    if (name & UndoLog::pcp_bit)
        m_state.pages.set_block_state(p, record.small, state_byte(PageState::free));
    else
        ++m_undone.put_free;
}

void UndoJournal::undo_take(UndoLog::Record record) {
    const std::uint8_t name = m_log.pop_byte();
    const Pfn p = m_log.pop_pfn();
    const bool on_pcp = name & UndoLog::pcp_bit;
    Order order = on_pcp ? record.small >> 1 : name >> 3;
    if (on_pcp && order == 7) order = m_log.pop_byte();
    const unsigned type = on_pcp ? (name & 0x7f) % nr_pcptypes : name & 7;
    const std::uint8_t head = record.small & 1 ? m_log.pop_byte() : head_byte(order, static_cast<MigrateType>(type));
    if (on_pcp) m_state.pages.set_block_state(p, order, state_byte(PageState::pcp, list_of_head(head)));
    if (!on_pcp) ++m_undone.taken_free;
    FreeList& list = list_of(name, order, 1);
    if (record.kind == Kind::take_first)
        list_add(list, m_state.pages, p, head);
    else if (record.kind == Kind::take_last)
        list_add_tail(list, m_state.pages, p, head);
    else
        list_add_after(list, m_state.pages, m_log.pop_pfn(), p, head);
}

void UndoJournal::undo_number(std::uint64_t id, std::int64_t difference) {
    if (id < at_home) {
        auto stats = std::bit_cast<Stats>(m_state.stats);
        stats[id] += static_cast<std::uint64_t>(difference);
        m_state.stats = std::bit_cast<AllocStats>(stats);
        return;
    }
    const UndoLog::Home home =
        id < elsewhere ? m_log.home() : static_cast<UndoLog::Home>((id - elsewhere) / numbers_of_home);
    const auto index = static_cast<unsigned>(id < elsewhere ? id - at_home : (id - elsewhere) % numbers_of_home);
    Zone& zone = zone_at(home);
    if (index >= first_node_number)
        add_to_number<KswapdState>(m_state.zones.nodes[node_index(home)], index - first_node_number, difference);
    else if (index >= first_pcp_number)
        add_to_number<PcpCounters>(zone.pcp[cpu_of(home)], index - first_pcp_number, difference);
    else
        add_to_number<ZoneCounters>(zone, index, difference);
}

}  // namespace mm
