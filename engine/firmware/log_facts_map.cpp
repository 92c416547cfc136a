// SPDX-License-Identifier: GPL-3.0-or-later
// The firmware's memory map and the changes to it that came from outside: quirks and the boot loader's setup_data.
#include <algorithm>

#include "engine/firmware/log_facts.h"
#include "engine/firmware/log_scanner.h"
#include "engine/firmware/mtrr.h"

namespace mm {
namespace {

constexpr std::size_t most_entries = 128 + 3 * 1024;  // E820_MAX_ENTRIES: more no kernel printed
constexpr PhysRange page_zero{0, 0x1000}, bios_range{0xa0000, 0x100000};

/// "[mem a-b] type" or, before 3.6, "a - b (type)". An end of 2^64 is 0, and the size still comes out right.
std::optional<E820Entry> entry_of(std::string_view text) {
    LogScanner in(text);
    in.skip_blanks();
    auto range = in.take_mem();
    if (!range) range = in.take_old_range();
    if (!range) return {};
    const auto type = parse_e820_type(in.rest());
    if (!type) return {};
    return E820Entry{range->start, range->end - range->start, *type};
}

/// Splits "  BIOS-e820: rest".
std::pair<std::string_view, std::string_view> split_name(std::string_view line) {
    while (line.starts_with(' '))
        line.remove_prefix(1);
    const auto colon = line.find(": ");
    if (colon == std::string_view::npos) return {line, {}};
    return {line.substr(0, colon), line.substr(colon + 2)};
}

void add_update(BootFacts& boot, PhysRange range, E820Type from, E820Type to) {
    auto& m = boot.machine;
    const bool setup_data = from == E820Type::ram && to == E820Type::ram;  // RESERVED_KERN is called usable too
    const bool trim = (range == page_zero && to == E820Type::reserved) || (range == bios_range && to == E820Type::none);
    // Each piece is printed twice: for the kernel's table and for the one kept for kexec.
    const bool again = setup_data && !m.setup_data.empty() && m.setup_data.back() == range;
    if (setup_data && !again) m.setup_data.push_back(range);
    if (setup_data) return;
    if (!trim) m.given_updates.push_back({range, from, to, boot.memblock_filled});
}

/// "type" or "type ==> type"; a removal without a type is the kernel making room for itself.
void take_change(BootFacts& boot, bool remove, PhysRange range, std::string_view types) {
    const auto arrow = types.find(" ==> ");
    const auto from = parse_e820_type(types.substr(0, arrow));
    if (!from) return;
    if (remove) return add_update(boot, range, *from, E820Type::none);
    if (arrow == std::string_view::npos) return;
    if (const auto to = parse_e820_type(types.substr(arrow + 5))) add_update(boot, range, *from, *to);
}

}  // namespace

void parse_map_entry(std::string_view line, BootFacts& boot) {
    const auto [name, text] = split_name(line);
    auto& m = boot.machine;
    const auto entry = entry_of(text);
    if (text.starts_with("[gap ")) return;
    if (!entry || m.map.size() >= most_entries) {
        if (boot.damaged++ == 0) boot.damaged_line = boot.line;
        return;
    }
    if (m.map.empty()) {
        m.map_name = name;
        m.source = name == "BIOS-e801" ? MapSource::bios_e801
                   : name == "BIOS-88" ? MapSource::bios_88
                                       : MapSource::bios_e820;
    }
    if (m.map_name == name) m.map.push_back(*entry);
}

void parse_extended_entry(std::string_view line, BootFacts& boot) {
    const auto entry = entry_of(split_name(line).second);
    if (entry && boot.extended_map.size() < most_entries) boot.extended_map.push_back(*entry);
}

void parse_setup_data_entry(std::string_view line, BootFacts& boot) {
    const auto entry = entry_of(split_name(line).second);
    if (entry && boot.setup_data_map.size() < most_entries) boot.setup_data_map.push_back(*entry);
}

/// "e820: update [mem a-b] usable ==> reserved", "e820: remove [mem a-b] usable".
void parse_e820_change(std::string_view line, BootFacts& boot) {
    LogScanner in(line);
    in.take("e820: ");
    const bool remove = in.take("remove ");
    if (!remove && !in.take("update ")) return;
    if (const auto range = in.take_mem()) take_change(boot, remove, *range, in.rest());
}

/// "e820 update range: a - b (usable) ==> (reserved)", "update e820 range: ...".
void parse_old_e820_change(std::string_view line, BootFacts& boot) {
    LogScanner in(line);
    const bool remove = line.starts_with("e820 remove");
    if (!in.skip_past("range: ")) return;
    if (const auto range = in.take_old_range()) take_change(boot, remove, *range, in.rest());
}

/// The update before this line went to the table kept for kexec and not to the kernel's own.
void parse_kexec_update(std::string_view, BootFacts& boot) {
    if (!boot.machine.given_updates.empty()) boot.machine.given_updates.pop_back();
}

/// What was changed before this title came from mem= and memmap=, which we apply ourselves.
void parse_user_map_title(std::string_view, BootFacts& boot) {
    boot.machine.given_updates.clear();
}

void parse_last_pfn(std::string_view line, BootFacts& boot) {
    LogScanner in(line);
    if (!in.skip_past("max_arch_pfn = ")) return;
    if (const auto max_pfn = in.take_number()) see_max_arch_pfn(*max_pfn, boot);
}

void parse_memblock_filled(std::string_view, BootFacts& boot) {
    boot.memblock_filled = true;
}

// What was trimmed holds nothing write-back, and only RAM is trimmed.
void drop_mtrr_trims(Machine& machine) {
    if (judge_mtrr(machine.mtrr) != MtrrVerdict::trim) return;
    const auto cached = coverage(machine.mtrr).write_back;
    std::erase_if(machine.given_updates, [&](const GivenUpdate& u) {
        if (u.from != E820Type::ram || u.to != E820Type::reserved) return false;
        const PfnRange frames = touched_pfns(u.range);
        return std::none_of(cached.begin(), cached.end(), [&](PfnRange r) { return r.overlaps(frames); });
    });
}

// Of touching usable entries every other one is setup_data, or they would have been merged. The boot stub takes them
// from the top of memory downwards, so its list begins with the highest.
std::vector<PhysRange> setup_data_from_map(const std::vector<E820Entry>& map) {
    std::vector<PhysRange> pieces;
    for (std::size_t first = 0, end = 0; first < map.size(); first = end) {
        end = first + 1;
        const auto touches = [&](const E820Entry& a, const E820Entry& b) {
            return a.type == E820Type::ram && b.type == E820Type::ram && a.start + a.size == b.start;
        };
        while (end < map.size() && touches(map[end - 1], map[end]))
            ++end;
        const auto run = end - first;
        // Of two, the smaller one; otherwise the run begins and ends with plain memory.
        const std::size_t offset = run == 2 && map[first].size < map[first + 1].size ? 0 : 1;
        for (auto i = first + offset; run > 1 && i < end; i += 2)
            pieces.insert(pieces.begin(), {map[i].start, map[i].start + map[i].size});
    }
    return pieces;
}

}  // namespace mm
