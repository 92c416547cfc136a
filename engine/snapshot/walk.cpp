// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/snapshot/walk.h"

#include <charconv>

#include "engine/mm/huge_folio.h"
#include "engine/mm/rmap.h"
#include "engine/snapshot/describe.h"
#include "engine/snapshot/frame_block.h"
#include "engine/snapshot/process_format.h"
#include "engine/snapshot/put.h"

namespace mm {
namespace {

std::string joined(const std::vector<std::string>& words) {
    std::string all;
    for (const std::string& w : words)
        all += (all.empty() ? "" : " ") + w;
    return all;
}

/// The five names with the index bits of those the hardware has.
std::vector<WalkLevel> fields(const Paging& paging, VirtAddr virt) {
    std::vector<WalkLevel> all;
    for (const FoldedLevel& f : folding(paging)) {
        WalkLevel l;
        l.level = f.level;
        l.is_folded = f.is_folded;
        if (!f.is_folded) {
            const PagingLevel& field = paging.at(f.level);
            l.low_bit = field.shift;
            l.high_bit = field.shift + field.bits - 1;
            l.index = paging.index(virt, f.level);
            l.entries = field.entries();
        }
        all.push_back(std::move(l));
    }
    return all;
}

void fill(WalkLevel& level, const WalkStep& step, const Paging& paging) {
    level.is_reached = true;
    level.table = step.table;
    level.entry_at = step.entry_at;
    level.entry = step.entry;
    level.is_present = paging.present(step.entry);
    level.is_leaf = paging.is_leaf(step.entry, step.level);
    if (level.is_present) level.leads_to = paging.phys_in(step.entry, step.level);
    level.flags = flag_names(paging, step.entry, step.level);
}

std::string swap_words(const Snapshot& s, const WalkReport& report, const Walk& walk) {
    const WalkStep& last = walk.steps.back();
    if (report.pid == 0 || last.level != PtLevel::pte || last.entry == 0) return {};
    if (is_hwpoison(*report.paging, last.entry))
        return fmt::format("lost: frame {:#x} was poisoned (memory_failure()); an access raises SIGBUS",
                           decode_hwpoison(*report.paging, last.entry));
    return fmt::format("swapped out: the PTE holds slot {} of {}; an access raises a fault that reads it in",
                       decode_swap(*report.paging, last.entry), s.state.processes.swap.path);
}

std::string end_of(const Snapshot& s, const WalkReport& report, const Walk& walk) {
    if (!report.refusal.empty()) return report.refusal;
    if (report.phys) {
        const bool zero = report.pid != 0 && pfn_down(*report.phys) == s.state.processes.zero_page;
        return fmt::format("physical address {:#x}, frame {:#x}, in a {} page{}", *report.phys, pfn_down(*report.phys),
                           size_text(report.leaf_size), zero ? ": the zero page, until it is written to" : "");
    }
    if (walk.steps.empty()) return "there are no page tables yet: init_mem_mapping builds them";
    if (std::string words = swap_words(s, report, walk); !words.empty()) return words;
    return fmt::format("not mapped: the {} entry is not present, the walk ends there; an access raises a page fault{}",
                       name_of(walk.steps.back().level),
                       report.pid == 0               ? ""
                       : report.process_area.empty() ? ", and a signal, for no area is there"
                                                     : " that finds it a page");
}

/// The process whose tables are read, if the address is one of its half.
const Mm* process_of(const Snapshot& s, const WalkAddress& address) {
    const MmState& state = s.state.processes;
    return address.pid != 0 && address.virt < state.layout.task_size ? state.mm_of(address.pid) : nullptr;
}

std::string area_words(const Snapshot& s, const Mm& mm, const WalkAddress& address) {
    const MmState& state = s.state.processes;
    const Vma* area = find_vma(mm, address.virt);
    if (!area || !area->range.contains(address.virt)) return {};
    std::string line = maps_line(s, mm, *area);
    line.pop_back();
    return fmt::format("PID {} \"{}\": {}", address.pid, state.tasks->at(address.pid).comm, line);
}

/// Digits with an optional 0x; nothing else may follow.
std::optional<std::uint64_t> parse_hex(std::string_view text) {
    if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

Error no_direct_map(std::string_view text, const LayoutInput& layout) {
    const char* why = layout.space.arch == Arch::i386 ? "it is highmem, or beyond all memory"
                      : layout.memstart != 0          ? "it lies outside the linear map"
                                                      : "it lies beyond the direct map";
    return Error{fmt::format("{}: this physical address has no virtual address of its own: {}", text, why)};
}

}  // namespace

WalkReport walk_report(const Snapshot& s, const WalkAddress& address) {
    const LayoutInput layout = layout_input_of(s);
    const Mm* const mm = process_of(s, address);
    WalkReport report;
    report.paging = &paging_of(paging_mode_of(layout));
    report.virt = address.virt;
    report.pid = mm ? address.pid : 0;
    if (layout.space.arch == Arch::i386)
        report.segment = fmt::format("segment __{}_DS is flat (base 0, limit 4 GiB): linear address = 0 + {:#x}",
                                     mm ? "USER" : "KERNEL", address.virt);
    report.refusal = report.paging->refusal(address.virt);
    if (mm) {
        report.process_area = area_words(s, *mm, address);
    } else {
        const auto areas = kernel_layout(layout);
        if (const LayoutArea* area = area_at(areas, address.virt)) report.area = *area;
    }
    report.levels = fields(*report.paging, address.virt);
    Walk walk;
    const PageTables& tables = s.state.direct_map.tables;
    if (mm)
        walk = walk_user(s.state.processes, *mm, address.virt);
    else if (report.refusal.empty() && !tables.tables().empty() && &tables.paging() == report.paging)
        walk = tables.walk(address.virt);
    for (const WalkStep& step : walk.steps)
        for (WalkLevel& level : report.levels)
            if (level.level == step.level) fill(level, step, *report.paging);
    report.phys = walk.phys;
    report.leaf_size = walk.leaf_size;
    report.outcome = end_of(s, report, walk);
    return report;
}

std::string print_walk(const WalkReport& r) {
    const int digits = r.paging->virtual_bits == 32 ? 8 : 16, entry_digits = static_cast<int>(r.paging->entry_size) * 2;
    std::string out = fmt::format("{:0{}x}", r.virt, digits);
    if (r.pid != 0) put(out, "  {}", r.process_area.empty() ? "in no area of the process" : r.process_area);
    if (r.area)
        put(out, "  in {} [{:0{}x}-{:0{}x}]", r.area->name, r.area->range.start, digits, r.area->range.end - 1, digits);
    put(out, "\n");
    if (!r.segment.empty()) put(out, "  {}\n", r.segment);
    std::string_view above;
    bool in_page = false;
    for (const WalkLevel& l : r.levels) {
        if (l.is_folded) {
            put(out, "  {:14}{:10}folded into {}\n", "", name_of(l.level), above);
            continue;
        }
        above = name_of(l.level);
        put(out, "  {:14}{:10}", fmt::format("bits {}..{}", l.high_bit, l.low_bit),
            fmt::format("{}[{}]", name_of(l.level), l.index));
        if (!l.is_reached)
            put(out, "{}\n", in_page ? "part of the offset: the page is larger" : "not reached");
        else if (!l.is_present)
            put(out, "entry at {:#x} = {:#0{}x}  not present\n", l.entry_at, l.entry, entry_digits + 2);
        else
            put(out, "entry at {:#x} = {:#0{}x}  {}  -> {} {:#x}\n", l.entry_at, l.entry, entry_digits + 2,
                joined(l.flags), l.is_leaf ? size_text(r.leaf_size) + " page" : "table", l.leads_to);
        in_page |= l.is_leaf;
    }
    if (r.phys) put(out, "  {:14}{:10}{:#x}\n", "", "offset", r.virt % r.leaf_size);
    put(out, "  {}\n", r.outcome);
    return out;
}

namespace {

/// "12" of "12:0x7ffe0000".
std::optional<Pid> parse_pid(std::string_view text) {
    Pid pid = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), pid);
    return error == std::errc{} && end == text.data() + text.size() && pid > 0 ? std::optional(pid) : std::nullopt;
}

Outcome<WalkAddress> address_of_process(const Snapshot& s, Pid pid, VirtAddr virt) {
    const MmState& state = s.state.processes;
    if (!state.mm_of(pid)) return Error{fmt::format("{}: no such process; those that run are told by --print ps", pid)};
    if (virt >= state.layout.task_size)
        return Error{fmt::format("{:#x}: not an address of a process, whose addresses end at {:#x}", virt,
                                 state.layout.task_size)};
    return WalkAddress{virt, pid};
}

Outcome<WalkAddress> address_of_frame(const LayoutInput& layout, const KernelProfile& profile, std::string_view text,
                                      std::string_view kind, std::uint64_t value) {
    if (kind != "phys" && value >= (std::uint64_t{1} << 52))
        return Error{fmt::format("{}: there is no such frame: physical addresses have at most 52 bits", text)};
    if (kind == "page") {
        const VirtAddr base = vmemmap_of(layout);
        if (base == 0) return Error{fmt::format("{}: this kernel has no vmemmap; its mem_map is an array", text)};
        return WalkAddress{base + value * profile.struct_page_size, 0};
    }
    const auto virt = phys_to_virt(layout, kind == "pfn" ? phys_of(value) : value);
    if (!virt) return no_direct_map(text, layout);
    return WalkAddress{*virt, 0};
}

}  // namespace

