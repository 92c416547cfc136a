// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/command.h"

#include <fmt/format.h>

#include <optional>
#include <vector>

#include "engine/sim/command_words.h"

namespace mm {
namespace {

constexpr std::string_view expected =
    "run_stage N; alloc_pages GFP order N node N cpu N [policy default|preferred|bind|interleave nodes 0xMASK]; "
    "alloc_pages_exact GFP size BYTES node N cpu N; alloc_pages_bulk GFP count N node N cpu N; "
    "free_pages PFN order N cpu N; free_pages_exact PFN size BYTES cpu N; get_page PFN; put_page PFN cpu N; "
    "split_page PFN; drain_all_pages; drain_pages cpu N; vmstat_update cpu N; ";

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
    CommandFields f;
    if (words[0] == "alloc_pages_exact") {
        if (!f.read(words, 2, {CommandFields::size, CommandFields::node, CommandFields::cpu})) return std::nullopt;
        return AllocPagesExact{f.request(*read), f.value(CommandFields::size, page_size)};
    }
    if (words[0] == "alloc_pages_bulk") {
        if (!f.read(words, 2, {CommandFields::count, CommandFields::node, CommandFields::cpu})) return std::nullopt;
        return AllocPagesBulk{f.request(*read), f.value(CommandFields::count, 1)};
    }
    const auto flags = flags_for(words[0], *read);
    if (!flags || !f.read(words, 2,
                          {CommandFields::order, CommandFields::node, CommandFields::cpu, CommandFields::policy,
                           CommandFields::nodes}))
        return std::nullopt;
    if (!words[0].ends_with('s') && f.value(CommandFields::order) != 0) return std::nullopt;  // alloc_page: one page
    return AllocPages{f.request(*flags), {f.mode(), f.value(CommandFields::nodes)}};
}

std::optional<Command> parse_free(const std::vector<std::string_view>& words) {
    const auto pfn = number(words[1]);
    if (!pfn) return std::nullopt;
    CommandFields f;
    const std::string_view function = words[0];
    const bool one = function == "free_page" || function == "__free_page";
    if (one || function == "free_pages" || function == "__free_pages") {
        if (!f.read(words, 2, {CommandFields::order, CommandFields::cpu})) return std::nullopt;
        if (one ? f.value(CommandFields::order) != 0 : !f.has(CommandFields::order)) return std::nullopt;
        return FreePages{*pfn, static_cast<Order>(f.value(CommandFields::order)), f.cpu_number()};
    }
    if (function == "free_pages_exact" && f.read(words, 2, {CommandFields::size, CommandFields::cpu}))
        return FreePagesExact{*pfn, f.value(CommandFields::size, page_size), f.cpu_number()};
    if (function == "put_page" && f.read(words, 2, {CommandFields::cpu})) return PutPage{*pfn, f.cpu_number()};
    if (words.size() != 2) return std::nullopt;
    if (function == "get_page") return GetPage{*pfn};
    if (function == "split_page") return SplitPage{*pfn};
    return std::nullopt;
}

template<class Family>
Command to_command(Family command) {
    return std::visit([](auto&& c) { return Command(std::move(c)); }, std::move(command));
}

std::optional<Command> parse_words(const std::vector<std::string_view>& words) {
    if (words.empty()) return std::nullopt;
    if (words[0] == "drain_all_pages" && words.size() == 1) return DrainPages{};
    if (words[0] == "run_stage" && words.size() == 2) {
        if (const auto n = number(words[1]); n && *n < 0xffff) return RunStage{static_cast<unsigned>(*n)};
        return std::nullopt;
    }
    CommandFields f;
    if (words[0] == "drain_pages" && f.read(words, 1, {CommandFields::cpu}) && f.has(CommandFields::cpu))
        return DrainPages{f.cpu_number()};
    if (words[0] == "vmstat_update" && f.read(words, 1, {CommandFields::cpu})) return FoldVmstat{f.cpu_number()};
    if (auto command = parse_slab_command(words)) return to_command(std::move(*command));
    if (auto command = parse_vmalloc_command(words)) return to_command(std::move(*command));
    if (auto command = parse_highmem_command(words)) return to_command(std::move(*command));
    if (auto command = parse_process_command(words)) return to_command(std::move(*command));
    if (auto command = parse_task_command(words)) return to_command(*command);
    if (auto command = parse_percpu_command(words)) return to_command(*command);
    if (auto command = parse_contig_command(words)) return to_command(*command);
    if (auto command = parse_hotplug_command(words)) return to_command(*command);
    if (auto command = parse_set_memory_command(words)) return *command;
    if (words.size() < 2) return std::nullopt;
    if (auto command = parse_alloc(words)) return command;
    return parse_free(words);
}

struct AnyPrinter {
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
    template<class Other>
    std::string operator()(const Other& c) const {
        return command_text(c);
    }
};

}  // namespace

std::string to_text(const Command& command) {
    return std::visit(AnyPrinter{}, command);
}

bool is_allocation(const Command& command) {
    return std::holds_alternative<AllocPages>(command) || std::holds_alternative<AllocPagesExact>(command) ||
           std::holds_alternative<AllocPagesBulk>(command) || std::holds_alternative<Kmalloc>(command) ||
           std::holds_alternative<Krealloc>(command) || std::holds_alternative<KmemCacheAlloc>(command) ||
           std::holds_alternative<KmemCacheAllocBulk>(command) || std::holds_alternative<Vmalloc>(command) ||
           std::holds_alternative<AllocTask>(command) || std::holds_alternative<AllocPercpu>(command) ||
           std::holds_alternative<AllocContigRange>(command) || std::holds_alternative<CmaAlloc>(command);
}

Outcome<Command> parse_command(std::string_view text) {
    if (auto command = parse_words(split_words(text, " \t"))) return std::move(*command);
    return Error{fmt::format("read \"{}\"; expected one of: {}{}; {}; {}; {}; {}; {}; {}; {}; {}", text, expected,
                             slab_commands_expected, vmalloc_commands_expected, highmem_commands_expected,
                             process_commands_expected, task_commands_expected, percpu_commands_expected,
                             contig_commands_expected, hotplug_commands_expected, set_memory_commands_expected),
                 "", 0};
}

}  // namespace mm
