// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "engine/pgtable/real_tables.h"

namespace mm {
namespace {

constexpr std::size_t differences_kept = 5;

constexpr VirtAddr vaddr_end = 0xfffffe0000000000;  // x86_64: KASLR moves areas only below

bool writable(PtEntry e) {
    return e & pte_rw;
}
bool no_execute(PtEntry e) {
    return e & pte_nx;
}

class Comparison {
public:
    Comparison(const PageTables& computed, const std::vector<RealRange>& real, const LayoutInput& layout)
        : m_computed(computed),
          m_real(real),
          m_layout(layout),
          m_areas(kernel_layout(layout)),
          m_windows(area_windows(real, layout)) {}
    std::vector<AreaAgreement> run();

private:
    void compare(const RealRange& range);
    void find_changed(const RealRange& range);
    void find_missing();
    PageFate fate_of(const RealRange& real, PhysAddr phys, const Walk& walk, VirtAddr virt, AreaKind kind) const;
    PageFate reason_for(const RealRange& real, PhysAddr phys, AreaKind kind) const;
    const AreaWindow* window_of(VirtAddr real_virt) const;
    /// struct page of 64 bytes for every frame there was at boot, in whole sections of 128 MiB.
    Bytes memmap_size() const { return align_up(phys_of(m_layout.max_low_pfn), 128 * MiB) / 64; }
    std::string name_elsewhere(VirtAddr real_virt) const;
    AreaAgreement& row(const std::string& area);
    void count(const std::string& area, PageFate fate, VirtAddr at, Bytes size, const std::string& why);

