// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/firmware/log_scanner.h"

#include <charconv>
#include <utility>

namespace mm {
namespace {

std::optional<std::uint64_t> take_digits(std::string_view& text, int base) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (error != std::errc{}) return {};
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

constexpr std::pair<std::string_view, E820Type> type_words[] = {
    {"usable", E820Type::ram},
    {"System RAM", E820Type::ram},
    {"reserved", E820Type::reserved},
    {"RESERVED", E820Type::reserved},
    {"device reserved", E820Type::reserved},
    {"ACPI data", E820Type::acpi},
    {"ACPI tables", E820Type::acpi},
    {"ACPI NVS", E820Type::nvs},
    {"unusable", E820Type::unusable},
    {"unusable memory", E820Type::unusable},
    {"persistent", E820Type::pmem},
    {"persistent (type 7)", E820Type::pmem},
    {"persistent (type 12)", E820Type::pram},
    {"soft reserved", E820Type::soft_reserved},
    {"application reserved", E820Type::soft_reserved},
    {"reserved (kern)", E820Type::reserved_kern},
};

}  // namespace

bool LogScanner::take(std::string_view literal) {
    if (!m_rest.starts_with(literal)) return false;
    m_rest.remove_prefix(literal.size());
    return true;
}

void LogScanner::skip_blanks() {
    while (m_rest.starts_with(' ') || m_rest.starts_with('\t'))
        m_rest.remove_prefix(1);
}

bool LogScanner::skip_past(std::string_view literal) {
    const auto at = m_rest.find(literal);
    if (at == std::string_view::npos) return false;
    m_rest.remove_prefix(at + literal.size());
    return true;
}

std::optional<std::uint64_t> LogScanner::take_decimal() {
    return take_digits(m_rest, 10);
}

std::optional<std::uint64_t> LogScanner::take_hex() {
    const auto before = m_rest;
    if (!take("0x")) take("0X");
    const auto number = take_digits(m_rest, 16);
    if (!number) m_rest = before;
    return number;
}

std::optional<std::uint64_t> LogScanner::take_number() {
    return m_rest.starts_with("0x") ? take_hex() : take_decimal();
}

std::optional<PhysRange> LogScanner::take_mem() {
    const auto before = m_rest;
    if (take("[mem ")) {
        skip_blanks();
        const auto start = take_hex();
        skip_blanks();
        const bool dash = take("-");
        skip_blanks();
        const auto last = take_hex();
        if (take(" flags ")) take_hex();
        if (start && dash && last && take("]")) return PhysRange{*start, *last + 1};
    }
    m_rest = before;
    return {};
}

std::optional<PhysRange> LogScanner::take_old_range() {
    const auto before = m_rest;
    const auto start = take_hex();
    skip_blanks();
    const bool dash = take("-");
    skip_blanks();
    const auto end = take_hex();
    if (start && dash && end) return PhysRange{*start, *end};
    m_rest = before;
    return {};
}

std::optional<E820Type> parse_e820_type(std::string_view words) {
    while (words.starts_with(' '))
        words.remove_prefix(1);
    if (words.starts_with('(') && words.ends_with(')')) words = words.substr(1, words.size() - 2);
    for (const auto& [name, type] : type_words)
        if (words == name) return type;
    LogScanner in(words);
    if (!in.take("type ") && !in.take("persistent (type ")) return {};
    const auto number = in.take_decimal();
    in.take(")");
    if (!number || *number > 0xffffffff || !in.at_end()) return {};
    return static_cast<E820Type>(static_cast<std::uint32_t>(*number));
}

}  // namespace mm
