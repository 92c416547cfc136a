// SPDX-License-Identifier: GPL-3.0-or-later
// Where the parts of a new address space lie, with and without randomization.
//
//      randomize_va_space    0: always the same    1: stack, mmap area, programs, vdso move    2: the heap, too
//
// How far is the kernel's, by architecture; the numbers come from a seed of ours, so that a machine's commands give the
// same addresses each time. Follows arch/x86/mm/mmap.c, mm/util.c (mmap_base, randomize_stack_top), fs/binfmt_elf.c,
// arch/x86/entry/vdso/vma.c, Linux 6.1.
#pragma once

#include "engine/mm/mm_state.h"

namespace mm {

struct AddressLayout {
    VirtAddr stack_top = 0;    ///< randomize_stack_top()
    VirtAddr start_stack = 0;  ///< where the program finds its arguments
    VirtAddr mmap_base = 0;
    VirtAddr pie = 0;        ///< ELF_ET_DYN_BASE with its offset: where a program that may lie anywhere lies
    Bytes heap_gap = 0;      ///< arch_randomize_brk(): between the program and its heap
    VirtAddr vdso_hint = 0;  ///< x86_64: above the stack, if there is room; 0: anywhere
};

/// Draws from the state's randomness unless randomize_va_space is 0.
AddressLayout new_address_layout(MmState& state);

}  // namespace mm
