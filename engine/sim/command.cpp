// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/command.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <vector>

namespace mm {
namespace {

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t start = text.find_first_not_of(" \t", i);
        if (start == std::string_view::npos) break;
        i = std::min(text.find_first_of(" \t", start), text.size());
        words.push_back(text.substr(start, i - start));
    }
    return words;
}

std::optional<std::uint64_t> number(std::string_view word) {
    int base = 10;
    if (word.starts_with("0x")) base = 16, word.remove_prefix(2);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value, base);
    if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
    return value;
}

constexpr std::string_view expected =
    "run_stage N; alloc_pages GFP order N node N cpu N [policy default|preferred|bind|interleave nodes 0xMASK]; "
    "alloc_pages_exact GFP size BYTES node N cpu N; alloc_pages_bulk GFP count N node N cpu N; "
    "free_pages PFN order N cpu N; free_pages_exact PFN size BYTES cpu N; get_page PFN; put_page PFN cpu N; "
    "split_page PFN; drain_all_pages; drain_pages cpu N; vmstat_update cpu N";

/// "order 3 node 0 cpu 0": the values after known words.
class Fields {
public:
    static constexpr std::array<std::string_view, 7> names{"order", "node", "cpu", "size", "count", "nodes", "policy"};
    enum Name { order, node, cpu, size, count, nodes, policy };

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
            const bool wide = name == size || name == count || name == nodes;
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

/// The function's own way with its flags; nullopt: it is none of the alloc_pages family.
std::optional<Gfp> flags_for(std::string_view function, Gfp flags) {
    if (function == "alloc_pages" || function == "alloc_page") return flags;
    if (function == "__get_free_pages" || function == "__get_free_page") return flags & ~gfp::highmem;
    if (function == "get_zeroed_page") return (flags | gfp::zero) & ~gfp::highmem;
    return std::nullopt;
}

std::optional<Command> parse_alloc(const std::vector<std::string_view>& words) {
    const auto read = parse_gfp(words[1]);
    if (!read) return std::nullopt;
    Fields f;
    if (words[0] == "alloc_pages_exact") {
        if (!f.read(words, 2, {Fields::size, Fields::node, Fields::cpu})) return std::nullopt;
        return AllocPagesExact{f.request(*read), f.value(Fields::size, page_size)};
    }
    if (words[0] == "alloc_pages_bulk") {
        if (!f.read(words, 2, {Fields::count, Fields::node, Fields::cpu})) return std::nullopt;
        return AllocPagesBulk{f.request(*read), f.value(Fields::count, 1)};
    }
    const auto flags = flags_for(words[0], *read);
    if (!flags || !f.read(words, 2, {Fields::order, Fields::node, Fields::cpu, Fields::policy, Fields::nodes}))
        return std::nullopt;
    if (!words[0].ends_with('s') && f.value(Fields::order) != 0) return std::nullopt;  // alloc_page: one page
    return AllocPages{f.request(*flags), {f.mode(), f.value(Fields::nodes)}};
}

std::optional<Command> parse_free(const std::vector<std::string_view>& words) {
    const auto pfn = number(words[1]);
    if (!pfn) return std::nullopt;
    Fields f;
    const std::string_view function = words[0];
    const bool one = function == "free_page" || function == "__free_page";
    if (one || function == "free_pages" || function == "__free_pages") {
        if (!f.read(words, 2, {Fields::order, Fields::cpu})) return std::nullopt;
        if (one ? f.value(Fields::order) != 0 : !f.has(Fields::order)) return std::nullopt;
        return FreePages{*pfn, static_cast<Order>(f.value(Fields::order)), f.cpu_number()};
    }
    if (function == "free_pages_exact" && f.read(words, 2, {Fields::size, Fields::cpu}))
        return FreePagesExact{*pfn, f.value(Fields::size, page_size), f.cpu_number()};
    if (function == "put_page" && f.read(words, 2, {Fields::cpu})) return PutPage{*pfn, f.cpu_number()};
    if (words.size() != 2) return std::nullopt;
    if (function == "get_page") return GetPage{*pfn};
    if (function == "split_page") return SplitPage{*pfn};
    return std::nullopt;
}

std::optional<Command> parse_words(const std::vector<std::string_view>& words) {
    if (words.empty()) return std::nullopt;
    if (words[0] == "drain_all_pages" && words.size() == 1) return DrainPages{};
    if (words[0] == "run_stage" && words.size() == 2) {
        if (const auto n = number(words[1]); n && *n < 0xffff) return RunStage{static_cast<unsigned>(*n)};
        return std::nullopt;
    }
    Fields f;
    if (words[0] == "drain_pages" && f.read(words, 1, {Fields::cpu}) && f.has(Fields::cpu))
        return DrainPages{f.cpu_number()};
    if (words[0] == "vmstat_update" && f.read(words, 1, {Fields::cpu})) return FoldVmstat{f.cpu_number()};
    if (words.size() < 2) return std::nullopt;
    if (auto command = parse_alloc(words)) return command;
    return parse_free(words);
}

struct Printer {
    static std::string place(const AllocRequest& r) { return fmt::format("node {} cpu {}", r.nid, r.cpu); }

    std::string operator()(const RunStage& c) const { return fmt::format("run_stage {}", c.stage); }
    std::string operator()(const AllocPages& c) const {
        std::string out =
            fmt::format("alloc_pages {} order {} {}", gfp_text(c.request.gfp), c.request.order, place(c.request));
        if (c.policy != MemPolicy{})
            out += fmt::format(" policy {} nodes {:#x}", name_of(c.policy.mode), c.policy.nodes);
        return out;
    }
    std::string operator()(const AllocPagesExact& c) const {
        return fmt::format("alloc_pages_exact {} size {} {}", gfp_text(c.request.gfp), c.size, place(c.request));
    }
    std::string operator()(const AllocPagesBulk& c) const {
        return fmt::format("alloc_pages_bulk {} count {} {}", gfp_text(c.request.gfp), c.count, place(c.request));
    }
    std::string operator()(const FreePages& c) const {
        return fmt::format("free_pages {:#x} order {} cpu {}", c.pfn, c.order, c.cpu);
    }
    std::string operator()(const FreePagesExact& c) const {
        return fmt::format("free_pages_exact {:#x} size {} cpu {}", c.pfn, c.size, c.cpu);
    }
    std::string operator()(const GetPage& c) const { return fmt::format("get_page {:#x}", c.pfn); }
    std::string operator()(const PutPage& c) const { return fmt::format("put_page {:#x} cpu {}", c.pfn, c.cpu); }
    std::string operator()(const SplitPage& c) const { return fmt::format("split_page {:#x}", c.pfn); }
    std::string operator()(const DrainPages& c) const {
        return c.cpu ? fmt::format("drain_pages cpu {}", *c.cpu) : "drain_all_pages";
    }
    std::string operator()(const FoldVmstat& c) const { return fmt::format("vmstat_update cpu {}", c.cpu); }
};

}  // namespace

std::string to_text(const Command& command) {
    return std::visit(Printer{}, command);
}

bool is_allocation(const Command& command) {
    return std::holds_alternative<AllocPages>(command) || std::holds_alternative<AllocPagesExact>(command) ||
           std::holds_alternative<AllocPagesBulk>(command);
}

Outcome<Command> parse_command(std::string_view text) {
    if (auto command = parse_words(words_of(text))) return std::move(*command);
    return Error{fmt::format("read \"{}\"; expected one of: {}", text, expected), "", 0};
}

}  // namespace mm
