// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/vmalloc_command.h"

#include <fmt/format.h>

#include <numeric>

#include "engine/sim/command_words.h"

namespace mm {
namespace {

using Words = std::vector<std::string_view>;
using Address = Outcome<std::optional<VirtAddr>>;

std::string where(const VmRequest& r, bool with_gfp) {
    std::string out = with_gfp ? " " + gfp_text(r.gfp) : std::string();
    if (r.nid != no_node) out += fmt::format(" node {}", r.nid);
    out += fmt::format(" cpu {}", r.cpu);
    return r.caller.empty() ? out : out + " caller " + r.caller;
}

struct VmallocPrinter {
    std::string operator()(const Vmalloc& c) const { return fmt::format("vmalloc {}{}", c.size, where(c.area, true)); }
    std::string operator()(const Vfree& c) const { return fmt::format("vfree {:#x} cpu {}", c.address, c.cpu); }
    std::string operator()(const Vmap& c) const {
        return fmt::format("vmap {:#x} count {}{}", c.first, c.count, where(c.area, false));
    }
    std::string operator()(const Vunmap& c) const { return fmt::format("vunmap {:#x} cpu {}", c.address, c.cpu); }
    std::string operator()(const Ioremap& c) const {
        return fmt::format("ioremap {:#x} {}{}", c.phys, c.size, where(c.area, false));
    }
    std::string operator()(const Iounmap& c) const { return fmt::format("iounmap {:#x} cpu {}", c.address, c.cpu); }
    std::string operator()(const VmUnmapAliases& c) const { return fmt::format("vm_unmap_aliases cpu {}", c.cpu); }
};

/// "GFP_KERNEL node 0 cpu 0 caller NAME" from that word on; flags need not stand there.
struct Tail {
    VmRequest request;
    NrPages count = 1;
};
std::optional<Tail> tail_at(Words words, std::size_t at) {
    Tail tail;
    if (words.size() >= at + 2 && words[words.size() - 2] == "caller") {
        tail.request.caller = words.back();
        words.resize(words.size() - 2);
    }
    if (at < words.size())
        if (const auto flags = parse_gfp(words[at])) tail.request.gfp = *flags, ++at;
    CommandFields f;
    if (!f.read(words, at, {CommandFields::node, CommandFields::cpu, CommandFields::count})) return std::nullopt;
    if (f.has(CommandFields::node)) tail.request.nid = static_cast<Nid>(f.value(CommandFields::node));
    tail.request.cpu = f.cpu_number();
    tail.count = f.value(CommandFields::count, 1);
    constexpr NrPages most = NrPages{1} << 24;  // frames in a row that can be mapped at once
    return tail.count <= most ? std::optional(tail) : std::nullopt;
}

struct VmallocRunner {
    VmallocAllocator& window;
    const Tracer& trace;

    Address operator()(const Vmalloc& c) const { return window.vmalloc(c.size, c.area, trace); }
    Address operator()(const Vfree& c) const { return done(window.vfree(c.address, c.cpu, trace)); }
    Address operator()(const Vmap& c) const {
        std::vector<Pfn> pages(c.count);
        std::iota(pages.begin(), pages.end(), c.first);
        return window.vmap(pages, c.area, trace);
    }
    Address operator()(const Vunmap& c) const { return done(window.vunmap(c.address, c.cpu, trace)); }
    Address operator()(const Ioremap& c) const { return window.ioremap(c.phys, c.size, c.area, trace); }
    Address operator()(const Iounmap& c) const { return done(window.iounmap(c.address, c.cpu, trace)); }
    Address operator()(const VmUnmapAliases& c) const {
        window.vm_unmap_aliases(c.cpu, trace);
        return std::optional<VirtAddr>();
    }
    static Address done(const Outcome<Done>& outcome) {
        if (!outcome) return outcome.error();
        return std::optional<VirtAddr>();
    }
};

std::optional<VmallocCommand> parse_ioremap(const Words& words, PhysAddr phys) {
    const auto size = words.size() > 2 ? number(words[2]) : std::nullopt;
    const auto tail = tail_at(words, 3);
    if (!size || !tail) return std::nullopt;
    return Ioremap{phys, *size, tail->request};
}

}  // namespace

std::string command_text(const VmallocCommand& command) {
    return std::visit(VmallocPrinter{}, command);
}

std::optional<VmallocCommand> parse_vmalloc_command(const Words& words) {
    if (words.empty()) return std::nullopt;
    const std::string_view function = words[0];
    if (function == "vm_unmap_aliases") {
        const auto tail = tail_at(words, 1);
        return tail ? std::optional<VmallocCommand>(VmUnmapAliases{tail->request.cpu}) : std::nullopt;
    }
    const auto first = words.size() > 1 ? number(words[1]) : std::nullopt;
    if (!first) return std::nullopt;
    if (function == "ioremap") return parse_ioremap(words, *first);
    auto tail = tail_at(words, 2);
    if (!tail) return std::nullopt;
    if (function == "vmap") return Vmap{*first, tail->count, tail->request};
    if (function == "vzalloc") tail->request.gfp |= gfp::zero;
    if (function == "vmalloc" || function == "vzalloc") return Vmalloc{*first, tail->request};
    if (function == "vfree") return Vfree{*first, tail->request.cpu};
    if (function == "vunmap") return Vunmap{*first, tail->request.cpu};
    if (function == "iounmap") return Iounmap{*first, tail->request.cpu};
    return std::nullopt;
}

Outcome<std::optional<VirtAddr>> run_vmalloc_command(VmallocAllocator& window, const VmallocCommand& command,
                                                     const Tracer& trace) {
    return std::visit(VmallocRunner{window, trace}, command);
}

SlabPlaceAsked place_of(const VmallocCommand& command) {
    return std::visit(
        [](const auto& c) -> SlabPlaceAsked {
            if constexpr (requires { c.area; })
                return {c.area.cpu, c.area.nid};
            else
                return {c.cpu, no_node};
        },
        command);
}

}  // namespace mm
