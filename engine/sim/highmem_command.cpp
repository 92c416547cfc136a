// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/highmem_command.h"

#include <fmt/format.h>

#include "engine/sim/command_words.h"

namespace mm {
namespace {

using Address = Outcome<std::optional<VirtAddr>>;

struct HighmemPrinter {
    std::string operator()(const Kmap& c) const { return fmt::format("kmap {:#x}", c.frame); }
    std::string operator()(const Kunmap& c) const { return fmt::format("kunmap {:#x}", c.frame); }
    std::string operator()(const KmapLocal& c) const { return fmt::format("kmap_local {:#x} cpu {}", c.frame, c.cpu); }
    std::string operator()(const KunmapLocal& c) const {
        return fmt::format("kunmap_local {:#x} cpu {}", c.address, c.cpu);
    }
    std::string operator()(const PageAddress& c) const { return fmt::format("page_address {:#x}", c.frame); }
    std::string operator()(const KmapFlushUnused&) const { return "kmap_flush_unused"; }
};

struct HighmemRunner {
    Highmem& highmem;
    const Tracer& trace;

    Address operator()(const Kmap& c) const { return highmem.kmap(c.frame, trace); }
    Address operator()(const Kunmap& c) const { return done(highmem.kunmap(c.frame, trace)); }
    Address operator()(const KmapLocal& c) const { return highmem.kmap_local(c.frame, c.cpu, trace); }
    Address operator()(const KunmapLocal& c) const { return done(highmem.kunmap_local(c.address, c.cpu, trace)); }
    Address operator()(const PageAddress& c) const {
        const Address address = highmem.page_address(c.frame);
        if (address && trace)
            trace.event({.kind = EventKind::kernel_note, .touched = phys_of(PfnRange{c.frame, c.frame + 1})},
                        *address ? fmt::format("page_address is {:#x}", **address) : "page_address is NULL");
        return address;
    }
    Address operator()(const KmapFlushUnused&) const {
        highmem.kmap_flush_unused(trace);
        return std::optional<VirtAddr>();
    }
    static Address done(const Outcome<Done>& outcome) {
        if (!outcome) return outcome.error();
        return std::optional<VirtAddr>();
    }
};

}  // namespace

std::string command_text(const HighmemCommand& command) {
    return std::visit(HighmemPrinter{}, command);
}

std::optional<HighmemCommand> parse_highmem_command(const std::vector<std::string_view>& words) {
    if (words.size() == 1 && words[0] == "kmap_flush_unused") return KmapFlushUnused{};
    const auto what = words.size() > 1 ? number(words[1]) : std::nullopt;
    if (!what) return std::nullopt;
    const std::string_view function = words[0];
    CommandFields f;
    if (function == "kmap_local" || function == "kmap_local_page" || function == "kmap_atomic") {
        if (!f.read(words, 2, {CommandFields::cpu})) return std::nullopt;
        return KmapLocal{*what, f.cpu_number()};
    }
    if (function == "kunmap_local" || function == "kunmap_atomic") {
        if (!f.read(words, 2, {CommandFields::cpu})) return std::nullopt;
        return KunmapLocal{*what, f.cpu_number()};
    }
    if (words.size() != 2) return std::nullopt;
    if (function == "kmap") return Kmap{*what};
    if (function == "kunmap") return Kunmap{*what};
    if (function == "page_address") return PageAddress{*what};
    return std::nullopt;
}

Outcome<std::optional<VirtAddr>> run_highmem_command(Highmem& highmem, const HighmemCommand& command,
                                                     const Tracer& trace) {
    return std::visit(HighmemRunner{highmem, trace}, command);
}

SlabPlaceAsked place_of(const HighmemCommand& command) {
    return std::visit(
        [](const auto& c) -> SlabPlaceAsked {
            if constexpr (requires { c.cpu; })
                return {c.cpu, no_node};
            else
                return {};
        },
        command);
}

}  // namespace mm
