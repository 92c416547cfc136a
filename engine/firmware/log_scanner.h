// SPDX-License-Identifier: GPL-3.0-or-later
// Reads a line of text from left to right: each take_*() either eats what it names and says so, or leaves the line as
// it was. For readers of kernel text.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/firmware/machine.h"

namespace mm {

class LogScanner {
public:
    explicit LogScanner(std::string_view text) : m_rest(text) {}

    std::string_view rest() const { return m_rest; }
    bool at_end() const { return m_rest.empty(); }

    bool take(std::string_view literal);
    void skip_blanks();
    /// Goes on behind the next occurrence of the literal.
    bool skip_past(std::string_view literal);
    std::optional<std::uint64_t> take_decimal();
    std::optional<std::uint64_t> take_hex();  ///< with or without 0x; at most 16 digits
    /// "0x10" as hex, "10" as decimal.
    std::optional<std::uint64_t> take_number();
    /// "[mem 0x0-0xfff]", also with "flags" inside or a blank around the dash; [start, end) where an end of 2^64 is 0.
    std::optional<PhysRange> take_mem();
    /// "0000 - 1000" or "0-1000" in hex, end exclusive.
    std::optional<PhysRange> take_old_range();

private:
    std::string_view m_rest;
};

/// "usable", "ACPI data", "type 20", "persistent (type 7)", in brackets or not, in the words of all kernels so far.
std::optional<E820Type> parse_e820_type(std::string_view words);

}  // namespace mm
