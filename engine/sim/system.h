// SPDX-License-Identifier: GPL-3.0-or-later
// System: one simulated machine, state and all. Commands go in, events and log lines come out through the sink.
#pragma once

#include <memory>
#include <type_traits>

#include "engine/page_alloc/explain.h"
#include "engine/page_alloc/undo_journal.h"
#include "engine/sim/command.h"
#include "engine/snapshot/snapshot.h"

namespace mm {

/// What an alloc_pages answered.
struct CommandResult {
    Pfn pfn = no_pfn;                        ///< no_pfn: nothing was found (or the command allocates nothing)
    std::optional<PhysAddr> object{};        ///< what a command of the slab allocator answered
    std::optional<VirtAddr> area{};          ///< what a command of vmalloc or high memory answered
    std::optional<ProcessAnswer> process{};  ///< what a command of processes answered
    std::vector<Pfn> pages{};                ///< alloc_pages_bulk's
    std::vector<PageMove> moved{};           ///< others' pages that compaction moved for it, in order
    std::optional<unsigned> task{};          ///< a new task's number
    std::optional<std::uint64_t> percpu{};   ///< a per-CPU pointer
};

/// Small state plus the picture of all frames: what a keyframe holds.
struct Keyframe {
    MachineState state;
    FrozenPages pages;
};

/// A command to the page allocator, told from those to what stands on it.
template<class Asked>
concept PageCommand =
    !std::is_constructible_v<SlabCommand, Asked> && !std::is_constructible_v<VmallocCommand, Asked> &&
    !std::is_constructible_v<HighmemCommand, Asked> && !std::is_constructible_v<ProcessCommand, Asked> &&
    !std::is_constructible_v<TaskCommand, Asked> && !std::is_constructible_v<PercpuCommand, Asked> &&
    !std::is_constructible_v<ContigCommand, Asked> && !std::is_constructible_v<HotplugCommand, Asked> &&
    !std::is_same_v<SetMemoryAttribute, Asked>;

class System {
public:
    System(std::shared_ptr<const Machine> machine, const KernelProfile& profile);

    const Machine& machine() const { return *m_machine; }
    const std::shared_ptr<const Machine>& machine_ptr() const { return m_machine; }
    const KernelProfile& profile() const { return *m_profile; }
    const MachineState& state() const { return m_state; }
    const PageColumns& pages() const { return m_pages; }

    /// Errors are the user's: freeing what is not allocated, an order the kernel does not have, a node that is not
    /// there.
    Outcome<CommandResult> execute(const Command& command, EventSink* sink);

    /// Executes it and tells why its allocations got what they got; of an object, the pages of a new slab among it.
    std::vector<WhyFact> explain(const Command& command);

    /// The picture of all frames as of now (see PageColumns::freeze).
    const FrozenPages& freeze_pages() { return m_pages.freeze(); }
    Keyframe freeze() { return {m_state, m_pages.freeze()}; }
    void restore(const Keyframe& keyframe);
    /// Commands to the page allocator, done since the last boot stage or restore(), that can be undone one by one; one
    /// left half done counts. il_prev: as before the command.
    /// What going back takes in memory; forgotten, one goes back over keyframes.
    Bytes undo_bytes() const { return m_journal ? m_journal->bytes() : 0; }
    void forget_undo() {
        if (m_journal) m_journal->start();
    }
    std::size_t undoable() const { return m_journal ? m_journal->commands() : 0; }
    void undo(Nid il_prev);
    Broken check() const;  ///< every room's check() and what must hold between them

private:
    Outcome<CommandResult> run(const RunStage&, EventSink*);
    Outcome<CommandResult> run(const SlabCommand&, EventSink*);
    Outcome<CommandResult> run(const VmallocCommand&, EventSink*);
    Outcome<CommandResult> run(const HighmemCommand&, EventSink*);
    Outcome<CommandResult> run(const SetMemoryAttribute&, EventSink*);
    Outcome<CommandResult> run(const ProcessCommand&, EventSink*);
    Outcome<CommandResult> run(const TaskCommand&, EventSink*);
    Outcome<CommandResult> run(const PercpuCommand&, EventSink*);
    Outcome<CommandResult> run(const ContigCommand&, EventSink*);
    Outcome<CommandResult> run(const MemoryBlockState&, EventSink*);
    Outcome<CommandResult> run(const AddMemory&, EventSink*);
    Outcome<CommandResult> run(const RemoveMemory&, EventSink*);
    template<class Work>
    Outcome<CommandResult> with_hot_add(unsigned cpu, EventSink* sink, Work work);
    template<PageCommand Asked>
    Outcome<CommandResult> run(const Asked&, EventSink*);
    template<class Work>
    Outcome<CommandResult> with_allocator(EventSink* sink, Work work);
    template<class Work>
    Outcome<CommandResult> with_rooms(EventSink* sink, Work work);
    void set_up(PageAllocator&, const OthersCounters&, MemoryPressure&, EventSink*);
    template<class Work>
    Outcome<CommandResult> with_slabs(const SlabPlaceAsked& place, EventSink* sink, Work work);
    /// The same with the vmalloc window up.
    template<class Work>
    Outcome<CommandResult> with_window(const SlabPlaceAsked& place, EventSink* sink, Work work);
    /// ... and tasks.
    template<class Work>
    Outcome<CommandResult> with_tasks(const SlabPlaceAsked& place, EventSink* sink, Work work);
    Broken refusal(const AllocRequest& request) const;
    Broken refusal(unsigned cpu) const;
    Broken refusal(const SlabPlaceAsked& place) const;
    void run_kswapds(const MemoryPressure*, EventSink*);

    std::shared_ptr<const Machine> m_machine;
    const KernelProfile* m_profile;
    MachineState m_state;
    PageColumns m_pages;
    WhyLog* m_why = nullptr;                 ///< while a command is explained
    SlabState m_slab_before;                 ///< and it is one of the slab allocator
    std::unique_ptr<UndoJournal> m_journal;  ///< from the first command on
};

}  // namespace mm
