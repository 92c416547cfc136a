// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/system.h"

#include <fmt/format.h>

#include "engine/firmware/command_line.h"
#include "engine/page_alloc/kswapd.h"
#include "engine/page_alloc/mem_info.h"
#include "engine/page_alloc/why_log.h"
#include "engine/sim/boot.h"
#include "engine/sim/highmem_up.h"
#include "engine/sim/kernel_rooms.h"
#include "engine/sim/processes_up.h"
#include "engine/sim/slab_why.h"
#include "engine/sim/thp_setting.h"
#include "engine/sim/vmalloc_up.h"
#include "engine/snapshot/callers_block.h"
#include "engine/snapshot/kernel_counters.h"

namespace mm {

System::System(std::shared_ptr<const Machine> machine, const KernelProfile& profile)
    : m_machine(std::move(machine)), m_profile(&profile) {}

Outcome<CommandResult> System::run(const RunStage& c, EventSink* sink) {
    if (!is_leaf_stage(m_profile->arch, c.stage))
        return Error{fmt::format("stage {} of the boot does no work of its own", c.stage)};
    m_journal.reset();
    BootContext context{*m_machine, *m_profile, m_state, m_pages, Tracer(sink)};
    run_stage(context, c.stage);
    return CommandResult{};
}

Broken System::refusal(unsigned cpu) const {
    if (cpu < std::max(m_state.online_cpus, 1u)) return std::nullopt;
    return fmt::format("CPU {} was asked for; this machine runs 0 to {}", cpu, m_state.online_cpus - 1);
}

Broken System::refusal(const AllocRequest& request) const {
    if (request.order >= m_profile->max_order)
        return fmt::format("order {} was asked for; Linux {} has orders 0 to {}", request.order, m_profile->name,
                           m_profile->max_order - 1);
    if (!m_state.zones.node(request.nid))
        return fmt::format("node {} was asked for; this machine does not have it online", request.nid);
    if (!zone_modifiers_allowed(request.gfp))
        return fmt::format("{} was asked for; of __GFP_DMA, __GFP_DMA32 and __GFP_HIGHMEM one at most may be there",
                           gfp_text(request.gfp));
    return refusal(request.cpu);
}

namespace {

/// What a command undoes; 0: it makes something.
template<class Asked>
std::uint64_t address_of(const Asked& c) {
    if constexpr (requires { c.address; })
        return c.address;
    else
        return 0;
}
template<class Asked>
std::uint64_t object_of(const Asked& c) {
    if constexpr (requires { c.object; })
        return c.object;
    else
        return 0;
}

/// Whose pages compaction has moved on the way has to know. What a command moves itself comes first: it asks for single
/// pages alone, for which nothing is compacted.
void add_moves(Outcome<CommandResult>& result, const PageAllocator& allocator) {
    if (!result) return;
    const auto& moves = allocator.all_moved();
    result->moved.insert(result->moved.end(), moves.begin(), moves.end());
}

/// The command ends, also where it is left in the middle.
class EndOfCommand {
public:
    explicit EndOfCommand(UndoJournal& journal) : m_journal(journal) {}
    EndOfCommand(const EndOfCommand&) = delete;
    EndOfCommand& operator=(const EndOfCommand&) = delete;
    ~EndOfCommand() { m_journal.end_command(); }

private:
    UndoJournal& m_journal;
};

/// The commands of the page allocator, each as its functions are called.
struct Caller {
    PageAllocator& allocator;
    MachineState& state;
    const Tracer trace;

