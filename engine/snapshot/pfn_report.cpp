// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/snapshot/pfn_report.h"

#include <algorithm>

#include "engine/firmware/log_scanner.h"
#include "engine/snapshot/frame_block.h"
#include "engine/snapshot/layout_of.h"
#include "engine/snapshot/put.h"

namespace mm {
namespace {

constexpr std::array models{MemoryModel::flat, MemoryModel::discontig, MemoryModel::sparse,
                            MemoryModel::sparse_vmemmap};

/// enum zone_type of this kernel: zones it is built without have no number.
unsigned zone_number(const KernelProfile& profile, ZoneType type) {
    unsigned n = 0;
    for (std::size_t t = 0; t < static_cast<std::size_t>(type); ++t)
        n += has_zone(profile, static_cast<ZoneType>(t));
    return n;
}

/// From which array the model counts, in the kernel's words.
std::string base_name(MemoryModel model, const MemMapPiece& piece, const Snapshot& s) {
    switch (model) {
        case MemoryModel::flat:
            return "mem_map";
        case MemoryModel::discontig:
            for (const Node& node : s.state.zones.nodes)
                if (node.spanned && piece.frames.contains(node.start_pfn))
                    return "NODE_DATA(" + std::to_string(node.nid) + ")->node_mem_map";
            return "node_mem_map";
        case MemoryModel::sparse:
            return "section " + std::to_string(piece.frames.start >> (s.profile->section_size_bits - page_shift)) +
                   "'s mem_map";
        case MemoryModel::sparse_vmemmap:
            return "vmemmap";
    }
    return {};
}

StructPageAt struct_page_at(MemoryModel model, const Snapshot& s, const MemMapBases& bases, Pfn pfn) {
    StructPageAt out;
    out.model = model;
    out.used = model == s.profile->memory_model;
    const MemMap map = mem_map_of(model, s.state.zones, s.state.sections.get(), *s.profile, bases);
    const MemMapPiece* piece = map.piece_of(pfn);
    if (!piece) return out;
    const VirtAddr address = *map.pfn_to_page(pfn);
    const bool one_array = model == MemoryModel::sparse_vmemmap;
    out.base = base_name(model, *piece, s);
    out.offset = address - (one_array ? bases.vmemmap : piece->mem_map);
    const bool placed = one_array || model == MemoryModel::sparse || (out.used && bases.mem_map != 0);
    if (placed) out.address = address;
    return out;
}

MemMapBases bases_of(const Snapshot& s) {
    const LayoutInput in = layout_input_of(s);
    MemMapBases bases{page_offset_of(in) - in.memstart, vmemmap_of(in), 0};
    for (const Node& node : s.state.zones.nodes)
        if (!node.mem_map.empty() && bases.mem_map == 0) bases.mem_map = bases.page_offset + node.mem_map.start;
    return bases;
}

void put_place(std::string& out, const PfnReport& r, const Snapshot& s) {
    const unsigned shift = s.profile->section_size_bits - page_shift;
    const Pfn first = r.pfn >> shift << shift;
    put(out, "  section    {} (frames {:#x}-{:#x}){}\n", r.pfn >> shift, first, first + (Pfn{1} << shift) - 1,
        r.section                  ? ""
        : s.state.sections.empty() ? ": this kernel has none"
                                   : ": absent");
    if (r.zone)
        put(out, "  node       {}\n  zone       {}{}\n", r.zone->nid, name_of(r.zone->type),
            r.is_memory ? "" : " (spanned, but a hole)");
    else
        put(out, "  zone       none spans it\n");
}

void put_state(std::string& out, const PfnReport& r) {
    const PageState state = state_of(r.page.state);
    put(out, "  state      {}", words_of(state));
    if (r.free_block) put(out, ", in a block of order {} at {:#x}", r.free_order, *r.free_block);
    if (state == PageState::allocated) put(out, " as {}", name_of(alloc_type_of(r.page.state)));
    put(out, "\n  pageblock  {}\n", name_of(r.pageblock));
    const std::string names = flag_names(r.page.flags);
    put(out, "  flags      {:#x} ({})   _refcount {}   _mapcount {}\n", r.flags_word ? r.flags_word : r.page.flags,
        names.empty() ? "none" : names, r.page.refcount, r.page.mapcount);
}

}  // namespace

std::string_view words_of(PageState state) {
    constexpr std::array<std::string_view, nr_page_states> words{"no struct page initialised",
                                                                 "reserved: never given to the buddy",
                                                                 "initialised, not yet given to the buddy",
                                                                 "free",
                                                                 "allocated",
                                                                 "free, on a per-CPU list",
                                                                 "in use since before the recording"};
    return words.at(static_cast<std::size_t>(state));
}

PfnReport pfn_report(const Snapshot& s, Pfn pfn) {
    PfnReport r;
    r.pfn = pfn;
    if (pfn < s.pages.end_pfn()) r.page = s.pages.at(pfn);
    const Zones& zones = s.state.zones;
    const std::uint64_t number = pfn >> (s.profile->section_size_bits - page_shift);
    for (const Section& section : s.state.sections)
        if (section.number == number) r.section = section;
    if (const Zone* zone = zones.zone_of(pfn)) r.zone = ZoneRef{zone->nid, zone->type};
    r.is_memory = zones.frames_of(pfn) != nullptr;
    if (pfn / pageblock_pages < zones.pageblock_type.size()) r.pageblock = zones.pageblock(pfn);
    if (const auto block = block_of_frame(s.pages, pfn); block && state_of(r.page.state) == PageState::free) {
        r.free_block = block->head;
        r.free_order = block->order;
    }
    if (s.profile->arch != Arch::i386 && r.zone && state_of(r.page.state) != PageState::none)
        r.flags_word = flags_word(r.page.flags, r.zone->nid, zone_number(*s.profile, r.zone->type));
    const MemMapBases bases = bases_of(s);
    for (std::size_t i = 0; i < models.size(); ++i)
        r.struct_pages[i] = struct_page_at(models[i], s, bases, pfn);
    return r;
}

std::string print_pfn(const PfnReport& r, const Snapshot& s) {
    std::string out;
    put(out, "frame {:#x}  [mem {:#018x}-{:#018x}]\n", r.pfn, phys_of(r.pfn), phys_of(r.pfn + 1) - 1);
    put_place(out, r, s);
    put_state(out, r);
    put(out, "  struct page, {} bytes (*: this kernel's model)\n", s.profile->struct_page_size);
    for (const StructPageAt& at : r.struct_pages) {
        put(out, "  {} {:<17}  ", at.used ? '*' : ' ', name_of(at.model));
        if (!at.offset)
            put(out, "none\n");
        else if (at.address)
            put(out, "{:#018x} = {} + {:#x}\n", *at.address, at.base, *at.offset);
        else
            put(out, "{} + {:#x}\n", at.base, *at.offset);
    }
    return out;
}

Outcome<Pfn> parse_pfn(const Snapshot& s, std::string_view text) {
    LogScanner in(text);
    const bool phys = in.take("phys:");
    const auto number = in.take_number();
    if (!number || !in.at_end())
        return Error{std::string(text) + ": not a page frame; expected a number as 0x1000 or 4096, or phys:0x1000000"};
    const Pfn pfn = phys ? pfn_down(*number) : *number;
    if (pfn >= s.pages.end_pfn()) {
        std::string message(text);
        put(message, ": there is no such frame; expected one below {:#x}, where the machine's memory ends",
            s.pages.end_pfn());
        return Error{std::move(message)};
    }
    return pfn;
}

}  // namespace mm
