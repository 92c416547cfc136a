// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mm/address_layout.h"

namespace mm {
namespace {

constexpr Bytes stack_room = 8 * MiB + MiB, least_gap = 128 * MiB;  // RLIMIT_STACK and stack_guard_gap

/// How many pages, as powers of two, things may move.
struct Spread {
    unsigned mmap_bits = 28;        ///< mmap_rnd_bits
    NrPages stack_mask = 0x3fffff;  ///< __STACK_RND_MASK
    Bytes heap = GiB;               ///< arch_randomize_brk()
};
Spread spread_of(PagingMode paging) {
    switch (paging) {
        case PagingMode::i386:
        case PagingMode::i386_pae:
            return {8, 0x7ff, 32 * MiB};
        case PagingMode::arm64:
            return {18, 0x3ffff, GiB};
        default:
            return {};
    }
}

/// mmap_base().
VirtAddr mmap_base(VirtAddr task_size, Bytes moved_stack, Bytes offset) {
    const Bytes gap = std::clamp(stack_room + moved_stack, least_gap, task_size / 6 * 5);
    return align_up(task_size - gap - offset, page_size);
}

/// vdso_addr(): in the large page that the stack ends in.
VirtAddr vdso_above(VirtAddr start_stack, Bytes size, VirtAddr task_size, Rng& random) {
    const VirtAddr start = align_up(start_stack, page_size);
    const VirtAddr end = std::min(align_up(start + size, 2 * MiB), task_size) - size;
    return end > start ? start + phys_of(random.below(pfn_down(end - start) + 1)) : start;
}

}  // namespace

AddressLayout new_address_layout(MmState& state) {
    const MmLayout& machine = state.layout;
    const VirtAddr top = machine.task_size;
    AddressLayout layout;
    layout.stack_top = top;
    layout.start_stack = top - page_size / 2;
    layout.mmap_base = mmap_base(top, 0, 0);
    layout.pie = align_down(top / 3 * 2, page_size);
    if (state.randomize_va_space == 0) return layout;
    const Spread spread = spread_of(machine.paging);
    Rng& random = state.random;
    const auto pages_below = [&](NrPages n) { return phys_of(random.below(n)); };
    layout.stack_top = top - pages_below(spread.stack_mask + 1);
    layout.start_stack = layout.stack_top - page_size / 2 - align_down(random.below(8192), 16);  // arch_align_stack()
    layout.mmap_base = mmap_base(top, phys_of(spread.stack_mask), pages_below(NrPages{1} << spread.mmap_bits));
    layout.pie += pages_below(NrPages{1} << spread.mmap_bits);
    if (state.randomize_va_space > 1) layout.heap_gap = pages_below(pfn_down(spread.heap));
    const bool above = machine.paging == PagingMode::x86_64 || machine.paging == PagingMode::x86_64_la57;
    if (above)
        layout.vdso_hint =
            vdso_above(layout.start_stack, phys_of(NrPages{machine.vvar_pages} + machine.vdso_pages), top, random);
    return layout;
}

}  // namespace mm
