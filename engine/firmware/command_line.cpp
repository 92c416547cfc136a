// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/firmware/command_line.h"

#include <algorithm>

namespace mm {
namespace {

/// The kernel's isspace(): ASCII blanks and the no-break space of Latin-1.
constexpr bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r') || c == '\xa0';
}

constexpr int digit_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : 99;
}

/// The base that the number's first characters name; "0x" is taken off.
int take_base(std::string_view& text) {
    if (!text.starts_with('0')) return 10;
    if (text.size() > 2 && (text[1] | 0x20) == 'x' && digit_value(text[2]) < 16) {
        text.remove_prefix(2);
        return 16;
    }
    return 8;
}

int suffix_shift(char c) {
    constexpr std::string_view suffixes = "kmgtpe";
    const auto at = suffixes.find(static_cast<char>(c | 0x20));
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter && at != std::string_view::npos ? 10 * (static_cast<int>(at) + 1) : 0;
}

/// next_arg(): takes one parameter off the front of line.
KernelParam take_param(std::string_view& line) {
    const bool quoted = line.starts_with('"');
    if (quoted) line.remove_prefix(1);
    bool in_quote = quoted;
    std::size_t end = 0, equals = 0;
    for (; end < line.size() && (in_quote || !is_space(line[end])); ++end) {
        if (equals == 0 && line[end] == '=') equals = end;
        if (line[end] == '"') in_quote = !in_quote;
    }
    std::string_view word = line.substr(0, end);
    line.remove_prefix(end);
    const bool closes = word.ends_with('"');
    KernelParam param;
    if (equals == 0) {
        if (quoted && closes) word.remove_suffix(1);
        param.name = word;
        return param;
    }
    std::string_view value = word.substr(equals + 1);
    const bool value_quoted = value.starts_with('"');
    if (value_quoted) value.remove_prefix(1);
    if ((value_quoted || quoted) && value.ends_with('"')) value.remove_suffix(1);
    param.name = word.substr(0, equals);
    param.value = value;
    param.has_value = true;
    return param;
}

}  // namespace

std::vector<KernelParam> parse_command_line(std::string_view line) {
    std::vector<KernelParam> params;
    while (true) {
        while (!line.empty() && is_space(line.front()))
            line.remove_prefix(1);
        if (line.empty()) return params;
        auto param = take_param(line);
        if (param.name == "--" && !param.has_value) return params;
        params.push_back(std::move(param));
    }
}

std::uint64_t simple_strtoull(std::string_view text, std::string_view* rest) {
    const int base = take_base(text);
    std::uint64_t number = 0;
    while (!text.empty() && digit_value(text.front()) < base) {
        number = number * static_cast<std::uint64_t>(base) + static_cast<std::uint64_t>(digit_value(text.front()));
        text.remove_prefix(1);
    }
    if (rest) *rest = text;
    return number;
}

Bytes memparse(std::string_view text, std::string_view* rest) {
    std::string_view tail;
    Bytes number = simple_strtoull(text, &tail);
    if (!tail.empty() && suffix_shift(tail.front()) != 0) {
        number <<= suffix_shift(tail.front());
        tail.remove_prefix(1);
    }
    if (rest) *rest = tail;
    return number;
}

std::optional<std::string> find_param(std::string_view line, std::string_view name) {
    std::optional<std::string> found;
    for (auto& param : parse_command_line(line)) {
        const auto same = [](char a, char b) { return (a == '-' ? '_' : a) == (b == '-' ? '_' : b); };
        if (std::equal(param.name.begin(), param.name.end(), name.begin(), name.end(), same))
            found = std::move(param.value);
    }
    return found;
}

}  // namespace mm
