// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/page_alloc/mem_info.h"

#include <fmt/format.h>

#include "engine/page_alloc/cma_pages.h"

namespace mm {
namespace {

std::uint64_t kib(std::uint64_t pages) {
    return pages << (page_shift - 10);
}

template<class Act>
void each_populated(const Zones& zones, Act act) {
    for (const Node& node : zones.nodes)
        for (const Zone& zone : node.zones)
            if (zone.populated()) act(zone);
}

NrPages seen(const Zone& zone) {
    return static_cast<NrPages>(std::max<std::int64_t>(zone.free_pages_seen(), 0));
}

NrPages on_pcp(const Zone& zone) {
    NrPages n = 0;
    for (const PerCpuPages& pcp : zone.pcp)
        n += pcp.count;
    return n;
}

/// show_node(): only kernels that know several name the node.
std::string node_prefix(const Zone& zone, const KernelProfile& profile) {
    return profile.numa ? fmt::format("Node {} ", zone.nid) : std::string();
}

std::uint64_t stat(const AllocState& state, Nid nid, std::string_view name) {
    return state.others ? state.others->node(nid, name) : 0;
}

void show_totals(const AllocState& state, const Tracer& trace) {
    NrPages free = 0, pcp = 0, cma = 0;
    each_populated(state.zones, [&](const Zone& zone) {
        free += seen(zone);
        pcp += on_pcp(zone);
        cma += free_cma_pages(zone);
    });
    const auto all = [&](std::string_view name) { return stat(state, no_node, name); };
    trace.printk(
        fmt::format("active_anon:{} inactive_anon:{} isolated_anon:0", all("nr_active_anon"), all("nr_inactive_anon")));
    trace.printk(fmt::format(" active_file:{} inactive_file:{} isolated_file:0", all("nr_active_file"),
                             all("nr_inactive_file")));
    trace.printk(fmt::format(" unevictable:{} dirty:{} writeback:0", all("nr_unevictable"), all("nr_dirty")));
    trace.printk(fmt::format(" slab_reclaimable:{} slab_unreclaimable:{}", all("nr_slab_reclaimable"),
                             all("nr_slab_unreclaimable")));
    trace.printk(fmt::format(" mapped:{} shmem:0 pagetables:{}", all("nr_mapped"), all("nr_page_table_pages")));
    trace.printk(" sec_pagetables:0 bounce:0");
    trace.printk(" kernel_misc_reclaimable:0");
    trace.printk(fmt::format(" free:{} free_pcp:{} free_cma:{}", free, pcp, cma));
}

void show_node_line(const AllocState& state, const Node& node, const Tracer& trace) {
    const auto of = [&](std::string_view name) { return kib(stat(state, node.nid, name)); };
    trace.printk(fmt::format(
        "Node {} active_anon:{}kB inactive_anon:{}kB active_file:{}kB inactive_file:{}kB unevictable:{}kB "
        "isolated(anon):0kB isolated(file):0kB mapped:{}kB dirty:{}kB writeback:0kB shmem:0kB shmem_thp: 0kB "
        "shmem_pmdmapped: 0kB anon_thp: 0kB writeback_tmp:0kB kernel_stack:{}kB pagetables:{}kB sec_pagetables:0kB "
        "all_unreclaimable? {}",
        node.nid, of("nr_active_anon"), of("nr_inactive_anon"), of("nr_active_file"), of("nr_inactive_file"),
        of("nr_unevictable"), of("nr_mapped"), of("nr_dirty"), stat(state, node.nid, "nr_kernel_stack"),
        of("nr_page_table_pages"), node.kswapd_failures >= 16 ? "yes" : "no"));
}

void show_zone(const AllocState& state, const Zone& zone, unsigned cpu, const Tracer& trace) {
    const NrPages boost = zone.watermark_boost;
    const auto of = [&](std::string_view name) { return kib(state.others ? state.others->zone(zone, name) : 0); };
    trace.printk(fmt::format(
        "{}{} free:{}kB boost:{}kB min:{}kB low:{}kB high:{}kB reserved_highatomic:{}KB active_anon:{}kB "
        "inactive_anon:{}kB active_file:{}kB inactive_file:{}kB unevictable:{}kB writepending:{}kB present:{}kB "
        "managed:{}kB mlocked:{}kB bounce:0kB free_pcp:{}kB local_pcp:{}kB free_cma:{}kB",
        node_prefix(zone, state.profile), name_of(zone.type), kib(seen(zone)), kib(boost),
        kib(zone.watermark[0] + boost), kib(zone.watermark[1] + boost), kib(zone.watermark[2] + boost),
        kib(zone.nr_reserved_highatomic), of("nr_zone_active_anon"), of("nr_zone_inactive_anon"),
        of("nr_zone_active_file"), of("nr_zone_inactive_file"), of("nr_zone_unevictable"), of("nr_zone_write_pending"),
        kib(zone.present), kib(zone.managed), of("nr_mlock"), kib(on_pcp(zone)),
        kib(cpu < zone.pcp.size() ? zone.pcp[cpu].count : 0), kib(free_cma_pages(zone))));
    std::string reserve = "lowmem_reserve[]:";
    for (std::size_t t = 0; t < nr_zone_types; ++t)
        if (has_zone(state.profile, static_cast<ZoneType>(t))) reserve += fmt::format(" {}", zone.lowmem_reserve[t]);
    trace.printk(std::move(reserve));
}

/// show_migration_types(): "(UME)".
std::string types_text(const FreeArea& area) {
    constexpr std::string_view letters = "UMEHCI";
    std::string out = "(";
    for (std::size_t mt = 0; mt < nr_migratetypes; ++mt)
        if (area.free_list[mt].first != no_link) out += letters[mt];
    return out + ") ";
}

void show_blocks(const AllocState& state, const Zone& zone, const Tracer& trace) {
    std::string line = fmt::format("{}{}: ", node_prefix(zone, state.profile), name_of(zone.type));
    NrPages total = 0;
    for (Order order = 0; order < state.profile.max_order; ++order) {
        const FreeArea& area = zone.free_area[order];
        line += fmt::format("{}*{}kB ", area.nr_free, kib(1) << order);
        if (area.nr_free) line += types_text(area);
        total += area.nr_free << order;
    }
    trace.printk(line + fmt::format("= {}kB", kib(total)));
}

void show_ram(const AllocState& state, const Tracer& trace) {
    NrPages total = 0, reserved = 0, highmem = 0, cma = 0;
    each_populated(state.zones, [&](const Zone& zone) {
        total += zone.present;
        reserved += zone.present - zone.managed;
        cma += zone.cma;
        if (state.zones.is_highmem(zone.type)) highmem += zone.present;
    });
    trace.printk(fmt::format("{} pages RAM", total));
    trace.printk(fmt::format("{} pages HighMem/MovableOnly", highmem));
    trace.printk(fmt::format("{} pages reserved", reserved));
    if (state.profile.cma) trace.printk(fmt::format("{} pages cma reserved", cma));
    trace.printk("0 pages hwpoisoned");
}

}  // namespace

std::string nodes_text(std::uint64_t nodes) {
    std::string out;
    for (unsigned n = 0; n < 64; ++n) {
        if (!(nodes >> n & 1)) continue;
        unsigned last = n;
        while (last + 1 < 64 && (nodes >> (last + 1) & 1))
            ++last;
        if (!out.empty()) out += ',';
        out += last == n ? fmt::format("{}", n) : fmt::format("{}-{}", n, last);
        n = last;
    }
    return out;
}

void show_mem(const AllocState& state, unsigned cpu, const Tracer& trace) {
    trace.printk("Mem-Info:");
    show_totals(state, trace);
    for (const Node& node : state.zones.nodes)
        if (node.online && node.present) show_node_line(state, node, trace);
    each_populated(state.zones, [&](const Zone& zone) { show_zone(state, zone, cpu, trace); });
    each_populated(state.zones, [&](const Zone& zone) { show_blocks(state, zone, trace); });
    trace.printk(fmt::format("{} total pagecache pages", stat(state, no_node, "nr_file_pages")));
    trace.printk(fmt::format("{} pages in swap cache", stat(state, no_node, "nr_swapcached")));
    trace.printk(fmt::format("Free swap  = {}kB", kib(state.others ? state.others->swap_free() : 0)));
    trace.printk(fmt::format("Total swap = {}kB", kib(state.others ? state.others->swap_total() : 0)));
    show_ram(state, trace);
}

void warn_alloc(const AllocState& state, const AllocRequest& request, const Tracer& trace) {
    warn_alloc(state, request, fmt::format("page allocation failure: order:{}", request.order), trace);
}

void warn_alloc(const AllocState& state, const AllocRequest& request, std::string_view what, const Tracer& trace) {
    if (!trace || (request.gfp & gfp::nowarn)) return;
    std::uint64_t online = 0;
    for (const Node& node : state.zones.nodes)
        if (node.online && node.nid < 64) online |= std::uint64_t{1} << node.nid;
    trace.printk(fmt::format("mmscope: {}, mode:{:#x}({}), nodemask={},cpuset=/,mems_allowed={}", what, request.gfp,
                             gfp_text(request.gfp), request.nodemask ? nodes_text(request.nodemask) : "(null)",
                             nodes_text(online)));
    show_mem(state, request.cpu, trace);
}

void dump_header(const AllocState& state, const AllocRequest& request, std::string_view comm, const Tracer& trace) {
    trace.printk(fmt::format("{} invoked oom-killer: gfp_mask={:#x}({}), order={}, oom_score_adj=0", comm, request.gfp,
                             gfp_text(request.gfp), request.order));
    show_mem(state, request.cpu, trace);
}

}  // namespace mm
