// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/contig_command.h"

#include <fmt/format.h>

#include "engine/sim/command_words.h"

namespace mm {
namespace {

struct ContigPrinter {
    std::string operator()(const AllocContigRange& c) const { return frames("alloc_contig_range", c); }
    std::string operator()(const FreeContigRange& c) const { return frames("free_contig_range", c); }
    std::string operator()(const CmaAlloc& c) const {
        return fmt::format("cma_alloc {} align {} cpu {}", c.count, c.align, c.cpu);
    }
    std::string operator()(const CmaRelease& c) const { return frames("cma_release", c); }

private:
    template<class Asked>
    static std::string frames(std::string_view name, const Asked& c) {
        return fmt::format("{} {:#x} count {} cpu {}", name, c.pfn, c.count, c.cpu);
    }
};

struct ContigRunner {
    const ContigRooms& rooms;
    using Answer = Outcome<std::optional<Pfn>>;

    Answer operator()(const AllocContigRange& c) const {
        const auto done = rooms.contig.alloc({c.pfn, c.pfn + c.count}, MigrateType::movable);
        if (!done) return done.error();
        return *done ? std::optional(c.pfn) : std::nullopt;
    }
    Answer operator()(const FreeContigRange& c) const { return given(rooms.contig.free({c.pfn, c.pfn + c.count})); }
    Answer operator()(const CmaAlloc& c) const { return rooms.cma.alloc(c.count, c.align); }
    Answer operator()(const CmaRelease& c) const { return given(rooms.cma.release(c.pfn, c.count)); }

private:
    static Answer given(const Outcome<Done>& done) {
        if (!done) return done.error();
        return std::optional<Pfn>();
    }
};

template<class Asked>
Asked frames_of(std::uint64_t pfn, const CommandFields& f) {
    return {pfn, f.value(CommandFields::count, 1), f.cpu_number()};
}

}  // namespace

std::string command_text(const ContigCommand& command) {
    return std::visit(ContigPrinter{}, command);
}

std::optional<ContigCommand> parse_contig_command(const std::vector<std::string_view>& words) {
    const auto first = words.size() > 1 ? number(words[1]) : std::nullopt;
    if (!first) return std::nullopt;
    CommandFields f;
    if (words[0] == "cma_alloc") {
        if (!f.read(words, 2, {CommandFields::align, CommandFields::cpu})) return std::nullopt;
        const std::uint64_t align = f.value(CommandFields::align);
        if (align >= max_orders) return std::nullopt;
        return CmaAlloc{*first, static_cast<Order>(align), f.cpu_number()};
    }
    constexpr std::uint64_t most = std::uint64_t{1} << 40;  // so that sums do not overflow
    if (!f.read(words, 2, {CommandFields::count, CommandFields::cpu})) return std::nullopt;
    if (*first > most || f.value(CommandFields::count, 1) > most) return std::nullopt;
    if (words[0] == "alloc_contig_range") return frames_of<AllocContigRange>(*first, f);
    if (words[0] == "free_contig_range") return frames_of<FreeContigRange>(*first, f);
    if (words[0] == "cma_release") return frames_of<CmaRelease>(*first, f);
    return std::nullopt;
}

unsigned cpu_of(const ContigCommand& command) {
    return std::visit([](const auto& c) { return c.cpu; }, command);
}

Pfn given_back(const ContigCommand& command) {
    const auto* range = std::get_if<FreeContigRange>(&command);
    return range ? range->pfn : no_pfn;
}

Outcome<std::optional<Pfn>> run_contig_command(const ContigRooms& rooms, const ContigCommand& command) {
    return std::visit(ContigRunner{rooms}, command);
}

}  // namespace mm
