// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/firmware/crashkernel.h"

#include <fmt/format.h>

#include <optional>

#include "engine/firmware/command_line.h"

namespace mm {
namespace {

constexpr std::string_view parameter = "crashkernel=";

/// get_last_crashkernel(): what follows the name, up to a blank.
std::optional<std::string_view> last_value(std::string_view line, std::string_view suffix) {
    std::optional<std::string_view> last;
    for (auto at = line.find(parameter); at != std::string_view::npos; at = line.find(parameter, at + 1)) {
        const std::string_view word = line.substr(at, std::min(line.find(' ', at), line.size()) - at);
        const bool suits =
            suffix.empty() ? !word.ends_with(",high") && !word.ends_with(",low") : word.ends_with(suffix);
        if (suits) last = word.substr(parameter.size());
    }
    return last;
}

Crashkernel refused(Crashkernel so_far, std::string message) {
    so_far.messages.push_back(std::move(message));
    so_far.valid = false;
    return so_far;
}

/// A number that must be there.
std::optional<Bytes> take_size(std::string_view& text) {
    std::string_view rest;
    const Bytes size = memparse(text, &rest);
    if (rest.size() == text.size()) return {};
    text = rest;
    return size;
}

bool take_char(std::string_view& text, char c) {
    if (!text.starts_with(c)) return false;
    text.remove_prefix(1);
    return true;
}

std::string unrecognized(std::string_view rest) {
    return fmt::format("crashkernel: unrecognized char: {}", rest.empty() ? '\0' : rest.front());
}

struct RangeEntry {
    PhysAddr start = 0, end = ~PhysAddr{0};
    Bytes size = 0;
};

/// "start-end:size" off the front; what is wrong with it, or "".
std::string take_range(std::string_view& text, Bytes total, RangeEntry& entry) {
    const auto start = take_size(text);
    if (!start) return "crashkernel: Memory value expected";
    entry.start = *start;
    if (!take_char(text, '-')) return "crashkernel: '-' expected";
    if (!text.starts_with(':')) {
        const auto end = take_size(text);
        if (!end) return "crashkernel: Memory value expected";
        if (*end <= *start) return "crashkernel: end <= start";
        entry.end = *end;
    }
    if (!take_char(text, ':')) return "crashkernel: ':' expected";
    const auto size = take_size(text);
    if (!size) return "Memory value expected";
    if (*size >= total) return "crashkernel: invalid size";
    entry.size = *size;
    return {};
}

/// parse_crashkernel_mem(). The firmware keeps some memory to itself: the total is rounded up.
Crashkernel parse_ranges(std::string_view text, Bytes system_ram) {
    Crashkernel crash{.found = true, .valid = true};
    const Bytes total = align_up(system_ram, 128 * MiB);
    do {
        RangeEntry entry;
        if (std::string wrong = take_range(text, total, entry); !wrong.empty())
            return refused(std::move(crash), std::move(wrong));
        if (total >= entry.start && total < entry.end) {
            crash.size = entry.size;
            break;
        }
    } while (take_char(text, ','));
    if (crash.size == 0) {
        crash.messages.emplace_back("crashkernel size resulted in zero bytes");
        return crash;
    }
    const auto at = text.find('@');
    if (at == std::string_view::npos) return crash;
    text.remove_prefix(at + 1);
    const auto base = take_size(text);
    if (!base) return refused(std::move(crash), "Memory value expected after '@'");
    crash.base = *base;
    return crash;
}

/// parse_crashkernel_simple() and parse_crashkernel_suffix().
Crashkernel parse_size(std::string_view text, std::string_view suffix) {
    Crashkernel crash{.found = true, .valid = true};
    const auto size = take_size(text);
    if (!size) return refused(std::move(crash), "crashkernel: memory value expected");
    crash.size = *size;
    if (!suffix.empty()) {
        if (!text.starts_with(suffix)) return refused(std::move(crash), unrecognized(text));
        text.remove_prefix(suffix.size());
        return text.empty() ? crash : refused(std::move(crash), unrecognized(text));
    }
    if (take_char(text, '@'))
        crash.base = memparse(text);
    else if (!text.empty())
        return refused(std::move(crash), unrecognized(text));
    return crash;
}

}  // namespace

Crashkernel parse_crashkernel(std::string_view command_line, Bytes system_ram, std::string_view suffix) {
    const auto value = last_value(command_line, suffix);
    if (!value) return {};
    const bool ranges = suffix.empty() && value->find(':') != std::string_view::npos;
    return ranges ? parse_ranges(*value, system_ram) : parse_size(*value, suffix);
}

}  // namespace mm
