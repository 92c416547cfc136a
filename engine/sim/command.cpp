// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/command.h"

#include <fmt/format.h>

#include <charconv>
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

/// "order 3 node 0 cpu 0": the number after each word; nothing if one is unknown or malformed.
bool read_pairs(const std::vector<std::string_view>& words, std::size_t from, AllocRequest& request) {
    for (; from + 1 < words.size(); from += 2) {
        const auto value = number(words[from + 1]);
        if (!value || *value > 0xffff) return false;
        if (words[from] == "order")
            request.order = static_cast<Order>(*value);
        else if (words[from] == "node")
            request.nid = static_cast<Nid>(*value);
        else if (words[from] == "cpu")
            request.cpu = static_cast<unsigned>(*value);
        else
            return false;
    }
    return from == words.size();
}

}  // namespace

std::string to_text(const Command& command) {
    struct Printer {
        std::string operator()(const RunStage& c) const { return fmt::format("run_stage {}", c.stage); }
        std::string operator()(const AllocPages& c) const {
            return fmt::format("alloc_pages {} order {} node {} cpu {}", gfp_text(c.request.gfp), c.request.order,
                               c.request.nid, c.request.cpu);
        }
        std::string operator()(const FreePages& c) const {
            return fmt::format("free_pages {:#x} order {}", c.pfn, c.order);
        }
    };
    return std::visit(Printer{}, command);
}

Outcome<Command> parse_command(std::string_view text) {
    const auto words = words_of(text);
    const auto refuse = [&] {
        return Error{
            fmt::format("read \"{}\"; expected \"run_stage N\", \"alloc_pages GFP order N node N cpu N\" or "
                        "\"free_pages PFN order N\"",
                        text)};
    };
    if (words.size() == 2 && words[0] == "run_stage") {
        if (const auto n = number(words[1]); n && *n < 0xffff) return Command{RunStage{static_cast<unsigned>(*n)}};
    } else if (words.size() >= 2 && words[0] == "alloc_pages") {
        AllocRequest request;
        if (const auto flags = parse_gfp(words[1])) {
            request.gfp = *flags;
            if (read_pairs(words, 2, request)) return Command{AllocPages{request}};
        }
    } else if (words.size() == 4 && words[0] == "free_pages" && words[2] == "order") {
        const auto pfn = number(words[1]), order = number(words[3]);
        if (pfn && order && *order < max_orders) return Command{FreePages{*pfn, static_cast<Order>(*order)}};
    }
    return refuse();
}

}  // namespace mm