Outcome<WalkAddress> parse_address(const Snapshot& s, std::string_view text) {
    const LayoutInput layout = layout_input_of(s);
    const std::size_t colon = text.find(':');
    const std::string_view kind = colon == text.npos ? "" : text.substr(0, colon);
    const auto value = parse_hex(colon == text.npos ? text : text.substr(colon + 1));
    const auto pid = parse_pid(kind);
    if (!value || (!kind.empty() && kind != "phys" && kind != "pfn" && kind != "page" && !pid))
        return Error{
            fmt::format("{}: not an address; expected hexadecimal digits such as 0xffff888000001000 (at most "
                        "64 bits), phys:0x1000, pfn:0x1, page:0x1, or 12:0x1000 of process 12",
                        text)};
    if (pid) return address_of_process(s, *pid, *value);
    if (!kind.empty()) return address_of_frame(layout, *s.profile, text, kind, *value);
    if (layout.space.arch == Arch::i386 && *value >> 32)
        return Error{paging_of(paging_mode_of(layout)).refusal(*value)};
    return WalkAddress{*value, 0};
}

std::string to_text(const WalkAddress& address) {
    return address.pid ? fmt::format("{}:{:#x}", address.pid, address.virt) : fmt::format("{:#x}", address.virt);
}

std::optional<WalkAddress> process_address(const Snapshot& s, Pfn pfn) {
    const MmState& state = s.state.processes;
    if (!state.up || pfn >= s.pages.end_pfn()) return std::nullopt;
    const auto block = block_of_frame(s.pages, pfn);
    if (!block || block->free || page_mapcount(state, pfn, s.pages.at(pfn).mapcount) < 1) return std::nullopt;
    const Paging& paging = paging_of(state.layout.paging);
    for (const MappedAt& place : rmap_walk(state, pfn)) {
        const Pfn first = decode(paging, place.at.entry, place.at.level).pfn;
        if (pfn < first || pfn - first >= paging.at(place.at.level).span() >> page_shift) continue;
        for (const auto& [pid, task] : *state.tasks)
            if (task.mm == place.mm) return WalkAddress{place.address + phys_of(pfn - first), pid};
    }
    return std::nullopt;
}

}  // namespace mm