    const PageTables& m_computed;
    const std::vector<RealRange>& m_real;
    const LayoutInput& m_layout;
    std::vector<LayoutArea> m_areas;
    std::vector<AreaWindow> m_windows;
    std::vector<AreaAgreement> m_rows;
    std::set<VirtAddr> m_changed;   ///< computed large leaves in which the kernel changed a page
    std::vector<VirtRange> m_seen;  ///< what the dump maps, in computed addresses
};

const AreaWindow* Comparison::window_of(VirtAddr virt) const {
    for (const AreaWindow& w : m_windows)
        if (virt >= w.real && virt - w.real < w.size) return &w;
    return nullptr;
}

/// Below vaddr_end KASLR moves areas; what is neither direct map nor vmemmap there is vmalloc.
std::string Comparison::name_elsewhere(VirtAddr virt) const {
    if (m_layout.space.arch == Arch::x86_64 && virt < vaddr_end) return "vmalloc";
    const LayoutArea* area = area_at(m_areas, virt);
    return area ? area->name : "no area";
}

AreaAgreement& Comparison::row(const std::string& area) {
    for (AreaAgreement& r : m_rows)
        if (r.area == area) return r;
    m_rows.push_back({area, {}, {}});
    return m_rows.back();
}

void Comparison::count(const std::string& area, PageFate fate, VirtAddr at, Bytes size, const std::string& why) {
    AreaAgreement& r = row(area);
    r.pages[static_cast<std::size_t>(fate)] += size >> page_shift;
    const bool explained = fate < PageFate::different;
    if (!explained && r.first_differences.size() < differences_kept)
        r.first_differences.push_back(fmt::format("{:#x}: {}", at, why));
}

/// Which function of the kernel takes a page's write permission or makes it executable, by where the frame lies.
PageFate Comparison::reason_for(const RealRange& real, PhysAddr phys, AreaKind kind) const {
    if (phys < MiB) return PageFate::low_memory;
    if (real.cache_disabled) return PageFate::cache_type;
    const bool in_image = m_layout.image.contains(phys);
    // The image's own mapping was executable; its data and brk are no more.
    if (kind == AreaKind::kernel_image && real.writable) return PageFate::text_ro;
    if (in_image) return real.writable ? PageFate::init_freed : PageFate::text_ro;
    return real.writable ? PageFate::different : PageFate::module_text;
}

PageFate Comparison::fate_of(const RealRange& real, PhysAddr phys, const Walk& walk, VirtAddr virt,
                             AreaKind kind) const {
    const PtEntry e = walk.steps.back().entry;
    if (walk.phys != phys || walk.leaf_size < real.leaf_size) return PageFate::different;
    const bool same = writable(e) == real.writable && no_execute(e) == real.no_execute && !real.cache_disabled;
    if (same && walk.leaf_size == real.leaf_size) return PageFate::equal;
    if (same) return m_changed.contains(align_down(virt, walk.leaf_size)) ? PageFate::split : PageFate::different;
    return reason_for(real, phys, kind);
}

template<class Visit>
void each_leaf(const PageTables& computed, const RealRange& real, VirtAddr virt, Visit visit) {
    for (Bytes done = 0; done < real.virt.size();) {
        const Walk walk = computed.walk(virt + done);
        visit(real.phys + done, virt + done, walk);
        done += real.leaf_size;
    }
}

void Comparison::find_changed(const RealRange& range) {
    const AreaWindow* window = window_of(range.virt.start);
    if (!window) return;
    each_leaf(m_computed, range, window->to_computed(range.virt.start), [&](PhysAddr, VirtAddr at, const Walk& walk) {
        if (!walk.phys || walk.leaf_size <= range.leaf_size) return;
        const PtEntry e = walk.steps.back().entry;
        if (writable(e) != range.writable || no_execute(e) != range.no_execute || range.cache_disabled)
            m_changed.insert(align_down(at, walk.leaf_size));
    });
}

void Comparison::compare(const RealRange& range) {
    const AreaWindow* window = window_of(range.virt.start);
    if (!window) {
        count(name_elsewhere(range.virt.start), PageFate::later, range.virt.start, range.virt.size(), "");
        return;
    }
    const VirtAddr virt = window->to_computed(range.virt.start);
    m_seen.push_back({virt, virt + range.virt.size()});
    each_leaf(m_computed, range, virt, [&](PhysAddr phys, VirtAddr at, const Walk& walk) {
        if (!walk.phys && window->kind == AreaKind::vmemmap && at - window->computed >= memmap_size()) {
            count(window->name, PageFate::later, at, range.leaf_size, "");  // the memmap of memory added later
            return;
        }
        if (!walk.phys) {
            count(window->name, PageFate::extra, at, range.leaf_size, "the kernel has it, it was not computed");
            return;
        }
        count(window->name, fate_of(range, phys, walk, at, window->kind), at, range.leaf_size,
              fmt::format("the kernel has {:#x} in leaves of {} KiB, computed was {:#x} in {} KiB", phys,
                          range.leaf_size / KiB, *walk.phys, walk.leaf_size / KiB));
    });
}

/// Computed mappings that the dump does not have.
void Comparison::find_missing() {
    std::sort(m_seen.begin(), m_seen.end());
    for (const MappedRange& mapped : m_computed.mapped_ranges()) {
        const LayoutArea* area = area_at(m_areas, mapped.virt.start);
        if (!area) continue;
        VirtAddr at = mapped.virt.start;
        for (const VirtRange& seen : m_seen) {
            if (seen.end <= at) continue;
            if (seen.start >= mapped.virt.end) break;
            if (at < seen.start)
                count(area->name, PageFate::missing, at, seen.start - at, "computed, the kernel has not");
            at = std::max(at, seen.end);
        }
        if (at < mapped.virt.end)
            count(area->name, PageFate::missing, at, mapped.virt.end - at, "computed, the kernel has not");
    }
}

std::vector<AreaAgreement> Comparison::run() {
    for (const RealRange& range : m_real)
        find_changed(range);
    for (const RealRange& range : m_real)
        compare(range);
    find_missing();
    return std::move(m_rows);
}

}  // namespace

std::string_view name_of(PageFate fate) {
    constexpr std::string_view names[page_fates] = {"equal",       "text and rodata", "split",      "init freed",
                                                    "module text", "low memory",      "cache type", "not modelled",
                                                    "different",   "missing",         "extra"};
    return names[static_cast<std::size_t>(fate)];
}

std::string_view reason_of(PageFate fate) {
    switch (fate) {
        case PageFate::text_ro:
            return "mark_rodata_ro(), arch/x86/mm/init_64.c: text and rodata read-only, data no-execute";
        case PageFate::split:
            return "__split_large_page(), arch/x86/mm/pat/set_memory.c: a neighbour in the leaf was changed";
        case PageFate::init_freed:
            return "free_init_pages(), arch/x86/mm/init.c: set_memory_nx() and set_memory_rw() of freed memory";
        case PageFate::module_text:
            return "set_memory_ro() with its alias: text of modules, BPF and ftrace, pages of protected tables";
        case PageFate::low_memory:
            return "set_real_mode_permissions(), arch/x86/realmode/init.c, and pcibios' set_memory_x()";
        case PageFate::cache_type:
            return "memtype of an alias: set_memory_uc(), set_memory_wc(), ioremap()";
        case PageFate::later:
            return "filled while the kernel runs: vmalloc, modules, fixmap, cpu entry area, memmap of added memory";
        default:
            return "";
    }
}

NrPages AreaAgreement::total() const {
    return std::accumulate(pages.begin(), pages.end(), NrPages{0});
}

/// The last of the areas that KASLR moves, each to a multiple of 1 GiB, and large leaves from its first address on.
static VirtAddr vmemmap_seen_in(const std::vector<RealRange>& real, VirtAddr above, VirtAddr unmoved) {
    VirtAddr at = unmoved;
    for (const RealRange& r : real) {
        if (r.virt.start == unmoved) return unmoved;
        if (r.virt.start >= above && r.virt.start < vaddr_end && r.virt.start % GiB == 0) at = r.virt.start;
    }
    return at;
}

std::vector<AreaWindow> area_windows(const std::vector<RealRange>& real, const LayoutInput& layout) {
    std::vector<AreaWindow> windows;
    for (const LayoutArea& area : kernel_layout(layout)) {
        const bool modelled =
            area.kind == AreaKind::direct_map || area.kind == AreaKind::vmemmap || area.kind == AreaKind::kernel_image;
        if (modelled) windows.push_back({area.kind, area.name, area.range.start, area.range.start, area.range.size()});
    }
    if (layout.space.arch != Arch::x86_64) return windows;
    const auto first = [&](auto&& fits, VirtAddr otherwise) {
        const auto found = std::find_if(real.begin(), real.end(), fits);
        return found == real.end() ? otherwise : found->virt.start;
    };
    VirtAddr direct = 0;
    for (AreaWindow& w : windows) {
        if (w.kind == AreaKind::direct_map) {
            w.size = phys_of(layout.max_low_pfn);
            direct = w.real = first([](const RealRange& r) { return r.phys == 0; }, w.computed);
        } else if (w.kind == AreaKind::kernel_image) {
            // The brk behind the image is mapped too, up to the end of its last large leaf.
            w.size = align_up(w.size + 1, 2 * MiB);
            w.real = first([&](const RealRange& r) { return r.virt.start >= start_kernel_map && !r.no_execute; },
                           w.computed);
        } else {
            w.real = vmemmap_seen_in(real, direct + phys_of(layout.max_low_pfn), w.computed);
            w.size = GiB + phys_of(layout.max_low_pfn) / 64;
        }
    }
    return windows;
}

std::vector<AreaAgreement> compare_tables(const PageTables& computed, const std::vector<RealRange>& real,
                                          const LayoutInput& computed_layout) {
    return Comparison(computed, real, computed_layout).run();
}

}  // namespace mm
