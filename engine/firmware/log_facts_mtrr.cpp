// SPDX-License-Identifier: GPL-3.0-or-later
// The MTRR listing: a default type, then indented lines of fixed and of variable ranges.
#include <algorithm>
#include <array>
#include <utility>

#include "engine/firmware/log_facts.h"
#include "engine/firmware/log_scanner.h"
#include "engine/firmware/machine_files.h"
#include "engine/firmware/mtrr.h"

namespace mm {
namespace {

constexpr std::size_t most_variable = 256;  // RANGE_NUM

std::optional<MtrrType> type_of(std::string_view word) {
    constexpr std::array<std::pair<std::string_view, MtrrType>, 5> words{
        {{"uncachable", MtrrType::uncachable},
         {"write-combining", MtrrType::write_combining},
         {"write-through", MtrrType::write_through},
         {"write-protect", MtrrType::write_protect},
         {"write-back", MtrrType::write_back}}};
    for (const auto& [name, type] : words)
        if (word == name) return type;
    return {};
}

/// "00000-9FFFF write-back".
void take_fixed(LogScanner in, MtrrState& mtrr) {
    const auto range = in.take_old_range();
    in.skip_blanks();
    const auto type = type_of(in.rest());
    if (range && type) mtrr.fixed.push_back({{range->start, range->end + 1}, *type});
}

/// "0 base 0C0000000 mask FC0000000 uncachable" or "0 disabled".
void take_variable(LogScanner in, MtrrState& mtrr) {
    if (!in.take_decimal() || mtrr.variable.size() >= most_variable) return;
    if (in.take(" disabled")) {
        mtrr.variable.push_back({});
        return;
    }
    const auto base = in.take(" base ") ? in.take_hex() : std::nullopt;
    const auto mask = in.take(" mask ") ? in.take_hex() : std::nullopt;
    in.skip_blanks();
    const auto type = type_of(in.rest());
    if (base && mask && type) mtrr.variable.push_back({true, *base, *mask, *type});
}

/// A line of /proc/mtrr: its number and register.
std::optional<std::pair<std::size_t, MtrrVariable>> take_proc_line(LogScanner in) {
    const auto number = in.take("reg") ? in.take_decimal() : std::nullopt;
    const auto base = in.take(": base=") ? in.take_hex() : std::nullopt;
    in.skip_past("size=");
    in.skip_blanks();
    const auto size = in.take_decimal();
    const Bytes unit = in.take("MB") ? MiB : in.take("KB") ? KiB : 0;
    in.skip_past("count=");
    in.skip_past(": ");
    const auto type = type_of(in.rest());
    constexpr Bytes address_space = Bytes{1} << 52;
    if (!number || *number >= most_variable || !base || !size || !unit || !type) return {};
    if (*size == 0 || *size > address_space / unit) return {};
    return {{static_cast<std::size_t>(*number), {true, *base, address_space - *size * unit, *type}}};
}

}  // namespace

void parse_proc_mtrr(std::string_view text, Machine& machine) {
    if (machine.mtrr.known) return;
    while (!text.empty()) {
        const auto end = text.find('\n');
        const auto line = take_proc_line(LogScanner(text.substr(0, end)));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (!line) continue;
        auto& registers = machine.mtrr.variable;
        if (registers.size() <= line->first) registers.resize(line->first + 1);
        registers[line->first] = line->second;
    }
}

void parse_mtrr(std::string_view line, BootFacts& boot) {
    auto& mtrr = boot.machine.mtrr;
    LogScanner in(line);
    in.take("MTRR ");
    if (in.take("default type: ")) {
        const auto type = type_of(in.rest());
        if (!type) return;
        mtrr = MtrrState();
        mtrr.known = true;
        mtrr.default_type = *type;
    } else if (in.take("fixed ranges ")) {
        mtrr.fixed_enabled = in.take("enabled");
        boot.in_mtrr_fixed = true;
    } else if (in.take("variable ranges ")) {
        mtrr.variable_enabled = in.take("enabled");
        boot.in_mtrr_fixed = false;
    }
}

void parse_mtrr_range(std::string_view line, BootFacts& boot) {
    if (!boot.machine.mtrr.known) return;
    LogScanner in(line);
    in.skip_blanks();
    if (boot.in_mtrr_fixed)
        take_fixed(in, boot.machine.mtrr);
    else
        take_variable(in, boot.machine.mtrr);
}

/// "TOM2: 0000000230000000 aka 8960M".
void parse_tom2(std::string_view line, BootFacts& boot) {
    LogScanner in(line);
    in.take("TOM2: ");
    if (const auto end = in.take_hex()) boot.machine.mtrr.tom2 = *end;
}

void assume_tom2(Machine& machine) {
    if (machine.mtrr.tom2 != 0 || judge_mtrr(machine.mtrr) != MtrrVerdict::trim) return;
    const auto cached = coverage(machine.mtrr).write_back;
    if (!cached.empty() && cached.back().end > pfn_down(4 * GiB)) return;
    const auto trimmed = [](const GivenUpdate& u) {
        return u.range.end > 4 * GiB && u.from == E820Type::ram && u.to == E820Type::reserved && !u.after_memblock;
    };
    if (std::any_of(machine.given_updates.begin(), machine.given_updates.end(), trimmed)) return;
    PhysAddr end = 0;
    for (const E820Entry& e : machine.map)
        if (e.type == E820Type::ram && !overflows(e)) end = std::max(end, e.start + e.size);
    if (end <= 4 * GiB) return;
    machine.mtrr.tom2 = end;
    machine.notes.push_back(
        "No MTRR covers the RAM above 4 GiB and the log gives none of it up: taken as an AMD machine's, where it is "
        "write-back up to TOM2.");
}

}  // namespace mm
