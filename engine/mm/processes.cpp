// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mm/processes.h"

#include <fmt/format.h>

#include "engine/mm/fork.h"
#include "engine/mm/huge_folio.h"
#include "engine/mm/hugetlb.h"
#include "engine/mm/inode_cache.h"
#include "engine/mm/page_writeback.h"

namespace mm {
namespace {

constexpr Pid pid_max = 32768, reserved_pids = 300;

VirtRange whole_pages(VirtRange r) {
    return {align_down(r.start, page_size), align_up(r.end, page_size)};
}

}  // namespace

const Mm* MmState::mm_of(Pid pid) const {
    const auto it = tasks->find(pid);
    return it == tasks->end() || it->second.mm == no_id ? nullptr : &mm(it->second.mm);
}

const File* MmState::file_named(std::string_view path) const {
    for (const auto& [id, file] : *files)
        if (file->path == path) return &*file;
    return nullptr;
}

void Processes::init(const MmLayout& layout, Pfn zero_page) const {
    m_c.state.up = true;
    m_c.state.layout = layout;
    const Paging& paging = m_c.paging();
    m_c.state.layout.hpage_order = paging.at(huge_level(paging)).shift - page_shift;
    m_c.state.thp.settings = layout.thp;
    m_c.state.zero_page = zero_page;
    m_c.state.lru.resize(
        m_c.pages.zones.nodes.empty() ? 0 : static_cast<std::size_t>(m_c.pages.zones.nodes.back().nid) + 1);
}

Task* Processes::task(Pid pid) const {
    if (!m_c.state.tasks->contains(pid)) return nullptr;
    m_c.state.current = pid;
    return &m_c.state.tasks.edit().at(pid);
}

Error Processes::no_task(Pid pid) const {
    std::string known;
    for (const auto& [id, task] : *m_c.state.tasks) {
        if (known.size() > 60) return Error{fmt::format("there is no process {}; there are {}, ...", pid, known)};
        known += fmt::format("{}{} {}", known.empty() ? "" : ", ", id, task.comm);
    }
    return Error{
        fmt::format("there is no process {}; {}", pid, known.empty() ? "none was started" : "there are " + known)};
}

Mm* Processes::mm_of(Pid pid) const {
    Task* t = task(pid);
    return t && t->mm != no_id ? &m_c.mm(t->mm) : nullptr;
}

/// alloc_pid(): the next number, wrapping at pid_max.
Pid Processes::new_pid() const {
    Pid& last = m_c.state.last_pid;
    do
        last = last + 1 >= pid_max ? reserved_pids : last + 1;
    while (m_c.state.tasks->contains(last));
    return last;
}

std::optional<Pid> Processes::kernel_thread(std::string comm) const {
    const auto object = m_c.dup_task();
    if (!object) return std::nullopt;
    Task t;
    t.pid = new_pid();
    t.comm = std::move(comm);
    t.object = *object;
    m_c.state.tasks.edit().emplace(t.pid, t);
    return t.pid;
}

Outcome<std::optional<Pid>> Processes::fork(Pid parent) const {
    const Task* from = task(parent);
    if (!from) return no_task(parent);
    Task child = *from;
    const auto object = m_c.dup_task();
    if (!object) return std::optional<Pid>();
    child.object = *object;
    child.min_flt = child.maj_flt = 0;
    child.parent = parent;
    if (from->mm != no_id) {
        const auto mm = Fork(m_c).dup_mm(from->mm);
        if (!mm) {
            m_c.free_task(*object);
            return std::optional<Pid>();
        }
        child.mm = *mm;
    }
    child.pid = new_pid();
    m_c.state.tasks.edit().emplace(child.pid, child);
    m_c.tell(EventKind::fork, no_pfn, static_cast<std::uint64_t>(child.pid), static_cast<std::uint64_t>(parent));
    return std::optional<Pid>(child.pid);
}

Outcome<Done> Processes::exit(Pid pid) const {
    Task* t = task(pid);
    if (!t) return no_task(pid);
    if (t->mm != no_id) Fork(m_c).mm_release(t->mm);
    m_c.free_task(t->object);
    m_c.state.tasks.edit().erase(pid);
    m_c.tell(EventKind::exit, no_pfn, static_cast<std::uint64_t>(pid), 0);
    return Done{};
}

/// Where an area of huge pages would be cut inside of one (hugetlb_vm_op_split()), or nothing.
Broken Processes::cuts_huge_page(const Mm& mm, VirtRange range) const {
    const Bytes unit = Hugetlb(m_c).size();
    for (const VirtAddr border : {range.start, range.end}) {
        const Vma* area = find_vma(mm, border);
        if (area && (area->flags & vma::hugetlb) && area->range.start < border && border % unit != 0)
            return fmt::format("{:#x} lies inside of a huge page; expected a multiple of {:#x} there", border, unit);
    }
    return std::nullopt;
}

/// get_unmapped_area().
std::optional<VirtAddr> Processes::place(const Mm& mm, const MmapRequest& r, Bytes size) const {
    if (r.fixed) return r.fixed;
    if (!r.hugetlb) return Areas(m_c).unmapped_area(mm, size);
    const Bytes unit = Hugetlb(m_c).size(), slack = unit - page_size;
    const auto at = Areas(m_c).unmapped_area(mm, size + slack);  // vm_unmapped_area_info.align_mask
    return at ? std::optional(align_down(*at + slack, unit)) : std::nullopt;
}

Outcome<std::optional<VirtAddr>> Processes::mmap(Pid pid, const MmapRequest& r) const {
    Mm* mm = mm_of(pid);
    if (!mm) return no_task(pid);
    if (r.size == 0) return Error{"mmap of no bytes was asked for; expected one at least"};
    if (r.size > m_c.state.layout.task_size) return std::optional<VirtAddr>();
    if (r.file != no_id && !m_c.state.files->contains(r.file)) return Error{"mmap of a file that is not open"};
    if (r.offset % page_size || r.fixed % page_size)
        return Error{
            fmt::format("mmap at {:#x}, offset {:#x}: expected multiples of {}", r.fixed, r.offset, page_size)};
    if (r.hugetlb && (r.file != no_id || r.shared))
        return Error{"mmap of huge pages by name: private anonymous memory alone is modelled"};
    const Hugetlb hugetlb(m_c);
    const Bytes unit = r.hugetlb ? hugetlb.size() : page_size;
    if (r.fixed % unit) return Error{fmt::format("mmap at {:#x}: expected a multiple of {:#x}", r.fixed, unit)};
    const Bytes size = align_up(r.size, unit);
    std::optional<HeldFile> held;
    if (r.file != no_id && !held.emplace(m_c, r.file)) return std::optional<VirtAddr>();
    const Areas areas(m_c);
    const auto at = place(*mm, r, size);
    if (!at) return std::optional<VirtAddr>();
    if (*at > m_c.state.layout.task_size || size > m_c.state.layout.task_size - *at)
        return Error{fmt::format("mmap at {:#x} reaches beyond {:#x}, where addresses of processes end", *at,
                                 m_c.state.layout.task_size)};
    Vma area;
    area.range = {*at, *at + size};
    area.flags = r.access | vma::mayread | vma::maywrite | vma::mayexec | (r.shared ? vma::shared | vma::mayshare : 0);
    area.file = r.file;
    area.pgoff = r.file == no_id ? *at >> page_shift : r.offset >> page_shift;
    if (const Broken cut = cuts_huge_page(*mm, area.range)) return Error{*cut};
    if (r.hugetlb) {
        area.flags |= vma::hugetlb | vma::dontexpand | vma::resv_owner;
        area.name = "/anon_hugepage (deleted)";
        area.pgoff = 0;
        if (!hugetlb.reserve(size / unit)) return std::optional<VirtAddr>();
    }
    const auto placed = areas.map(*mm, area);
    if (!placed) hugetlb.close(area);
    if (placed) m_c.tell(EventKind::mmap, no_pfn, *placed, size);
    return placed;
}

Outcome<bool> Processes::munmap(Pid pid, VirtRange range) const {
    Mm* mm = mm_of(pid);
    if (!mm) return no_task(pid);
    if (range.start % page_size || range.empty())
        return Error{fmt::format("munmap at {:#x} of {} bytes: expected a page's start and one byte at least",
                                 range.start, range.size())};
    if (const Broken cut = cuts_huge_page(*mm, whole_pages(range))) return Error{*cut};
    const bool done = Areas(m_c).unmap(*mm, whole_pages(range));
    if (done) m_c.tell(EventKind::munmap, no_pfn, range.start, range.size());
    return done;
}

Outcome<bool> Processes::mprotect(Pid pid, VirtRange range, VmaFlags access) const {
    Mm* mm = mm_of(pid);
    if (!mm) return no_task(pid);
    if (const Broken cut = cuts_huge_page(*mm, whole_pages(range))) return Error{*cut};
    const bool done = Areas(m_c).protect(*mm, whole_pages(range), access);
    if (done) m_c.tell(EventKind::mprotect, no_pfn, range.start, range.size());
    return done;
}

Outcome<bool> Processes::mlock(Pid pid, VirtRange range, bool lock) const {
    Mm* mm = mm_of(pid);
    if (!mm) return no_task(pid);
    range = whole_pages(range);
    if (const Broken cut = cuts_huge_page(*mm, range)) return Error{*cut};
    if (!Areas(m_c).set_locked(*mm, range, lock)) return false;
    // mlock_pte_range(): what is there already moves to, or comes back from, the unevictable list. Huge pages do only
    // where one entry maps them.
    UserTables(m_c).each(*mm, range, [&](VirtAddr address, const EntryAt& at) {
        if (!m_c.paging().present(at.entry)) return;
        const UserPte pte = decode(m_c.paging(), at.entry, at.level);
        const Vma* area = find_vma(*mm, address);
        if (pte.special || pte.pfn == m_c.state.thp.zero_page || !area) return;
        if (at.level == PtLevel::pte && m_c.state.is_huge(pte.pfn)) return;
        if (((area->flags & vma::locked) != 0) == lock) set_mlocked(m_c, pte.pfn, lock);
    });
    if (!lock) return true;
    for (VirtAddr a = range.start; a < range.end; a += page_size) {  // __mm_populate()
        const Vma* area = find_vma(*mm, a);
        if (!area || area->range.start > a || (area->flags & vma::special)) continue;
        const FaultKind kind = Fault(m_c).access(*task(pid), a, area->flags & vma::write);
        if (kind == FaultKind::oom || m_c.state.is_dying(pid)) return false;
    }
    return true;
}

Outcome<bool> Processes::madvise(Pid pid, VirtRange range, Advice advice) const {
    Mm* mm = mm_of(pid);
    if (!mm) return no_task(pid);
    if (range.start % page_size) return Error{fmt::format("madvise at {:#x}: expected a page's start", range.start)};
    range = whole_pages(range);
    if (const Broken cut = cuts_huge_page(*mm, range)) return Error{*cut};
    if (advice != Advice::dontneed) return Areas(m_c).set_hugepage(*mm, range, advice == Advice::hugepage);
    Areas(m_c).dont_need(*mm, range);
    return true;
}

Outcome<VirtAddr> Processes::brk(Pid pid, VirtAddr end) const {
    Mm* mm = mm_of(pid);
    if (!mm) return no_task(pid);
    if (end < mm->start_brk) return mm->brk;
    const VirtAddr from = align_up(mm->brk, page_size), to = align_up(end, page_size);
    const Areas areas(m_c);
    if (to < from) {
        if (!areas.unmap(*mm, {to, from})) return mm->brk;
    } else if (to > from) {
        const Vma* above = find_vma(*mm, from);
        if (to > m_c.state.layout.task_size || (above && above->range.start < to + page_size)) return mm->brk;
        Vma heap;
        heap.range = {from, to};
        heap.flags = vma::read | vma::write | vma::may | vma::account;
        heap.pgoff = from >> page_shift;
        if (!areas.map(*mm, std::move(heap))) return mm->brk;
    }
    mm->brk = end;
    m_c.tell(EventKind::brk, no_pfn, from, to);
    return end;
}

namespace {

/// Where the huge page at the address ends, if an entry of a PMD allows the access to all of it; else 0.
VirtAddr huge_page_end(const MmState& state, const Mm& mm, VirtAddr address, bool write) {
    if (mm.deposits.empty() && mm.hugetlb == 0) return 0;
    const Paging& paging = paging_of(state.layout.paging);
    const EntryAt at = find_entry(state, mm, address);
    if (at.level == PtLevel::pte || !paging.present(at.entry)) return 0;
    if (write && !decode(paging, at.entry, at.level).writable) return 0;
    const Bytes span = paging.at(at.level).span();
    return align_down(address, span) + span;
}

}  // namespace

Outcome<Touched> Processes::touch(Pid pid, VirtRange range, bool write) const {
    Task* t = task(pid);
    if (!t || t->mm == no_id) return no_task(pid);
    Touched touched;
    const Fault fault(m_c);
    for (VirtAddr a = range.start; a < range.end; a = align_down(a, page_size) + page_size) {
        const FaultKind kind = fault.access(*t, a, write);
        if (kind > FaultKind::major || m_c.state.is_dying(pid)) {  // fatal_signal_pending()
            touched.failure = m_c.state.is_dying(pid) ? FaultKind::oom : kind;
            touched.at = a;
            break;
        }
        ++(kind == FaultKind::none ? touched.none : kind == FaultKind::minor ? touched.minor : touched.major);
        const VirtAddr end = std::min(huge_page_end(m_c.state, m_c.state.mm(t->mm), a, write), range.end);
        if (end <= a) continue;
        const VirtAddr last = align_down(end - 1, page_size);  // others of the same entry are touched as well
        touched.none += (last - align_down(a, page_size)) >> page_shift;
        a = last;
    }
    return touched;
}

FileId Processes::open(const std::string& path, Bytes size, bool fscache) const {
    if (const File* file = m_c.state.file_named(path)) {
        const FileId id = file->id;
        return HeldFile(m_c, id) ? id : no_id;
    }
    return Filemap(m_c).open(path, size, fscache).value_or(no_id);
}

namespace {

PageSpan span_of(Bytes offset, Bytes size) {
    return {offset >> page_shift, (offset + size + page_size - 1) >> page_shift};
}

constexpr Bytes largest_file = Bytes{1} << 44;

}  // namespace

Outcome<bool> Processes::read(FileId file, Bytes offset, Bytes size) const {
    if (!m_c.state.files->contains(file)) return Error{"a file that is not open was to be read"};
    if (offset > largest_file || size > largest_file)
        return Error{fmt::format("read of {} bytes at {}: too far", size, offset)};
    const HeldFile held(m_c, file);
    return held && Filemap(m_c).read(file, span_of(offset, size));
}

Outcome<bool> Processes::write(FileId file, Bytes offset, Bytes size) const {
    if (!m_c.state.files->contains(file)) return Error{"a file that is not open was to be written"};
    if (offset > largest_file || size > largest_file)
        return Error{fmt::format("write of {} bytes at {}: too far", size, offset)};
    const HeldFile held(m_c, file);
    return held && Filemap(m_c).write(file, span_of(offset, size));
}

NrPages Processes::sync() const {
    NrPages written = 0;
    for (const auto& [id, file] : std::map(*m_c.state.files))
        written += Filemap(m_c).write_back(id);
    return written;
}

NrPages Processes::drop_caches() const {
    NrPages gone = 0;
    for (const auto& [id, file] : std::map(*m_c.state.files))
        gone += Filemap(m_c).invalidate(id).pages;
    ++m_c.state.events.drop_pagecache;
    return gone;
}

void Processes::end_command() const {
    m_c.state.current = 0;
    run_flusher(m_c);
    for (const Pid pid : std::exchange(m_c.state.dying, {}))
        if (m_c.state.tasks->contains(pid)) (void)exit(pid);
    m_c.state.current = 0;
}

Broken Processes::check() const {
    return check_mm(m_c.state, m_c.columns(), m_c.pages.zones);
}

}  // namespace mm
