// SPDX-License-Identifier: GPL-3.0-or-later
// Commands of processes, files and swap: system calls by their names, and touches of memory. Processes are told by
// their number, files by their path. The first of them brings the slab allocator up, which their descriptors come from.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/mm/memory_failure.h"
#include "engine/mm/processes.h"
#include "engine/sim/slab_command.h"

namespace mm {

/// A process that runs a program: fork() of the first process there is, and execve(). The very first is the kernel's.
struct Spawn {
    std::string path;
    ProgramSize size;
    std::optional<Program> elf{};  ///< the program's own headers; else it is made up to size
    unsigned cpu = 0;
    friend bool operator==(const Spawn&, const Spawn&) = default;
};
struct ForkTask {
    Pid pid = 0;
    unsigned cpu = 0;
    friend bool operator==(const ForkTask&, const ForkTask&) = default;
};
struct Execve {
    Pid pid = 0;
    std::string path;
    ProgramSize size;
    std::optional<Program> elf{};
    unsigned cpu = 0;
    friend bool operator==(const Execve&, const Execve&) = default;
};
struct ExitTask {
    Pid pid = 0;
    unsigned cpu = 0;
    friend bool operator==(const ExitTask&, const ExitTask&) = default;
};
struct Mmap {
    Pid pid = 0;
    Bytes size = 0;
    VmaFlags access = vma::read | vma::write;
    bool shared = false;
    std::string path;  ///< "": anonymous
    Bytes offset = 0;
    VirtAddr fixed = 0;
    unsigned cpu = 0;
    bool hugetlb = false;  ///< MAP_HUGETLB
    friend bool operator==(const Mmap&, const Mmap&) = default;
};
struct Munmap {
    Pid pid = 0;
    VirtAddr address = 0;
    Bytes size = 0;
    unsigned cpu = 0;
    friend bool operator==(const Munmap&, const Munmap&) = default;
};
struct Mprotect {
    Pid pid = 0;
    VirtAddr address = 0;
    Bytes size = 0;
    VmaFlags access = vma::read;
    unsigned cpu = 0;
    friend bool operator==(const Mprotect&, const Mprotect&) = default;
};
struct Mlock {
    Pid pid = 0;
    VirtAddr address = 0;
    Bytes size = 0;
    bool lock = true;  ///< else munlock()
    unsigned cpu = 0;
    friend bool operator==(const Mlock&, const Mlock&) = default;
};
/// sbrk(): brk() relative to where the heap ends.
struct Sbrk {
    Pid pid = 0;
    std::int64_t by = 0;
    unsigned cpu = 0;
    friend bool operator==(const Sbrk&, const Sbrk&) = default;
};
/// Each page of the range is read or written.
struct Touch {
    Pid pid = 0;
    VirtAddr address = 0;
    Bytes size = 1;
    bool write = true;
    unsigned cpu = 0;
    friend bool operator==(const Touch&, const Touch&) = default;
};
/// open() of a file of that size, if it is not in memory.
struct OpenFile {
    std::string path;
    Bytes size = 0;
    bool fscache = false;  ///< a file of a server, kept on the local disk
    unsigned cpu = 0;
    friend bool operator==(const OpenFile&, const OpenFile&) = default;
};
struct ReadFile {
    std::string path;
    Bytes offset = 0, size = 0;
    unsigned cpu = 0;
    friend bool operator==(const ReadFile&, const ReadFile&) = default;
};
struct WriteFile {
    std::string path;
    Bytes offset = 0, size = 0;
    unsigned cpu = 0;
    friend bool operator==(const WriteFile&, const WriteFile&) = default;
};
struct SyncFiles {
    unsigned cpu = 0;
    friend bool operator==(const SyncFiles&, const SyncFiles&) = default;
};
/// echo WHAT > /proc/sys/vm/drop_caches: 1 pages of files, 2 dentries and inodes, 3 both.
struct DropCaches {
    unsigned what = 1;
    unsigned cpu = 0;
    friend bool operator==(const DropCaches&, const DropCaches&) = default;
};
struct Swapon {
    std::string path;
    Bytes size = 0;
    unsigned cpu = 0;
    friend bool operator==(const Swapon&, const Swapon&) = default;
};
struct Madvise {
    Pid pid = 0;
    VirtAddr address = 0;
    Bytes size = 0;
    Advice advice = Advice::hugepage;
    unsigned cpu = 0;
    friend bool operator==(const Madvise&, const Madvise&) = default;
};
/// echo VALUE > /sys/kernel/mm/transparent_hugepage/FILE.
struct SetThp {
    enum class File : std::uint8_t { enabled, defrag, use_zero_page };
    File file = File::enabled;
    std::string value;  ///< a word that the file takes: "always", "1"
    unsigned cpu = 0;
    friend bool operator==(const SetThp&, const SetThp&) = default;
};
/// memory_failure() of the frame: its memory is broken.
struct FailMemory {
    Pfn pfn = 0;
    unsigned cpu = 0;
    friend bool operator==(const FailMemory&, const FailMemory&) = default;
};
struct SoftOfflinePage {
    Pfn pfn = 0;
    unsigned cpu = 0;
    friend bool operator==(const SoftOfflinePage&, const SoftOfflinePage&) = default;
};
struct UnpoisonMemory {
    Pfn pfn = 0;
    unsigned cpu = 0;
    friend bool operator==(const UnpoisonMemory&, const UnpoisonMemory&) = default;
};
/// Frames of /sys/kernel/mm/page_idle/bitmap are written (marked) or read (counted).
struct PageIdle {
    Pfn pfn = 0;
    NrPages pages = 1;
    bool mark = true;
    unsigned cpu = 0;
    friend bool operator==(const PageIdle&, const PageIdle&) = default;
};
/// echo COUNT > /proc/sys/vm/nr_hugepages.
struct NrHugepages {
    NrPages count = 0;  ///< huge pages
    unsigned cpu = 0;
    friend bool operator==(const NrHugepages&, const NrHugepages&) = default;
};
/// echo LEVEL > /proc/sys/kernel/randomize_va_space.
struct RandomizeVaSpace {
    unsigned level = 0;
    unsigned cpu = 0;
    friend bool operator==(const RandomizeVaSpace&, const RandomizeVaSpace&) = default;
};
using ProcessCommand =
    std::variant<Spawn, ForkTask, Execve, ExitTask, Mmap, Munmap, Mprotect, Mlock, Sbrk, Touch, OpenFile, ReadFile,
                 WriteFile, SyncFiles, DropCaches, Swapon, Madvise, SetThp, FailMemory, SoftOfflinePage, UnpoisonMemory,
                 PageIdle, NrHugepages, RandomizeVaSpace>;

inline constexpr std::string_view process_commands_expected =
    "spawn PATH text BYTES data BYTES bss BYTES cpu N; fork PID cpu N; execve PID PATH text BYTES data BYTES bss BYTES "
    "cpu "
    "N; exit PID cpu N; mmap PID BYTES rw- [shared|hugetlb] [file PATH offset BYTES] [at ADDRESS] cpu N; munmap PID "
    "ADDRESS "
    "BYTES "
    "cpu N; mprotect PID ADDRESS BYTES r-- cpu N; mlock PID ADDRESS BYTES cpu N; munlock PID ADDRESS BYTES cpu N; sbrk "
    "PID "
    "BYTES cpu N; touch PID ADDRESS BYTES read|write cpu N; open PATH BYTES [fscache] cpu N; read PATH OFFSET BYTES "
    "cpu N; write "
    "PATH OFFSET BYTES cpu N; sync cpu N; drop_caches [1|2|3] cpu N; swapon PATH BYTES cpu N; madvise PID ADDRESS "
    "BYTES "
    "hugepage|nohugepage|dontneed cpu N; transparent_hugepage enabled|defrag|use_zero_page VALUE cpu N; "
    "memory_failure PFN cpu N; soft_offline_page PFN cpu N; unpoison_memory PFN cpu N; page_idle PFN PAGES mark|count "
    "cpu N; nr_hugepages COUNT cpu N; "
    "randomize_va_space 0|1|2 cpu N; with a program's own headers: spawn PATH elf pie|fixed BYTES [interp PATH] [load "
    "OFFSET ADDRESS BYTES BYTES r-x]... cpu N";

std::string command_text(const ProcessCommand& command);
std::optional<ProcessCommand> parse_process_command(const std::vector<std::string_view>& words);

/// What a command of processes answered.
struct ProcessAnswer {
    std::optional<Pid> pid;
    std::optional<VirtAddr> address;  ///< mmap's; where the heap ends now
    std::optional<Touched> touched;
    std::optional<NrPages> pages;       ///< written, dropped, or idle
    std::optional<NrPages> huge_pages;  ///< in the pool
    std::optional<MfResult> recovery;   ///< of a memory failure
    bool refused = false;               ///< the frame stays as it is; the log says why
    bool failed = false;                ///< there was no memory
};
/// In words: "pid 7", "address 0x7ffff7ff9000", "16 pages, 16 minor and 0 major faults".
std::string answer_text(const ProcessAnswer& answer);
/// Errors are the user's. REQUIRES: processes are up.
Outcome<ProcessAnswer> run_process_command(const Processes& processes, const MmContext& context,
                                           const ProcessCommand& command);
/// The CPU it runs on.
SlabPlaceAsked place_of(const ProcessCommand& command);

/// The loader that programs ask for.
const Program& dynamic_loader();

}  // namespace mm
