// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/open_capture.h"

#include "engine/verify/sides.h"

namespace mm {
namespace {

Outcome<std::unique_ptr<Timeline>> boot_given(const CaptureFiles& files, std::string_view profile) {
    auto machine = read_machine(files);
    if (!machine) return machine.error();
    return open_machine(std::move(*machine), profile, files.log_file);
}

bool has_answers(const Side& real) {
    if (!real.zones.empty()) return true;
    for (const SideLine& line : real.lines)
        if (line.kind.derived()) return true;
    return false;
}

/// Another split than 3G/1G is how the kernel was configured, and its layout's lines alone tell.
std::vector<std::string> configured_split(const std::vector<ObservedLine>& lines) {
    std::vector<std::string> told;
    for (const ObservedLine& line : lines)
        if (line.text.find("    lowmem  : 0x") == 0 && line.text.find(": 0xc0000000") == std::string::npos)
            told.push_back(line.text);
    return told;
}

}  // namespace

Outcome<OpenedCapture> open_capture(const std::string& path, std::string_view profile_name) {
    const auto files = read_capture(path);
    if (!files) return files.error();
    return open_capture(*files, profile_name);
}

Outcome<OpenedCapture> open_capture(const CaptureFiles& files, std::string_view profile_name) {
    // Read as a whole first: errors name the file's own lines.
    const auto whole = read_machine(files);
    if (!whole) return whole.error();
    const auto lines = log_lines(files.log, whole->first_log_line, whole->last_log_line);
    std::vector<std::string> also_given = configured_split(lines);
    Side real = real_side(files, lines, *whole, also_given);
    const bool comparable = has_answers(real);

    auto timeline = boot_given(without_answers(files, lines, also_given), profile_name);
    if (!timeline) return timeline.error();
    if (!comparable) return OpenedCapture{std::move(*timeline), nullptr};
    auto comparison = compare(std::move(real), computed_side(*(*timeline)->snapshot()));
    if (const auto changes = underived_map_changes(comparison); !changes.empty()) {
        also_given.insert(also_given.end(), changes.begin(), changes.end());
        timeline = boot_given(without_answers(files, lines, also_given), profile_name);
        if (!timeline) return timeline.error();
        comparison = compare(real_side(files, lines, *whole, also_given), computed_side(*(*timeline)->snapshot()));
    }
    return OpenedCapture{std::move(*timeline), std::make_shared<const Comparison>(std::move(comparison))};
}

Outcome<std::shared_ptr<const Comparison>> compare_profiles(Timeline& timeline, std::string_view other_profile) {
    auto other = open_machine(Machine(timeline.system().machine()), other_profile);
    if (!other) return other.error();
    const Position here = timeline.cursor();
    timeline.seek(timeline.boot_end());
    Side own = computed_side(*timeline.snapshot());
    timeline.seek(here);
    return std::make_shared<const Comparison>(compare(computed_side(*(*other)->snapshot()), std::move(own)));
}

}  // namespace mm