    Outcome<CommandResult> operator()(const AllocPages& c) const {
        const AllocRequest request = with_policy(c.request, c.policy, state.zones, state.il_prev);
        const auto pfn = allocator.alloc_pages(request, trace);
        if (pfn && c.policy.mode == PolicyMode::interleave) count_interleave(state.zones, request, *pfn);
        return answer(pfn.value_or(no_pfn));
    }
    Outcome<CommandResult> operator()(const AllocPagesExact& c) const {
        const auto pfn = allocator.alloc_pages_exact(c.request, c.size, trace);
        if (!pfn) return pfn.error();
        return answer(pfn->value_or(no_pfn));
    }
    Outcome<CommandResult> operator()(const AllocPagesBulk& c) const {
        CommandResult result;
        result.pages = allocator.alloc_pages_bulk(c.request, c.count, trace);
        if (!result.pages.empty()) result.pfn = result.pages.front();
        return result;
    }
    Outcome<CommandResult> operator()(const FreePages& c) const {
        return done(allocator.free_pages(c.pfn, c.order, trace, c.cpu));
    }
    Outcome<CommandResult> operator()(const FreePagesExact& c) const {
        return done(allocator.free_pages_exact(c.pfn, c.size, trace, c.cpu));
    }
    Outcome<CommandResult> operator()(const GetPage& c) const { return done(allocator.get_page(c.pfn, trace)); }
    Outcome<CommandResult> operator()(const PutPage& c) const { return done(allocator.put_page(c.pfn, trace, c.cpu)); }
    Outcome<CommandResult> operator()(const SplitPage& c) const { return done(allocator.split_page(c.pfn, trace)); }
    Outcome<CommandResult> operator()(const DrainPages& c) const {
        if (c.cpu)
            allocator.drain_pages(*c.cpu, trace);
        else
            allocator.drain_all_pages(trace);
        return CommandResult{};
    }
    Outcome<CommandResult> operator()(const FoldVmstat& c) const {
        allocator.fold_vmstat(c.cpu, trace);
        return CommandResult{};
    }
    CommandResult answer(Pfn pfn) const {
        CommandResult result;
        result.pfn = pfn;
        return result;
    }
    static Outcome<CommandResult> done(const Outcome<Done>& outcome) {
        if (!outcome) return outcome.error();
        return CommandResult{};
    }
};

}  // namespace

/// The page allocator alone, unless processes are there: then who gives pages back comes with it.
template<class Work>
Outcome<CommandResult> System::with_allocator(EventSink* sink, Work work) {
    if (m_state.processes.up) return with_rooms(sink, [&](KernelRooms& rooms) { return work(rooms.allocator); });
    PageAllocator allocator(m_state.zones, m_pages, m_state.stats, *m_profile);
    const MachineCounters others(m_state);
    MemoryPressure pressure;
    set_up(allocator, others, pressure, sink);
    auto result = work(allocator);
    add_moves(result, allocator);
    run_kswapds(&pressure, sink);
    return result;
}

/// No caches to reclaim from, and one task: the OOM killer takes the one that asked.
void System::set_up(PageAllocator& allocator, const OthersCounters& others, MemoryPressure& pressure, EventSink* sink) {
    pressure.oom = [&allocator, sink](const AllocRequest& request) {
        const Tracer trace(sink);
        if (trace && !(request.gfp & gfp::nowarn))  // requests that want no report get none
            dump_header(allocator.state(), request, "mmscope", trace);
        return OomVerdict::self;
    };
    allocator.set_others(&others);
    allocator.set_pressure(&pressure);
    allocator.set_why(m_why);
}

template<class Work>
Outcome<CommandResult> System::with_rooms(EventSink* sink, Work work) {
    PageAllocator allocator(m_state.zones, m_pages, m_state.stats, *m_profile);
    const MachineCounters others(m_state);
    MemoryPressure pressure;
    set_up(allocator, others, pressure, sink);
    KernelRooms rooms(m_state, m_pages, allocator, Tracer(sink));
    if (m_state.processes.up) rooms.add_to(pressure);
    Outcome<CommandResult> result = work(rooms);
    add_moves(result, allocator);
    run_kswapds(&pressure, sink);
    if (m_state.processes.up) rooms.end_command();
    return result;
}

template<PageCommand Asked>
Outcome<CommandResult> System::run(const Asked& c, EventSink* sink) {
    Broken refused;
    if constexpr (requires { c.request; })
        refused = refusal(c.request);
    else if constexpr (std::is_same_v<Asked, DrainPages>)
        refused = refusal(c.cpu.value_or(0));
    else if constexpr (requires { c.cpu; })
        refused = refusal(c.cpu);
    if constexpr (requires { c.pfn; }) {
        if (!refused) refused = slab_owner_of(m_state.slab, m_pages, c.pfn);
        if (!refused) refused = owner_of_frame(m_state, c.pfn);
    }
    if (refused) return Error{*refused, "", 0};
    const auto work = [&](PageAllocator& allocator) { return Caller{allocator, m_state, Tracer(sink)}(c); };
    if (m_state.processes.up) {  // compaction moves their pages, which no journal knows
        m_journal.reset();
        return with_allocator(sink, work);
    }
    if (!m_journal)
        m_journal = std::make_unique<UndoJournal>(AllocState{m_state.zones, m_pages, m_state.stats, *m_profile});
    const EndOfCommand end(*m_journal);
    return with_allocator(sink, work);
}

Broken System::refusal(const SlabPlaceAsked& place) const {
    if (Broken refused = refusal(place.cpu)) return refused;
    if (place.nid != no_node && !m_state.zones.node(place.nid))
        return fmt::format("node {} was asked for; this machine does not have it online", place.nid);
    if (!m_state.totalram_pages) return "the page allocator is not up yet; slabs and vmalloc come after it";
    return std::nullopt;
}

/// The slab allocator keeps no journal, nor does what stands on it: one goes back over a keyframe. The work begins with
/// what it needs being up and nobody asking why: bringing things up is not what was asked for.
template<class Work>
Outcome<CommandResult> System::with_slabs(const SlabPlaceAsked& place, EventSink* sink, Work work) {
    if (Broken refused = refusal(place)) return Error{*refused};
    m_journal.reset();
    return with_rooms(sink, [&](KernelRooms& rooms) -> Outcome<CommandResult> {
        rooms.allocator.set_why(nullptr);
        if (const auto up = rooms.bring_slabs_up(*m_machine); !up) return up.error();
        return work(rooms);
    });
}

Outcome<CommandResult> System::run(const SlabCommand& c, EventSink* sink) {
    const auto asked = std::visit([](const auto& one) { return object_of(one); }, c);
    if (Broken refused = stack_owner_of_object(m_state.kstack, asked)) return Error{*refused};
    if (Broken refused = percpu_owner_of_object(m_state.percpu, asked)) return Error{*refused};
    if (Broken refused = hotplug_owner_of_object(m_state.hotplug, asked)) return Error{*refused};
    return with_slabs(place_of(c), sink, [&](KernelRooms& rooms) -> Outcome<CommandResult> {
        rooms.allocator.set_why(m_why);
        if (m_why) m_slab_before = m_state.slab;
        const auto object = run_slab_command(rooms.slabs, m_state.slab, c, rooms.trace);
        if (!object) return object.error();
        CommandResult result;
        result.object = *object;
        if (*object && **object != zero_size_ptr) result.pfn = pfn_down(**object);
        return result;
    });
}

template<class Work>
Outcome<CommandResult> System::with_window(const SlabPlaceAsked& place, EventSink* sink, Work work) {
    return with_slabs(place, sink, [&](KernelRooms& rooms) -> Outcome<CommandResult> {
        if (const auto up = rooms.bring_window_up(*m_machine); !up) return up.error();
        return work(rooms);
    });
}

template<class Work>
Outcome<CommandResult> System::with_tasks(const SlabPlaceAsked& place, EventSink* sink, Work work) {
    return with_window(place, sink, [&](KernelRooms& rooms) -> Outcome<CommandResult> {
        if (const auto up = rooms.bring_tasks_up(); !up) return up.error();
        return work(rooms);
    });
}

Outcome<CommandResult> System::run(const VmallocCommand& c, EventSink* sink) {
    const auto address = std::visit([](const auto& asked) { return address_of(asked); }, c);
    if (Broken refused = stack_owner_of_area(m_state.kstack, address)) return Error{*refused};
    if (Broken refused = percpu_owner_of_area(m_state.percpu, address)) return Error{*refused};
    return with_window(place_of(c), sink, [&](KernelRooms& rooms) -> Outcome<CommandResult> {
        rooms.allocator.set_why(m_why);
        const auto area = run_vmalloc_command(rooms.window, c, rooms.trace);
        if (!area) return area.error();
        CommandResult result;
        result.area = *area;
        if (!*area || !m_state.vmalloc.busy->contains(**area)) return result;
        if (const auto& pages = m_state.vmalloc.busy->at(**area).pages; !pages.empty()) result.pfn = pages[0];
        return result;
    });
}

Outcome<CommandResult> System::run(const TaskCommand& c, EventSink* sink) {
    if (const auto* free = std::get_if<FreeTask>(&c))
        if (Broken refused = process_owner_of_task(m_state.processes, free->task)) return Error{*refused};
    return with_tasks(place_of(c), sink, [&](KernelRooms& rooms) -> Outcome<CommandResult> {
        rooms.allocator.set_why(m_why);
        const auto id = run_task_command(rooms.tasks, c, rooms.trace);
        if (!id) return id.error();
        CommandResult result;
        result.task = *id;
        if (!*id) return result;
        const KernelTask& task = m_state.kstack.tasks->at(**id);
        result.object = task.at;
        result.pfn = pfn_down(task.at);
        if (task.stack != 0) result.area = task.stack;
        return result;
    });
}

Outcome<CommandResult> System::run(const PercpuCommand& c, EventSink* sink) {
    return with_window(place_of(c), sink, [&](KernelRooms& rooms) -> Outcome<CommandResult> {
        Percpu percpu({m_state.percpu, rooms.allocator, m_pages, rooms.slabs, rooms.window});
        if (!m_state.percpu.up) {
            const auto geometry = percpu_geometry(*m_machine, *m_profile, m_state);
            if (!geometry) return geometry.error();
            percpu.setup_first_chunk(*geometry);
        }
        rooms.allocator.set_why(m_why);
        const auto pointer = run_percpu_command(percpu, c, rooms.trace);
        if (!pointer) return pointer.error();
        CommandResult result;
        result.percpu = *pointer;
        return result;
    });
}

/// Isolation keeps no journal.
Outcome<CommandResult> System::run(const ContigCommand& c, EventSink* sink) {
    Broken refused = refusal(cpu_of(c));
    if (!refused && !m_state.totalram_pages) refused = "the page allocator is not up yet";
    if (const Pfn pfn = given_back(c); !refused && pfn != no_pfn) {
        refused = slab_owner_of(m_state.slab, m_pages, pfn);
        if (!refused) refused = owner_of_frame(m_state, pfn);
    }
    if (refused) return Error{*refused};
    m_journal.reset();
    return with_allocator(sink, [&](PageAllocator& allocator) -> Outcome<CommandResult> {
        const Tracer trace(sink);
        ContigRange contig(allocator, cpu_of(c), trace);
        Cma cma(m_state.cma, m_state.cma_areas, contig, trace);
        const auto first = run_contig_command({contig, cma}, c);
        if (!first) return first.error();
        CommandResult result;
        result.moved = contig.moves();
        if (*first) result.pfn = **first;
        return result;
    });
}

/// Zones, spans and zonelists change, which no journal knows.
Outcome<CommandResult> System::run(const MemoryBlockState& c, EventSink* sink) {
    Broken refused = refusal(c.cpu);
    if (!refused) refused = no_memory_hotplug(*m_profile);
    if (!refused && !m_state.totalram_pages) refused = "the page allocator is not up yet";
    if (refused) return Error{*refused};
    m_journal.reset();
    return with_allocator(sink, [&](PageAllocator& allocator) -> Outcome<CommandResult> {
        const Tracer trace(sink);
        ContigRange contig(allocator, c.cpu, trace);
        const bool movable_node = find_param(m_machine->command_line, "movable_node").has_value();
        const bool khugepaged = starts_khugepaged(m_machine->command_line);
        MemoryHotplug hotplug(
            allocator, contig,
            {m_state.hotplug, m_state.totalram_pages, m_state.numa.distance, movable_node, khugepaged}, trace);
        const auto first = run_block_command(hotplug, c);
        if (!first) return first.error();
        CommandResult result;
        result.moved = contig.moves();
        if (*first) result.pfn = **first;
        return result;
    });
}

template<class Work>
Outcome<CommandResult> System::with_hot_add(unsigned cpu, EventSink* sink, Work work) {
    const auto window = hot_add_window(*m_machine, *m_profile, m_state);
    if (!window) return window.error();
    return with_slabs({cpu, no_node}, sink, [&](KernelRooms& rooms) {
        HotAdd hot_add({m_state.hotplug, m_state.pat, rooms.allocator, m_pages, rooms.slabs, m_state.direct_map,
                        m_state.sections, *window},
                       cpu, rooms.trace);
        return work(hot_add);
    });
}

Outcome<CommandResult> System::run(const AddMemory& c, EventSink* sink) {
    return with_hot_add(c.cpu, sink, [&](HotAdd& hot_add) -> Outcome<CommandResult> {
        const PhysRange range{c.address, c.address + c.size};
        const auto added = hot_add.add(range, c.nid);
        if (!added) return added.error();
        CommandResult result;
        if (!*added) return result;
        follow_added(m_state, *m_profile, range, c.nid);
        result.pfn = pfn_down(c.address);
        return result;
    });
}

Outcome<CommandResult> System::run(const RemoveMemory& c, EventSink* sink) {
    return with_hot_add(c.cpu, sink, [&](HotAdd& hot_add) -> Outcome<CommandResult> {
        const PhysRange range{c.address, c.address + c.size};
        const auto removed = hot_add.remove(range);
        if (!removed) return removed.error();
        follow_removed(m_state, *m_profile, range);
        return CommandResult{};
    });
}

/// Page tables keep no journal.
Outcome<CommandResult> System::run(const SetMemoryAttribute& c, EventSink* sink) {
    if (Broken refused = refusal(SlabPlaceAsked{c.cpu, no_node})) return Error{*refused};
    const auto window = pat_window(*m_machine, *m_profile, m_state);
    if (!window) return window.error();
    m_journal.reset();
    return with_allocator(sink, [&](PageAllocator& allocator) -> Outcome<CommandResult> {
        const Tracer trace(sink);
        PageTables& tables = m_state.direct_map.tables;
        SetMemory set_memory({m_state.pat, allocator, m_pages, tables, *window}, c.cpu, trace);
        const auto done = set_memory.run(c.what, c.address, c.count);
        if (!done) return done.error();
        CommandResult result;
        if (*done == PatResult::done) result.area = c.address;
        return result;
    });
}

/// High memory asks for no pages.
Outcome<CommandResult> System::run(const HighmemCommand& c, EventSink* sink) {
    if (Broken refused = refusal(place_of(c))) return Error{*refused};
    m_journal.reset();
    Highmem highmem({m_state.highmem, m_pages, made(m_state.direct_map.tables)});
    if (!m_state.highmem.up) highmem.init(highmem_window(*m_machine, *m_profile, m_state));
    const auto address = run_highmem_command(highmem, c, Tracer(sink));
    if (!address) return address.error();
    CommandResult result;
    result.area = *address;
    return result;
}

Outcome<CommandResult> System::run(const ProcessCommand& c, EventSink* sink) {
    return with_tasks(place_of(c), sink, [&](KernelRooms& rooms) -> Outcome<CommandResult> {
        rooms.bring_processes_up(*m_machine);
        rooms.mm.cpu = place_of(c).cpu;
        rooms.allocator.set_why(m_why);
        const auto answer = run_process_command(Processes(rooms.mm), rooms.mm, c);
        if (!answer) return answer.error();
        CommandResult result;
        result.process = *answer;
        return result;
    });
}

/// The task that woke them is done: they get the CPU.
void System::run_kswapds(const MemoryPressure* pressure, EventSink* sink) {
    for (Node& node : m_state.zones.nodes)
        if (node.kswapd_woken)
            run_kswapd({m_state.zones, m_pages, m_state.stats, *m_profile}, node, pressure, Tracer(sink));
}

Outcome<CommandResult> System::execute(const Command& command, EventSink* sink) {
    return std::visit([&](const auto& c) { return run(c, sink); }, command);
}

std::vector<WhyFact> System::explain(const Command& command) {
    WhyLog log({m_state.zones, m_pages, m_state.stats, *m_profile});
    m_why = &log;
    const auto result = execute(command, nullptr);
    m_why = nullptr;
    auto facts = log.take_facts();
    const SlabState before = std::exchange(m_slab_before, {});
    if (result) add_slab_facts(command, {before, m_state.slab, m_pages, *m_profile}, result->object, facts);
    return facts;
}

void System::undo(Nid il_prev) {
    m_journal->undo_command();
    m_state.il_prev = il_prev;
}

void System::restore(const Keyframe& keyframe) {
    m_journal.reset();
    m_state = keyframe.state;
    if (m_pages.end_pfn() != keyframe.pages.end_pfn()) m_pages = PageColumns(keyframe.pages.end_pfn());
    m_pages.restore(keyframe.pages);
}

Broken System::check() const {
    if (auto b = m_state.memblock.check()) return "memblock: " + *b;
    if (auto b = m_state.direct_map.tables.check()) return "page tables: " + *b;
    if (!m_state.totalram_pages) return std::nullopt;
    if (auto b = check_free_lists(m_state.zones, m_pages, *m_profile)) return "page allocator: " + *b;
    if (m_state.slab.up)
        if (auto b = check_slabs(m_state.slab, m_pages)) return "slabs: " + *b;
    const PageTables* tables = made(m_state.direct_map.tables);
    if (auto b = check_vmalloc(m_state.vmalloc, m_pages, tables)) return "vmalloc: " + *b;
    if (auto b = check_highmem(m_state.highmem, tables)) return "highmem: " + *b;
    if (auto b = check_mm(m_state.processes, m_pages, m_state.zones)) return "processes: " + *b;
    if (auto b = check_stacks(m_state.kstack, m_state.slab, m_state.vmalloc, m_pages)) return "stacks: " + *b;
    if (auto b = check_tasks_of(m_state.processes, m_state.kstack)) return "processes: " + *b;
    if (auto b = check_percpu(m_state.percpu, m_pages)) return "per-CPU memory: " + *b;
    if (auto b = check_pat(m_state.pat, m_pages, tables)) return "memory types: " + *b;
    if (auto b = check_hotplug(m_state.hotplug, m_pages, tables)) return "added memory: " + *b;
    return std::nullopt;
}

}  // namespace mm
