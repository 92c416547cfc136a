// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "engine/replay/biography.h"

namespace mm {
namespace {

std::string frames(PfnRange r) {
    return r.size() == 1 ? fmt::format("{}", r.start) : fmt::format("{}..{}", r.start, r.end - 1);
}

/// "in use since before the recording, on an LRU list".
std::string state_text(const PfnReport& r) {
    std::string out(words_of(state_of(r.page.state)));
    if (r.free_block)
        out += fmt::format(", in {} (order {})", frames(block_of(*r.free_block, r.free_order)), r.free_order);
    if (state_of(r.page.state) == PageState::pcp)
        out += fmt::format(", to be freed as {}", name_of(alloc_type_of(r.page.state)));
    if (r.page.flags & bit(PageFlag::lru)) out += ", on an LRU list";
    return out;
}

constexpr std::array<std::string_view, 3> role_names{"itself", "split", "merged"};

}  // namespace

std::string text_of(const LifeLine& line, Pfn pfn) {
    const BlockEvent& e = line.what;
    const std::string whole = frames(block_of(e.pfn, std::max(e.order, e.other)));
    if (line.role == LifeLine::Role::merged)
        return fmt::format("free: its block grows to {} (order {}) on {}", whole, e.other, name_of(e.type));
    if (line.role == LifeLine::Role::split) {
        // Halves that do not hold the block taken stay free.
        Order half = e.order;
        while (block_of(e.pfn, half + 1).contains(pfn) == false)
            ++half;
        return fmt::format("free: its block {} is split for {}; it stays in {} (order {})", whole, e.pfn,
                           frames(block_of(pfn, half)), half);
    }
    if (e.kind == BlockEventKind::retyped)
        return fmt::format("{}: {} -> {}", words_of(e.kind), name_of(e.type), name_of(e.type2));
    std::string out = fmt::format("{}: {}", words_of(e.kind), frames(block_of(e.pfn, e.order)));
    if (e.order != 0) out += fmt::format(" (order {})", e.order);
    if (e.kind == BlockEventKind::stolen) return out + fmt::format(", {} -> {}", name_of(e.type), name_of(e.type2));
    if (e.kind != BlockEventKind::freed) out += fmt::format(" {}", name_of(e.type));
    if (e.other > e.order)
        out += fmt::format(", {} {} (order {})", is_freeing(e.kind) ? "merged to" : "cut from", whole, e.other);
    return out;
}

std::string print_text(const Biography& life, const TaskNames& tasks) {
    const PfnReport& r = life.start;
    std::string out =
        fmt::format("frame {} ({:#x}), zone {}, pageblock {} {}\n", r.pfn, r.pfn, r.zone ? zone_key(*r.zone) : "none",
                    align_down(r.pfn, pageblock_pages), name_of(r.pageblock));
    out += fmt::format("{:>9}  {:>12}  {:<18} {}\n", "start", "", "", state_text(r));
    for (const Biography::Line& line : life.lines)
        out += fmt::format("{:>9}  {:>12.6f}  {:<18} {}\n", line.life.what.event,
                           static_cast<double>(line.nanoseconds) / 1e9, task_text(line.pid, tasks),
                           text_of(line.life, r.pfn));
    return out;
}

std::string print_json(const Biography& life, const TaskNames& tasks) {
    const PfnReport& r = life.start;
    nlohmann::ordered_json j{{"pfn", r.pfn},
                             {"zone", r.zone ? zone_key(*r.zone) : ""},
                             {"pageblock", name_of(r.pageblock)},
                             {"state", state_text(r)},
                             {"lines", nlohmann::ordered_json::array()}};
    for (const Biography::Line& line : life.lines)
        j["lines"].push_back({{"event", line.life.what.event},
                              {"seconds", static_cast<double>(line.nanoseconds) / 1e9},
                              {"task", task_text(line.pid, tasks)},
                              {"pid", line.pid},
                              {"kind", name_of(line.life.what.kind)},
                              {"role", role_names[static_cast<std::size_t>(line.life.role)]},
                              {"text", text_of(line.life, r.pfn)}});
    return j.dump(1);
}

}  // namespace mm
