// SPDX-License-Identifier: GPL-3.0-or-later
// mmsim kmalloc: one line a step, with the kernel's function that takes it.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "engine/cli/slab_commands.h"
#include "engine/slab_common/size_classes.h"
#include "engine/snapshot/layout_of.h"
#include "engine/snapshot/pfn_report.h"

namespace mm {
namespace {

/// What the cache's counters said before and after tells which path was taken.
struct Path {
    SlabStat stat;
    std::string_view function, words;
};
constexpr std::array paths{
    Path{SlabStat::alloc_fastpath, "slab_alloc_node", "fast path: the first object of this CPU's freelist"},
    Path{SlabStat::alloc_refill, "get_freelist", "this CPU's slab had objects that others freed"},
    Path{SlabStat::cpu_partial_alloc, "___slab_alloc", "the first slab of this CPU's partial list"},
    Path{SlabStat::alloc_from_partial, "get_partial_node", "a slab of the node's partial list"},
    Path{SlabStat::alloc_slab, "new_slab", "no slab had a free object: a new one was made"},
    // SLAB's.
    Path{SlabStat::allochit, "____cache_alloc", "fast path: the last object of this CPU's array"},
    Path{SlabStat::refill_shared, "transfer_objects", "this CPU's array was empty: the node's shared array filled it"},
    Path{SlabStat::refill_slabs, "cache_alloc_refill", "this CPU's array was empty: slabs of the node filled it"},
    Path{SlabStat::node_allocs, "____cache_alloc_node", "straight from a slab of another node"},
    Path{SlabStat::grown, "cache_grow_begin", "neither arrays nor slabs had a free object: a new slab was made"},
};

class KmallocStory {
public:
    KmallocStory(const KmallocOptions& options, const Snapshot& before, const Snapshot& after, PhysAddr object)
        : m_options(options), m_before(before.state.slab), m_after(after), m_object(object) {}

    std::string tell() {
        line("__kmalloc", "kmalloc({}, {}) on CPU {}", m_options.size, m_options.gfp, m_options.cpu);
        if (m_object == zero_size_ptr) {
            line("kmalloc_slab", "no bytes need no object: ZERO_SIZE_PTR");
            return m_out;
        }
        if (m_options.size > kmalloc_max_cache_size(*m_after.profile))
            tell_large();
        else
            tell_slab();
        tell_frame();
        return m_out;
    }

private:
    template<class... Args>
    void line(std::string_view function, fmt::format_string<Args...> words, Args&&... args) {
        m_out += fmt::format("{:<24} {}\n", function, fmt::format(words, std::forward<Args>(args)...));
    }

    void tell_large() {
        const Order order = m_after.pages.at(pfn_down(m_object)).order;
        line("kmalloc_large", "larger than {} bytes, the largest class: straight to pages",
             kmalloc_max_cache_size(*m_after.profile));
        line("__alloc_pages", "order {}: {} pages, of which {} bytes stay unused", order, 1u << order,
             (page_size << order) - m_options.size);
    }

    void tell_slab() {
        const KernelProfile& profile = *m_after.profile;
        const SlabState& state = m_after.state.slab;
        const unsigned index = kmalloc_index(m_options.size, profile);
        const CacheId id = kmalloc_slab(state, m_options.size, *parse_gfp(m_options.gfp), profile);
        const KmemCache& s = state.cache(id);
        const ObjectLayout& l = s.layout;
        line("kmalloc_slab", "size class {}: {} bytes, {} of them unused", index, kmalloc_class_size(index, profile),
             kmalloc_class_size(index, profile) - m_options.size);
        line("kmalloc_type", "cache {}: objects of {} bytes, {} in a slab of {} {}", s.name, l.size, l.oo.objects,
             1u << l.oo.order, l.oo.order == 0 ? "page" : "pages");
        for (const Path& path : paths)
            if (s.counted(path.stat) > counted_before(id, path.stat)) line(path.function, "{}", path.words);
        if (state.design == SlabDesign::slab) tell_arrays(s);
        tell_object(s);
    }

