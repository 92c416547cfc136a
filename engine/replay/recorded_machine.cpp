// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/replay/recorded_machine.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

#include "engine/page_alloc/page_list.h"
#include "engine/page_alloc/pcp_lists.h"

namespace mm {
namespace {

class Builder {
public:
    Builder(const RecordedState& state, const KernelProfile& profile, RecordedMachine& out)
        : m_state(state), m_profile(profile), m_out(out) {}

    Outcome<Done> build() {
        make_zones();
        make_pageblocks();
        make_pages();
        for (const RecordedList& list : m_state.free_lists)
            if (auto done = add_list(list); !done) return done;
        for (const RecordedPcpList& list : m_state.pcp_lists)
            if (auto done = add_pcp_list(list); !done) return done;
        return Done{};
    }

private:
    static Error wrong(ZoneRef zone, Pfn pfn, std::string_view what) {
        return {fmt::format("zone {}: the listed block {} {}", zone_key(zone), pfn, what)};
    }

    void make_zones() {
        Zones& zones = m_out.zones;
        zones.nodes = m_state.nodes;
        zones.mobility_grouping = m_state.mobility_grouping;
        zones.min_free_kbytes = m_state.min_free_kbytes;
        for (Node& node : zones.nodes)
            for (std::size_t t = 0; t < nr_zone_types; ++t) {
                node.zones[t].type = static_cast<ZoneType>(t);
                node.zones[t].nid = node.nid;
            }
        for (const Zone& zone : m_state.zones) {
            Zone* place = zones.zone(zone.nid, zone.type);
            if (!place) continue;
            *place = zone;
            Node& node = zones.nodes[static_cast<std::size_t>(zone.nid)];
            const Pfn end = std::max(node.start_pfn + node.spanned, zone.span().end);
            node.start_pfn = node.present == 0 ? zone.start_pfn : std::min(node.start_pfn, zone.start_pfn);
            node.spanned = end - node.start_pfn;
            node.present += zone.present;
            node.online_cpus = 1;
            m_end = std::max(m_end, zone.span().end);
            zones.total_pages += zone.managed;
        }
    }

    /// Which zone a frame belongs to follows from the pageblocks: spans of nodes may overlap.
    void make_pageblocks() {
        Zones& zones = m_out.zones;
        m_out.pageblocks = m_state.pageblocks;
        zones.pageblock_order = m_profile.pageblock_order;
        zones.pageblock_type.assign(align_up(m_end, max_block()) / pageblock_pages, 0);
        for (const RecordedPageblock& block : m_state.pageblocks) {
            const Zone* zone = zones.zone(block.zone.nid, block.zone.type);
            if (!zone || block.first >= m_end) continue;
            zones.set_pageblock(block.first, block.type);
            const Pfn first = align_down(block.first, zones.pageblock_nr_pages());
            const PfnRange frames = PfnRange{first, first + zones.pageblock_nr_pages()}.intersect(zone->span());
            if (frames.empty()) continue;
            const bool joins = !zones.memory.empty() && zones.memory.back().zone == block.zone &&
                               zones.memory.back().frames.end == frames.start;
            if (joins)
                zones.memory.back().frames.end = frames.end;
            else
                zones.memory.push_back({frames, block.zone});
        }
    }

    void make_pages() {
        m_out.pages = PageColumns(m_end);
        for (const RecordedRun& run : m_state.pages) {
            const PfnRange frames = PfnRange{run.first, run.first + run.count}.intersect({0, m_end});
            if (frames.empty() || run.kind == 'B') continue;
            const PageState state = run.kind == 'R' ? PageState::reserved : PageState::unknown;
            m_out.pages.set_state(frames.start, frames.size(), state_byte(state));
            m_out.pages.set_refcount(frames.start, frames.size(), 1);
            if (run.kind == 'R') m_out.pages.set_flags(frames.start, frames.size(), bit(PageFlag::reserved));
            if (run.kind == 'L') m_out.pages.set_flags(frames.start, frames.size(), bit(PageFlag::lru));
        }
    }

