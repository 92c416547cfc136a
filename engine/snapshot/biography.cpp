// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/snapshot/biography.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace mm {

/// "in use since before the recording, on an LRU list".
std::string state_text(const PfnReport& r) {
    std::string out(words_of(state_of(r.page.state)));
    if (r.free_block)
        out += fmt::format(", in {} (order {})", frames_text(block_of(*r.free_block, r.free_order)), r.free_order);
    if (state_of(r.page.state) == PageState::pcp)
        out += fmt::format(", to be freed as {}", name_of(alloc_type_of(r.page.state)));
    if (r.page.flags & bit(PageFlag::lru)) out += ", on an LRU list";
    return out;
}

std::vector<Biography::Line> lines_of(const LifeIndex& lives, Pfn pfn, const Moments& moments) {
    std::vector<Biography::Line> out;
    for (const LifeLine& line : lives.life_of(pfn))
        out.push_back({line.what.event, moments(line.what.event), name_of(line.what.kind), name_of(line.role),
                       text_of(line, pfn)});
    return out;
}

std::string print_text(const Biography& life) {
    const PfnReport& r = life.start;
    std::string out =
        fmt::format("frame {} ({:#x}), zone {}, pageblock {} {}\n", r.pfn, r.pfn, r.zone ? zone_key(*r.zone) : "none",
                    align_down(r.pfn, pageblock_pages), name_of(r.pageblock));
    const bool timed = !life.lines.empty() && life.lines.front().when.seconds;
    std::size_t wide = 18;
    for (const Biography::Line& line : life.lines)
        wide = std::max(wide, line.when.who.size());
    out += fmt::format("{:>9}  {:>{}}{:<{}} {}\n", life.now ? "now" : "start", "", timed ? 14 : 0, "", wide,
                       state_text(r));
    for (const Biography::Line& line : life.lines)
        out += fmt::format("{:>9}  {:>{}}{:<{}} {}\n", line.event,
                           timed ? fmt::format("{:.6f}  ", line.when.seconds.value_or(0)) : "", timed ? 14 : 0,
                           line.when.who, wide, line.text);
    return out;
}

std::string print_json(const Biography& life) {
    const PfnReport& r = life.start;
    nlohmann::ordered_json j{{"pfn", r.pfn},
                             {"zone", r.zone ? zone_key(*r.zone) : ""},
                             {"pageblock", name_of(r.pageblock)},
                             {"state", state_text(r)},
                             {"lines", nlohmann::ordered_json::array()}};
    for (const Biography::Line& line : life.lines) {
        nlohmann::ordered_json one{{"event", line.event}};
        if (line.when.seconds) one["seconds"] = *line.when.seconds;
        one["task"] = line.when.who;
        one["kind"] = line.kind;
        one["role"] = line.role;
        one["text"] = line.text;
        j["lines"].push_back(std::move(one));
    }
    return j.dump(1);
}

}  // namespace mm
