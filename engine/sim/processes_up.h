// SPDX-License-Identifier: GPL-3.0-or-later
// What processes get from the machine around them: the layout of their addresses from the kernel's rules, and
// descriptors from the slab allocator.
#pragma once

#include "engine/firmware/machine.h"
#include "engine/mm/mm_context.h"
#include "engine/slub/slab_allocator.h"
#include "engine/snapshot/machine_state.h"

namespace mm {

MmLayout mm_layout(const Machine& machine, const KernelProfile& profile, const MachineState& state);
/// empty_zero_page: where in .bss it lies no log tells, so the first page of .bss stands for it.
Pfn zero_page_of(const MachineState& state);
/// Descriptors are objects of the kernel's caches, which are made when first asked for. REQUIRES: slabs are up; they
/// and the trace outlive it.
MmMetadata mm_metadata_from(SlabAllocator& slabs, const SlabState& state, const KernelProfile& profile,
                            const Tracer& trace);

/// What processes and files do while others ask for pages: give some back, follow theirs, die.
class ProcessSide {
public:
    ProcessSide(MachineState& state, PageColumns& pages, const KernelProfile& profile, PageAllocator& allocator,
                const Tracer& trace);
    ProcessSide(const ProcessSide&) = delete;
    ProcessSide& operator=(const ProcessSide&) = delete;
    /// REQUIRES: *this outlives its use.
    void add_to(MemoryPressure& pressure) const;
    void end_command() const;

private:
    MachineState& m_state;
    const Tracer m_trace;
    SlabAllocator m_slabs;
    MmMetadata m_metadata;
    MmContext m_context;
};

}  // namespace mm
