// SPDX-License-Identifier: GPL-3.0-or-later
// Processes, files and swap as a machine's user meets them: system calls, and touches of memory.
//
//      fork ─► exec make ─► touch ... ─► fork ─► exec cc1 ─► read foo.c ─► brk ─► touch ... ─► exit
//
// Failures of the kernel (ENOMEM) are empty results; errors are the user's (no such process, an address without an
// area). check() holds after each operation.
// Follows mm/mmap.c, mm/memory.c, kernel/fork.c, kernel/exit.c, fs/exec.c, fs/binfmt_elf.c, Linux 6.1; what is left out
// stands in README.md of this folder.
#pragma once

#include "engine/mm/address_layout.h"
#include "engine/mm/fault.h"
#include "engine/mm/filemap.h"
#include "engine/mm/program.h"

namespace mm {

/// What a mapping is asked to be.
struct MmapRequest {
    Bytes size = 0;
    VmaFlags access = vma::read | vma::write;
    bool shared = false;
    FileId file = no_id;
    Bytes offset = 0;
    VirtAddr fixed = 0;    ///< MAP_FIXED there; 0: the kernel chooses
    bool hugetlb = false;  ///< MAP_HUGETLB: private and anonymous
    friend bool operator==(const MmapRequest&, const MmapRequest&) = default;
};

/// madvise(): MADV_HUGEPAGE, MADV_NOHUGEPAGE, MADV_DONTNEED.
enum class Advice : std::uint8_t { hugepage, nohugepage, dontneed };

/// What became of touching pages one after the other; the first failure ends it.
struct Touched {
    NrPages none = 0, minor = 0, major = 0;
    FaultKind failure = FaultKind::none;  ///< oom, segv or bus
    VirtAddr at = 0;                      ///< where it failed
};

class Processes {
public:
    explicit Processes(const MmContext& context) : m_c(context) {}

    /// Before the first process. REQUIRES: the page allocator is up.
    void init(const MmLayout& layout, Pfn zero_page) const;

    /// A process of the kernel's own making, as kernel_init() is before its exec. Nothing: no memory.
    std::optional<Pid> kernel_thread(std::string comm) const;
    /// fork(). Error: no such process.
    Outcome<std::optional<Pid>> fork(Pid parent) const;
    /// execve(). False: no memory; the process is then as before, or dead if that was too late. interpreter: null for a
    /// static program.
    Outcome<bool> exec(Pid pid, const Program& program, const Program* interpreter) const;
    /// exit_group().
    Outcome<Done> exit(Pid pid) const;

    /// mmap(): the address. Error: no bytes, no such file, no room asked for.
    Outcome<std::optional<VirtAddr>> mmap(Pid pid, const MmapRequest& request) const;
    Outcome<bool> munmap(Pid pid, VirtRange range) const;
    Outcome<bool> mprotect(Pid pid, VirtRange range, VmaFlags access) const;
    /// mlock() and munlock().
    Outcome<bool> mlock(Pid pid, VirtRange range, bool lock) const;
    Outcome<bool> madvise(Pid pid, VirtRange range, Advice advice) const;
    /// brk(): where the heap ends now; unchanged if it cannot end there.
    Outcome<VirtAddr> brk(Pid pid, VirtAddr end) const;
    /// Each page of the range is read or written once.
    Outcome<Touched> touch(Pid pid, VirtRange range, bool write) const;

    /// The file of that path, which comes into memory if it is not: no_id: no memory.
    FileId open(const std::string& path, Bytes size, bool fscache = false) const;
    Outcome<bool> read(FileId file, Bytes offset, Bytes size) const;
    Outcome<bool> write(FileId file, Bytes offset, Bytes size) const;
    /// sync(): all dirty pages of files are written. Pages written.
    NrPages sync() const;
    /// drop_pagecache_sb(), as echo 1 > /proc/sys/vm/drop_caches does it. Pages dropped.
    NrPages drop_caches() const;

    /// The command is over: the flusher writes if it was woken, and who was chosen to die does.
    void end_command() const;

    Broken check() const;

private:
    Task* task(Pid pid) const;  ///< who acts from here on
    Error no_task(Pid pid) const;
    Mm* mm_of(Pid pid) const;
    bool load(Mm& mm, Task& task, const Program& program, const Program* interpreter) const;
    Broken cuts_huge_page(const Mm& mm, VirtRange range) const;
    std::optional<VirtAddr> place(const Mm& mm, const MmapRequest& request, Bytes size) const;
    std::optional<VirtAddr> map_image(Mm& mm, Task& task, const Program& program, std::optional<VirtAddr> at) const;
    bool map_stack(Mm& mm, Task& task, const AddressLayout& layout) const;
    bool map_vdso(Mm& mm, VirtAddr hint) const;
    bool write_byte(Task& task, VirtAddr address) const;
    Pid new_pid() const;

    MmContext m_c;
};

/// Processes::check() for those who only look: every page table entry, mapcount, reference and list agrees. Frames of
/// processes, files and tables. held: references of others, by frame (a command in progress).
Broken check_mm(const MmState& state, const PageColumns& pages, const Zones& zones);
/// Why a frame is not the page allocator's caller's to free; nothing if no process, file or page table has it.
Broken mm_owner_of(const MmState& state, Pfn pfn);
/// Pages of processes, files and tables.
NrPages mm_pages(const MmState& state);

}  // namespace mm
