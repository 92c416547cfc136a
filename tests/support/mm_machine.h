// SPDX-License-Identifier: GPL-3.0-or-later
// A small machine with processes, descriptors that are counted, and what must hold in it.
#pragma once

#include <fmt/format.h>

#include <map>
#include <set>

#include "engine/mm/processes.h"
#include "engine/mm/swapfile.h"
#include "engine/page_alloc/kswapd.h"
#include "engine/vmscan/reclaim.h"
#include "tests/support/small_memory.h"

namespace mm::test {

class MmMachine {
public:
    using Kind = MmMetadata::Kind;

    explicit MmMachine(const std::vector<ZoneSpec>& zones = {{0, ZoneType::normal, {1024, 9216}}}, unsigned cpus = 1,
                       PagingMode paging = PagingMode::x86_64, ThpEnabled thp = ThpEnabled::never)
        : memory(zones),
          context{state, memory.allocator, {memory.zones, memory.pages, memory.stats, memory.profile},
                  0,     &metadata,        &faults},
          processes(context) {
        first = zones.front().frames.start;
        for (const ZoneSpec& z : zones) {
            managed += z.frames.size();
            memory.zone(z.type, z.nid).managed = z.frames.size();
        }
        memory.zones.cpu_node.assign(cpus, 0);
        metadata.alloc = [this](Kind kind, unsigned) -> std::optional<PhysAddr> {
            if (descriptor_fails && descriptor_fails()) return std::nullopt;
            descriptors.emplace(next += 64, kind);
            return next;
        };
        metadata.free = [this](Kind kind, PhysAddr at, unsigned) {
            const auto it = descriptors.find(at);
            if (it == descriptors.end() || it->second != kind)
                problem = fmt::format("descriptor {:#x} is freed and is not there", at);
            else
                descriptors.erase(it);
        };
        metadata.dup_task = [this](unsigned) -> std::optional<TaskObject> {
            if (descriptor_fails && descriptor_fails()) return std::nullopt;
            tasks.insert(++last_task);
            return TaskObject{next += 64, last_task};
        };
        metadata.free_task = [this](TaskObject task, unsigned) {
            if (tasks.erase(task.id) == 0) problem = fmt::format("task {} is freed and is not there", task.id);
        };
        add_pressure(pressure, context, managed);
        memory.allocator.set_pressure(&pressure);
        MmLayout layout;
        layout.paging = paging;
        const bool narrow = paging == PagingMode::i386 || paging == PagingMode::i386_pae;
        layout.task_size = narrow ? VirtAddr{0xc0000000} : (VirtAddr{1} << 47) - page_size;
        layout.pgd_order = narrow ? 0 : 1;
        layout.thp.enabled = thp;
        processes.init(layout, 1);
    }
    MmMachine(const MmMachine&) = delete;
    MmMachine& operator=(const MmMachine&) = delete;

    /// kswapd of each node that was woken runs, and who was chosen to die does.
    void settle() {
        for (Node& node : memory.zones.nodes)
            if (node.kswapd_woken)
                run_kswapd({memory.zones, memory.pages, memory.stats, memory.profile}, node, &pressure, {});
        processes.end_command();
    }
    /// Watermarks of each zone: min, low and high in pages.
    void set_watermarks(NrPages min, NrPages low, NrPages high) {
        for (Node& node : memory.zones.nodes)
            for (Zone& zone : node.zones)
                if (zone.managed > 0) zone.watermark = {min, low, high};
    }
    /// The first process, with a program of 16 KiB of code, 4 KiB of data and 8 KiB of bss.
    Pid start(const std::string& path = "/sbin/init") {
        const Pid pid = processes.kernel_thread("kernel_init").value_or(0);
        const auto done = processes.exec(pid, make_program(path, {16 * KiB, 4 * KiB, 8 * KiB}), nullptr);
        return done && *done ? pid : 0;
    }
    const Mm& mm(Pid pid) const { return *state.mm_of(pid); }
    /// The page that the process sees at the address, or no_pfn; and its entry.
    UserPte pte(Pid pid, VirtAddr address) const {
        const EntryAt at = UserTables(context).find(mm(pid), address);
        if (at.level != PtLevel::pte || !context.paging().present(at.entry)) return {no_pfn};
        return decode(context.paging(), at.entry);
    }
    /// From the first frame of its zones to the last.
    PfnRange frames() const { return {first, first + managed}; }
    NrPages free_pages() const { return memory.zones.sum(&Zone::free_pages); }
    std::size_t count(Kind kind) const {
        return static_cast<std::size_t>(
            std::count_if(descriptors.begin(), descriptors.end(), [kind](const auto& d) { return d.second == kind; }));
    }
    /// Nothing, or what is wrong: tables, counts, lists, pages of all owners, a descriptor for each thing.
    Broken check() const {
        if (!problem.empty()) return problem;
        if (Broken b = processes.check()) return b;
        if (free_pages() + mm_pages(state) + given_back_poisoned() != managed)
            return fmt::format("{} free and {} of processes and files are not {}", free_pages(), mm_pages(state),
                               managed);
        std::size_t areas = 0, links = 0, nodes = 0, buffers = 0, inodes = 0, dentries = 0;
        for (const auto& [id, mm] : *state.mms) {
            areas += mm->areas.size();
            for (const auto& [start, area] : mm->areas)
                links += area.chain.size();
        }
        for (const auto& [id, file] : *state.files) {
            nodes += file->pages.size();
            inodes += file->at.has_value();
            dentries += file->dentry.has_value();
            for (const auto& [chunk, node] : file->pages)
                for (const PageSlot slot : node->slots)
                    buffers += slot.is_page() && state.buffers[slot.pfn()] != 0;
        }
        if (count(Kind::vm_area_struct) != areas) return "an area's descriptor is missing or left behind";
        if (count(Kind::anon_vma_chain) != links || count(Kind::anon_vma) != state.anon_vmas->size())
            return "an anon_vma's descriptor is missing or left behind";
        if (count(Kind::mm_struct) != state.mms->size() || tasks.size() != state.tasks->size())
            return "a task's descriptor is missing or left behind";
        if (count(Kind::radix_tree_node) != nodes || count(Kind::inode) != inodes || count(Kind::dentry) != dentries)
            return "a file's descriptor is missing or left behind";
        if (count(Kind::buffer_head) != buffers) return "a buffer_head is missing or left behind";
        return std::nullopt;
    }

    /// Frames that their users gave back after they were poisoned: nobody has them, and they are not free.
    NrPages given_back_poisoned() const {
        NrPages n = 0;
        for (Pfn p = first; memory.stats.poisoned > 0 && p < first + managed; ++p)
            n += (memory.pages.flags(p) & pg_hwpoison) && memory.pages.order(p) == 0 && memory.pages.refcount(p) == 0 &&
                 state.mappings[p].kind == MappingKind::none;
        return n;
    }

    SmallMemory memory;
    MmState state;
    MmMetadata metadata;
    MmFaults faults;
    MemoryPressure pressure;
    std::function<bool()> descriptor_fails;
    std::map<PhysAddr, Kind> descriptors;
    std::set<unsigned> tasks;
    unsigned last_task = 0;
    MmContext context;
    Processes processes;
    NrPages managed = 0;
    Pfn first = 0;
    std::string problem;
    PhysAddr next = 0x1000;
};

}  // namespace mm::test