    void tell_arrays(const KmemCache& s) {
        const ArrayCache& ac = s.arrays.cpu[m_options.cpu];
        line("", "{} objects are left in the array of CPU {}, which holds {} and is filled {} at a time", ac.avail(),
             m_options.cpu, ac.limit, ac.batchcount);
        for (std::size_t nid = 0; nid < s.nodes.size(); ++nid)
            if (const NodeArrays& n = s.nodes[nid].arrays; s.nodes[nid].present)
                line("", "node {}: {} objects in the shared array of {}, {} in partial and free slabs", nid,
                     n.shared.avail(), n.shared.limit, n.free_objects);
    }

    std::uint64_t counted_before(CacheId id, SlabStat stat) const {
        return id < m_before.caches.size() ? m_before.cache(id).counted(stat) : 0;
    }

    void tell_object(const KmemCache& s) {
        for (SlabId id = 0; id < s.slabs.size(); ++id) {
            const Slab& slab = s.slabs[id];
            const PhysAddr start = phys_of(slab.pfn);
            if (slab.place == SlabPlace::unused || m_object < start || m_object >= start + (page_size << slab.order))
                continue;
            const Bytes offset = m_object - s.address_of(id, 0);
            line("", "slab {} of the cache ({}): object {} of {}, {} bytes from its start", id, name_of(slab.place),
                 offset / s.layout.size, slab.objects, m_object - start);
            const bool of_slab = m_after.state.slab.design == SlabDesign::slab;
            line(of_slab ? "cache_grow_begin" : "allocate_slab",
                 "the slab is order {} at pfn {:#x}: PG_slab is set on that frame", slab.order, slab.pfn);
            if (slab.colour != 0)
                line("", "its first object begins {} bytes from its start: colour {} of {}",
                     slab.colour * s.layout.slab.colour_off, slab.colour, s.layout.slab.colour);
        }
    }

    void tell_frame() {
        const Pfn pfn = pfn_down(m_object);
        const Zone* zone = m_after.state.zones.zone_of(pfn);
        if (zone)
            line("rmqueue", "its pages came from node {} zone {}, list {} ({} free pages are left)", zone->nid,
                 name_of(zone->type), name_of(alloc_type_of(m_after.pages.state_at(pfn))), zone->free_pages);
        line("", "physical address {:#x}: frame {:#x}, byte {} of it", m_object, pfn, m_object % page_size);
        if (const auto virt = phys_to_virt(layout_input_of(m_after), m_object))
            line("page_address", "virtual address {:#x} in the direct map: what kmalloc() returns", *virt);
    }

    const KmallocOptions& m_options;
    const SlabState& m_before;
    const Snapshot& m_after;
    const PhysAddr m_object;
    std::string m_out;
};

}  // namespace

CLI::App* add_kmalloc(CLI::App& app, KmallocOptions& options) {
    auto* command =
        app.add_subcommand("kmalloc", "Follow an object of so many bytes: size class, cache, slab, pages, zone, frame");
    command->add_option("FILE", options.machine.file, "A kernel log (dmesg), or a folder with dmesg.txt")->required();
    command->add_option("BYTES", options.size, "Size of the object")->required();
    command->add_option("--gfp", options.gfp, "Flags of the request")->option_text("FLAGS [GFP_KERNEL]");
    command->add_option("--cpu", options.cpu, "CPU it runs on")->option_text("N [0]");
    command->add_option("--kernel", options.machine.kernel, "Compute with the rules of this kernel");
    add_run(*command, options.run);
    return command;
}

int kmalloc_command(const KmallocOptions& options) {
    const auto flags = parse_gfp(options.gfp);
    if (!flags) return fail(fmt::format("--gfp {}: expected names as GFP_KERNEL|__GFP_ZERO", options.gfp));
    return with_machine(options.machine, [&](Timeline& timeline) {
        if (const int failed = run(timeline, options.run, true); failed != 0) return failed;
        const auto up = timeline.execute(KmemCacheInit{});
        if (!up) return fail(up.error().text());
        const SnapshotPtr before = timeline.snapshot();
        const auto result = timeline.execute(Kmalloc{options.size, {*flags, no_node, options.cpu}});
        if (!result) return fail(result.error().text());
        if (!result->object) return fail(fmt::format("kmalloc({}) found no memory", options.size));
        std::cout << KmallocStory(options, *before, *timeline.snapshot(), *result->object).tell();
        return 0;
    });
}

}  // namespace mm