    Pfn max_block() const { return Pfn{1} << (m_profile.max_order - 1); }

    /// "" or why the block cannot be listed.
    std::string_view misfit(ZoneRef zone, Pfn pfn, Order order) const {
        const ZoneFrames* frames = m_out.zones.frames_of(pfn);
        if (!frames || frames->zone != zone || pfn + (Pfn{1} << order) > frames->frames.end) return "lies outside";
        if (pfn % (Pfn{1} << order) != 0) return "is not aligned to its order";
        const auto taken = [](std::uint8_t s) {
            return state_of(s) == PageState::free || state_of(s) == PageState::pcp;
        };
        for (Pfn p = pfn; p < pfn + (Pfn{1} << order); ++p)
            if (taken(m_out.pages.state(p))) return "is listed twice";
        return "";
    }

    /// The frames take the state and lose whatever they were.
    void claim(Pfn pfn, Order order, std::uint8_t state) {
        const NrPages n = NrPages{1} << order;
        m_out.pages.clear_flags(pfn, n, ~std::uint32_t{0});
        m_out.pages.set_refcount(pfn, n, 0);
        m_out.pages.set_state(pfn, n, state);
    }

    Outcome<Done> add_list(const RecordedList& list) {
        Zone* zone = m_out.zones.zone(list.zone.nid, list.zone.type);
        if (!zone || list.order >= m_profile.max_order)
            return Error{fmt::format("zone {} order {}: there is no such list", zone_key(list.zone), list.order)};
        FreeArea& area = zone->free_area[list.order];
        for (const Pfn pfn : list.blocks) {
            if (const auto why = misfit(list.zone, pfn, list.order); !why.empty()) return wrong(list.zone, pfn, why);
            claim(pfn, list.order, state_byte(PageState::free));
            list_add_tail(area.free_list[static_cast<std::size_t>(list.type)], m_out.pages, pfn,
                          head_byte(list.order, list.type));
            ++area.nr_free;
            zone->free_pages += NrPages{1} << list.order;
        }
        return Done{};
    }

    Outcome<Done> add_pcp_list(const RecordedPcpList& list) {
        Zone* zone = m_out.zones.zone(list.zone.nid, list.zone.type);
        if (!zone || zone->pcp.empty() || list.pindex >= nr_pcp_lists(m_profile) ||
            pindex_to_order(list.pindex, m_profile) != list.order)
            return Error{fmt::format("zone {} list {} order {}: there is no such per-CPU list of Linux {}",
                                     zone_key(list.zone), list.pindex, list.order, m_profile.name)};
        PerCpuPages& pcp = zone->pcp[0];
        for (const RecordedPcpPage& page : list.pages) {
            if (const auto why = misfit(list.zone, page.pfn, list.order); !why.empty())
                return wrong(list.zone, page.pfn, why);
            if (order_to_pindex(list.order, pcp_list_of(page.stored), m_profile) != list.pindex)
                return wrong(list.zone, page.pfn, "has a migratetype whose pages wait on another list");
            claim(page.pfn, list.order, state_byte(PageState::pcp, page.stored));
            list_add_tail(pcp.lists[list.pindex], m_out.pages, page.pfn, head_byte(list.order, page.stored));
            pcp.count += NrPages{1} << list.order;
        }
        return Done{};
    }

