// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/firmware/log_lines.h"

#include <algorithm>
#include <array>

#include "engine/firmware/log_reader.h"

namespace mm {
namespace {

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

std::string_view without_blanks(std::string_view text) {
    while (!text.empty() && is_blank(text.front()))
        text.remove_prefix(1);
    return text;
}

/// Does the text look like the pattern: 0 a digit, a a letter, anything else itself.
bool looks_like(std::string_view text, std::string_view pattern) {
    if (text.size() < pattern.size()) return false;
    return std::equal(pattern.begin(), pattern.end(), text.begin(), [](char p, char c) {
        if (p == '0') return is_digit(c);
        if (p == 'a') return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        return p == c;
    });
}

bool starts_with_iso_date(std::string_view text) {
    return looks_like(text, "0000-00-00T00:00:00") || looks_like(text, "0000-00-00 00:00:00");
}

bool starts_with_weekday(std::string_view text) {
    constexpr std::array<std::string_view, 7> days{"Mon ", "Tue ", "Wed ", "Thu ", "Fri ", "Sat ", "Sun "};
    return std::any_of(days.begin(), days.end(), [&](auto day) { return text.starts_with(day); });
}

// Each of the following takes one kind of prefix off and says whether there was one.

bool take_quote(std::string_view& line) {
    if (!line.starts_with('>') && !line.starts_with("| ")) return false;
    line.remove_prefix(1);
    if (line.starts_with(' ')) line.remove_prefix(1);
    return true;
}

/// "Nov  1 12:00:00 host kernel: ", "2024-01-01T12:00:00+01:00 host kernel[1]: ", "kernel: ".
bool take_syslog(std::string_view& line) {
    const bool dated =
        starts_with_iso_date(line) || looks_like(line, "aaa 00 00:00:00 ") || looks_like(line, "aaa  0 00:00:00 ");
    const auto at = line.substr(0, 160).find("kernel");
    if (at == std::string_view::npos || (at != 0 && (!dated || !is_blank(line[at - 1])))) return false;
    auto rest = line.substr(at + 6);
    if (rest.starts_with('[')) {
        const auto close = rest.find_first_not_of("0123456789", 1);
        if (close == std::string_view::npos || rest[close] != ']') return false;
        rest.remove_prefix(close + 1);
    }
    if (!rest.starts_with(':')) return false;
    rest.remove_prefix(rest.starts_with(": ") ? 2 : 1);
    line = rest;
    return true;
}

/// dmesg --time-format iso: "2024-01-01T12:00:00,000000+01:00 ".
bool take_iso_date(std::string_view& line) {
    if (!starts_with_iso_date(line)) return false;
    const auto end = line.find_first_not_of("0123456789T:.,+-Z", 11);
    line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
    return true;
}

/// dmesg -x: "kern  :info  : ".
bool take_facility(std::string_view& line) {
    auto rest = line;
    if (rest.starts_with("kern"))
        rest.remove_prefix(4);
    else if (rest.starts_with("user") || rest.starts_with("daemon"))
        rest.remove_prefix(rest.starts_with('u') ? 4 : 6);
    else
        return false;
    rest = without_blanks(rest);
    if (!rest.starts_with(':')) return false;
    rest.remove_prefix(1);
    const auto end = rest.find_first_not_of("abcdefghijklmnopqrstuvwxyz");
    if (end == 0 || end == std::string_view::npos) return false;
    rest = without_blanks(rest.substr(end));
    if (!rest.starts_with(':')) return false;
    rest.remove_prefix(rest.starts_with(": ") ? 2 : 1);
    line = rest;
    return true;
}

/// "<6>".
bool take_level(std::string_view& line) {
    if (!line.starts_with('<')) return false;
    const auto end = line.find_first_not_of("0123456789", 1);
    if (end == std::string_view::npos || end == 1 || end > 4 || line[end] != '>') return false;
    line.remove_prefix(end + 1);
    return true;
}

/// "[    0.000000] ", "[    T0] ", "[    0.0 <    0.0>] ", "[Mon Nov  1 12:00:00 2021] ", "[2021-11-01T12:00:00] ".
bool take_bracket(std::string_view& line) {
    const auto text = without_blanks(line);
    if (!text.starts_with('[')) return false;
    const auto close = text.substr(0, 64).find(']');
    if (close == std::string_view::npos) return false;
    const auto inside = without_blanks(text.substr(1, close - 1));
    const bool stamp = inside.find_first_not_of("0123456789. <>") == std::string_view::npos;
    const bool caller = (inside.starts_with('T') || inside.starts_with('C')) &&
                        inside.find_first_not_of("0123456789", 1) == std::string_view::npos;
    const bool has_digit = inside.find_first_of("0123456789") != std::string_view::npos;
    const bool known = stamp || caller || starts_with_weekday(inside) || starts_with_iso_date(inside);
    if (!known || !has_digit) return false;
    line = text.substr(close + 1);
    if (line.starts_with(' ')) line.remove_prefix(1);
    return true;
}

}  // namespace

std::string_view strip_log_prefix(std::string_view line) {
    const auto last = line.find_last_not_of(std::string_view(" \t\r\n\0", 5));
    line = line.substr(0, last == std::string_view::npos ? 0 : last + 1);
    while (line.starts_with('\0'))
        line.remove_prefix(1);
    if (line.empty()) return line;
    while (take_quote(line)) {
    }
    take_syslog(line);
    take_iso_date(line);
    take_facility(line);
    take_level(line);
    if (take_bracket(line)) take_bracket(line);
    take_level(line);
    return line;
}

std::optional<std::string_view> LogLines::next() {
    if (m_rest.empty()) return {};
    const auto end = m_rest.find('\n');
    const auto line = m_rest.substr(0, std::min(end, max_log_line));
    m_rest.remove_prefix(end == std::string_view::npos ? m_rest.size() : end + 1);
    ++m_number;
    return strip_log_prefix(line);
}

}  // namespace mm
