// SPDX-License-Identifier: GPL-3.0-or-later
// Words of a command's text: numbers, and values after known words. Private to the commands' parsers.
#pragma once

#include <array>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/page_alloc/mempolicy.h"
#include "engine/types/words.h"

namespace mm {

/// Decimal, 0x hexadecimal.
inline std::optional<std::uint64_t> number(std::string_view word) {
    if (word.starts_with("0x")) return whole_number<std::uint64_t>(word.substr(2), 16);
    return whole_number<std::uint64_t>(word);
}

/// "order 3 node 0 cpu 0": the values after known words.
class CommandFields {
public:
    static constexpr std::array<std::string_view, 8> names{"order", "node",  "cpu",    "size",
                                                           "count", "nodes", "policy", "align"};
    enum Name { order, node, cpu, size, count, nodes, policy, align };

    /// False if a word is unknown, stands twice, has no value or a malformed one, or is none of those allowed.
    bool read(const std::vector<std::string_view>& words, std::size_t from, std::initializer_list<Name> allowed) {
        for (; from + 1 < words.size(); from += 2)
            if (!read_one(words[from], words[from + 1], allowed)) return false;
        return from == words.size();
    }
    bool has(Name name) const { return m_values[name].has_value(); }
    std::uint64_t value(Name name, std::uint64_t otherwise = 0) const { return m_values[name].value_or(otherwise); }
    PolicyMode mode() const { return static_cast<PolicyMode>(value(policy)); }
    AllocRequest request(Gfp flags) const {
        return {flags, static_cast<Order>(value(order)), static_cast<Nid>(value(node)), cpu_number()};
    }
    unsigned cpu_number() const { return static_cast<unsigned>(value(cpu)); }

private:
    bool read_one(std::string_view word, std::string_view text, std::initializer_list<Name> allowed) {
        for (const Name name : allowed) {
            if (word != names[name]) continue;
            std::optional<std::uint64_t> v = number(text);
            if (name == policy) {
                const auto mode = policy_mode_named(text);
                v = mode ? std::optional(static_cast<std::uint64_t>(*mode)) : std::nullopt;
            }
            const bool wide = name == size || name == count || name == nodes || name == align;
            const std::uint64_t most = name == order ? max_orders - 1
                                       : wide        ? std::numeric_limits<std::uint64_t>::max()
                                                     : 0xffff;
            if (!v || *v > most || m_values[name]) return false;
            m_values[name] = v;
            return true;
        }
        return false;
    }
    std::array<std::optional<std::uint64_t>, names.size()> m_values{};
};

}  // namespace mm
