// SPDX-License-Identifier: GPL-3.0-or-later
// A small machine with a window of a few hundred pages, descriptors that are counted, and what must hold in it.
#pragma once

#include <fmt/format.h>

#include <map>

#include "engine/vmalloc/vmalloc_allocator.h"
#include "tests/support/small_memory.h"

namespace mm::test {

class Lines : public EventSink {
public:
    void event(const Event& e, std::string_view) override { kinds.push_back(e.kind); }
    void printk(std::string line) override { lines.push_back(std::move(line)); }
    std::vector<EventKind> kinds;
    std::vector<std::string> lines;
};

class VmallocMachine {
public:
    static constexpr VirtAddr start = 0xffffc90000000000;

    explicit VmallocMachine(const std::vector<ZoneSpec>& zones, NrPages window_pages = 256, unsigned cpus = 1,
                            std::vector<VmArea> early = {})
        : memory(zones),
          vmalloc({state,
                   memory.allocator,
                   {memory.zones, memory.pages, memory.stats, memory.profile},
                   &metadata,
                   &faults,
                   &tables}) {
        for (const ZoneSpec& z : zones) {
            managed += z.frames.size();
            memory.zone(z.type, z.nid).managed = z.frames.size();
        }
        memory.zones.cpu_node.assign(cpus, 0);
        metadata.alloc = [this](VmallocMetadata::Kind kind, Bytes, const VmRequest&) -> std::optional<PhysAddr> {
            if (descriptor_fails && descriptor_fails()) return std::nullopt;
            descriptors.emplace(next += 64, kind);
            return next;
        };
        metadata.free = [this](VmallocMetadata::Kind kind, PhysAddr at, unsigned) {
            const auto it = descriptors.find(at);
            if (it == descriptors.end() || it->second != kind)
                problem = fmt::format("descriptor {:#x} is freed and is not there", at);
            else
                descriptors.erase(it);
        };
        VmallocWindow window{
            {start, start + phys_of(window_pages)}, ~VirtAddr{0}, 30, 8, cpus, 2 * MiB, true, std::move(early)};
        if (const auto up = vmalloc.vmalloc_init(window); !up) problem = up.error().text();
    }

    NrPages free_pages() const { return memory.zones.sum(&Zone::free_pages); }
    std::size_t count(VmallocMetadata::Kind kind) const {
        return static_cast<std::size_t>(
            std::count_if(descriptors.begin(), descriptors.end(), [kind](const auto& d) { return d.second == kind; }));
    }
    /// Nothing, or what is wrong: lists, pages of all owners, and a descriptor for each area.
    Broken check(NrPages others = 0) const {
        if (!problem.empty()) return problem;
        if (Broken b = vmalloc.check()) return b;
        const NrPages in_tables = state.tables->size();
        if (free_pages() + state.pages + in_tables + others != managed)
            return fmt::format("{} free, {} of vmalloc, {} in tables and {} others are not {}", free_pages(),
                               state.pages, in_tables, others, managed);
        std::size_t areas = state.free->size() + state.busy->size() + state.purge->size();
        for (const auto& spare : state.spare)
            areas += spare.has_value();
        if (count(VmallocMetadata::Kind::vmap_area) != areas)
            return fmt::format("{} descriptors for {} areas", count(VmallocMetadata::Kind::vmap_area), areas);
        std::size_t arrays = 0;
        for (const auto& [at, area] : *state.busy)
            arrays += area.array_at != 0;
        if (count(VmallocMetadata::Kind::page_array) != arrays) return "a page array is left behind";
        return std::nullopt;
    }

    SmallMemory memory;
    PageTables tables{Pfn{1}, PagingMode::x86_64};  ///< its top table is none of the allocator's frames
    VmallocState state;
    VmallocMetadata metadata;
    VmallocFaults faults;
    std::function<bool()> descriptor_fails;
    std::map<PhysAddr, VmallocMetadata::Kind> descriptors;
    VmallocAllocator vmalloc;
    NrPages managed = 0;
    std::string problem;
    PhysAddr next = 0x1000;
};

}  // namespace mm::test