    const RecordedState& m_state;
    const KernelProfile& m_profile;
    RecordedMachine& m_out;
    Pfn m_end = 0;
};

/// "Movable"; the lists of huge pages may serve several types.
std::string_view pcp_list_name(unsigned pindex, const KernelProfile& profile) {
    const unsigned low = nr_pcptypes * (profile.pcp.max_order + 1);
    if (pindex < low) return name_of(static_cast<MigrateType>(pindex % nr_pcptypes));
    if (profile.pcp.thp_lists == nr_pcptypes) return name_of(static_cast<MigrateType>(pindex - low));
    if (profile.pcp.thp_lists == 1) return "Any";
    return pindex == low ? "Unmovable+Reclaimable" : name_of(MigrateType::movable);
}

template<class Visit>
void each_populated_zone(const Zones& zones, Visit visit) {
    for (const Node& node : zones.nodes)
        for (const Zone& zone : node.zones)
            if (zone.populated()) visit(zone);
}

}  // namespace

Outcome<RecordedMachine> build_machine(const RecordedState& state, const KernelProfile& profile) {
    RecordedMachine machine;
    if (auto done = Builder(state, profile, machine).build(); !done) return done.error();
    return machine;
}

std::string print_free_lists(const Zones& zones, const PageColumns& pages, const KernelProfile& profile) {
    std::string out = "# zone migratetype order count: pfns, list head first\n";
    each_populated_zone(zones, [&](const Zone& zone) {
        for (Order order = 0; order < profile.max_order; ++order)
            for (std::size_t t = 0; t < nr_migratetypes; ++t) {
                const FreeList& list = zone.free_area[order].free_list[t];
                if (list.blocks == 0) continue;
                fmt::format_to(std::back_inserter(out), "{} {} {} {}:", zone_key({zone.nid, zone.type}),
                               name_of(static_cast<MigrateType>(t)), order, list.blocks);
                for (std::uint32_t p = list.first; p != no_link; p = pages.link(p).next)
                    fmt::format_to(std::back_inserter(out), " {}", p);
                out += '\n';
            }
    });
    return out;
}

std::string print_pcp_lists(const Zones& zones, const PageColumns& pages, const KernelProfile& profile) {
    std::string out = "# zone list migratetype order count: pfn/stored_migratetype, list head first\n";
    each_populated_zone(zones, [&](const Zone& zone) {
        for (const PerCpuPages& pcp : zone.pcp)
            for (unsigned i = 0; i < nr_pcp_lists(profile); ++i) {
                const FreeList& list = pcp.lists[i];
                if (list.blocks == 0) continue;
                fmt::format_to(std::back_inserter(out), "{} {} {} {} {}:", zone_key({zone.nid, zone.type}), i,
                               pcp_list_name(i, profile), pindex_to_order(i, profile), list.blocks);
                for (std::uint32_t p = list.first; p != no_link; p = pages.link(p).next)
                    fmt::format_to(std::back_inserter(out), " {}/{}", p, number_of(list_of_head(pages.head(p))));
                out += '\n';
            }
    });
    return out;
}

std::string print_pageblocks(const Zones& zones, const std::vector<RecordedPageblock>& pageblocks) {
    std::string out = "# first_pfn zone migratetype skip\n";
    for (const RecordedPageblock& b : pageblocks)
        fmt::format_to(std::back_inserter(out), "{} {} {} {}\n", b.first, zone_key(b.zone),
                       name_of(zones.pageblock(b.first)), b.skip ? 1 : 0);
    return out;
}

Outcome<Done> write_lists(const std::string& folder, const Zones& zones, const PageColumns& pages,
                          const std::vector<RecordedPageblock>& pageblocks, const KernelProfile& profile) {
    const std::array<std::pair<std::string, std::string>, 3> files{{
        {"free_lists.txt", print_free_lists(zones, pages, profile)},
        {"pcp.txt", print_pcp_lists(zones, pages, profile)},
        {"pageblocks.txt", print_pageblocks(zones, pageblocks)},
    }};
    for (const auto& [name, text] : files) {
        const std::string path = folder + "/" + name;
        std::ofstream out(path, std::ios::binary);
        if (!(out << text) || !out.flush()) return Error{"cannot be written", path, 0};
    }
    return Done{};
}

}  // namespace mm
