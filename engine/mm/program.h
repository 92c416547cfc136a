// SPDX-License-Identifier: GPL-3.0-or-later
// What of an ELF file the kernel maps: its loadable segments, as the program headers tell, and the loader they ask for.
//
//      readelf -l      LOAD  off 0x1000 vaddr 0x1000 filesz 0x2ed5 memsz 0x2ed5 R E
//                      LOAD  off 0x5db8 vaddr 0x6db8 filesz 0x0380 memsz 0x04a8 RW        0x128 bytes of bss behind it
//
// Follows fs/binfmt_elf.c, Linux 6.1.
#pragma once

#include <string>
#include <vector>

#include "engine/mm/mm_state.h"
#include "engine/types/outcome.h"

namespace mm {

/// A PT_LOAD entry.
struct Segment {
    Bytes offset = 0;   ///< p_offset: in the file
    VirtAddr virt = 0;  ///< p_vaddr: from the image's start, unless it has a fixed place
    Bytes file_size = 0, memory_size = 0;
    VmaFlags access = 0;  ///< vma::read, write, exec
    friend bool operator==(const Segment&, const Segment&) = default;
};

/// What "size" prints.
struct ProgramSize {
    Bytes text = 0, data = 0, bss = 0;
    friend bool operator==(const ProgramSize&, const ProgramSize&) = default;
};

struct Program {
    std::string path;
    bool is_pie = true;  ///< ET_DYN: may lie anywhere
    std::vector<Segment> segments;
    Bytes file_size = 0;
    std::string interpreter;  ///< PT_INTERP; "": linked statically
    friend bool operator==(const Program&, const Program&) = default;

    Bytes image_size() const;
    ProgramSize size() const;
};

/// A program of such sizes as a linker lays it out: headers, text, constants, data with bss behind them.
Program make_program(std::string path, const ProgramSize& size);
/// The segment that does not fit into its file, or into an address space; null: the program can be loaded.
const Segment* wrong_segment(const Program& program);
/// Reads program headers, 32 and 64 bit, little endian. Error: no ELF file, or one that cannot be run.
Outcome<Program> read_elf(std::string path, std::string_view bytes);

}  // namespace mm
