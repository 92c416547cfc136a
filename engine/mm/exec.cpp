// SPDX-License-Identifier: GPL-3.0-or-later
// execve(): an address space is made from an ELF file's segments.
//
//      0x555555554000 [headers][text][constants][data|bss] heap ->     <- libraries [ld.so][vvar][vdso]   [stack]
//
// Follows fs/exec.c, fs/binfmt_elf.c, arch/x86/mm/mmap.c, Linux 6.1; where parts lie says address_layout.h.
#include "engine/mm/fork.h"
#include "engine/mm/inode_cache.h"
#include "engine/mm/processes.h"

namespace mm {
namespace {

constexpr NrPages stack_pages = 33;  // what the strings took and 128 KiB, setup_arg_pages()

}  // namespace

/// copy_to_user(): true if the page could be had.
bool Processes::write_byte(Task& task, VirtAddr address) const {
    const FaultKind kind = Fault(m_c).access(task, address, true);
    return kind != FaultKind::oom;
}

bool Processes::map_stack(Mm& mm, Task& task, const AddressLayout& layout) const {
    const VirtAddr top = layout.stack_top;
    Vma stack;
    stack.range = {top - stack_pages * page_size, top};
    stack.flags = vma::read | vma::write | vma::may | vma::growsdown | vma::account;
    stack.pgoff = stack.range.start >> page_shift;
    mm.start_stack = layout.start_stack;
    mm.mmap_base = layout.mmap_base;
    return Areas(m_c).map(mm, std::move(stack)).has_value() && write_byte(task, top - 1);
}

/// elf_map() of each segment and set_brk(). at: nothing: where there is room. Returns where its addresses begin.
std::optional<VirtAddr> Processes::map_image(Mm& mm, Task& task, const Program& program,
                                             std::optional<VirtAddr> at) const {
    const FileId file = open(program.path, program.file_size);
    if (file == no_id) return std::nullopt;
    const HeldFile held(m_c, file);
    if (!held || !Filemap(m_c).read(file, {0, 1})) return std::nullopt;
    const Areas areas(m_c);
    const VirtAddr lowest = align_down(program.segments.front().virt, page_size);
    if (program.is_pie && !at) at = areas.unmapped_area(mm, program.image_size());
    if (program.is_pie && !at) return std::nullopt;
    const VirtAddr bias = program.is_pie ? *at - lowest : 0;
    for (const Segment& s : program.segments) {
        const VirtAddr start = bias + align_down(s.virt, page_size);
        const VirtAddr file_end = bias + s.virt + s.file_size, end = bias + s.virt + s.memory_size;
        const VirtAddr mapped_end = align_up(file_end, page_size);
        if (start > end || end > m_c.state.layout.task_size) return std::nullopt;
        Vma area;
        area.flags = s.access | vma::may;
        if (s.file_size > 0) {
            area.range = {start, mapped_end};
            area.file = file;
            area.pgoff = align_down(s.offset, page_size) >> page_shift;
            if (!areas.map(mm, area)) return std::nullopt;
        }
        if (align_up(end, page_size) > mapped_end) {  // vm_brk_flags()
            area.range = {s.file_size > 0 ? mapped_end : start, align_up(end, page_size)};
            area.file = no_id;
            area.pgoff = area.range.start >> page_shift;
            area.flags |= vma::account;
            if (!areas.map(mm, area)) return std::nullopt;
        }
        // padzero(): what is behind the file's bytes in its last page.
        if (end > file_end && file_end < mapped_end && (s.access & vma::write) && !write_byte(task, file_end))
            return std::nullopt;
    }
    return bias;
}

bool Processes::map_vdso(Mm& mm, VirtAddr hint) const {
    const MmLayout& layout = m_c.state.layout;
    const Areas areas(m_c);
    const Bytes size = (layout.vvar_pages + layout.vdso_pages) * page_size;
    const Vma* above = find_vma(mm, hint);
    const bool room = hint != 0 && hint <= layout.task_size - size && (!above || above->range.start >= hint + size);
    const auto at = room ? std::optional(hint) : areas.unmapped_area(mm, size);
    if (!at) return false;
    const VirtAddr code = *at + layout.vvar_pages * page_size;
    Vma vdso;
    vdso.range = {code, code + layout.vdso_pages * page_size};
    vdso.flags = vma::read | vma::exec | vma::may | vma::special;
    vdso.name = "[vdso]";
    Vma vvar;
    vvar.range = {*at, code};
    vvar.flags = vma::read | vma::mayread | vma::special;
    vvar.name = "[vvar]";
    return areas.map(mm, std::move(vdso)) && areas.map(mm, std::move(vvar));
}

bool Processes::load(Mm& mm, Task& task, const Program& program, const Program* interpreter) const {
    const AddressLayout layout = new_address_layout(m_c.state);
    if (!map_stack(mm, task, layout)) return false;
    mm.exe = program.path;
    const auto bias = map_image(mm, task, program, layout.pie);
    if (!bias) return false;
    VirtAddr end = 0;
    for (const Segment& s : program.segments) {
        if (s.access & vma::exec) mm.start_code = *bias + s.virt, mm.end_code = *bias + s.virt + s.file_size;
        if (s.access & vma::write) mm.start_data = *bias + s.virt, mm.end_data = *bias + s.virt + s.file_size;
        end = std::max(end, *bias + s.virt + s.memory_size);
    }
    mm.start_brk = mm.brk = align_up(end, page_size) + layout.heap_gap;
    if (interpreter && !map_image(mm, task, *interpreter, std::nullopt)) return false;
    return map_vdso(mm, layout.vdso_hint) && write_byte(task, mm.start_stack);  // create_elf_tables()
}

Outcome<bool> Processes::exec(Pid pid, const Program& program, const Program* interpreter) const {
    Task* t = task(pid);
    if (!t) return no_task(pid);
    if (program.segments.empty()) return Error{program.path + " has nothing to load"};
    const auto id = Fork(m_c).mm_alloc();
    if (!id) return false;
    const MmId before = std::exchange(t->mm, *id);
    if (before != no_id) Fork(m_c).mm_release(before);  // exec_mmap(): from here there is no way back
    t->comm = program.path.substr(program.path.rfind('/') + 1).substr(0, 15);
    if (load(m_c.mm(*id), *t, program, interpreter)) return true;
    if (const auto died = exit(pid); !died) return died.error();
    return false;
}

}  // namespace mm
