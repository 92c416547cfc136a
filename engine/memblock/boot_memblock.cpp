// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/memblock/boot_memblock.h"

#include <fmt/format.h>

#include <algorithm>

namespace mm {
namespace {

/// Is it one of "sparse_init_nid|memmap_alloc"?
bool is_one_of(std::string_view name, std::string_view alternatives) {
    for (;;) {
        const auto bar = alternatives.find('|');
        if (alternatives.substr(0, bar) == name) return true;
        if (bar == std::string_view::npos) return false;
        alternatives.remove_prefix(bar + 1);
    }
}

std::string_view first_of(std::string_view alternatives) {
    return alternatives.substr(0, alternatives.find('|'));
}

std::string request_line(const KernelBuild& build, const MemblockRequest& r) {
    const std::string nid = r.api == MemblockApi::phys_range ? "" : fmt::format(" nid={}", r.nid);
    return fmt::format("{}: {} bytes align={:#x}{} from={} max_addr={} {}", name_of(r.api), r.size, r.align, nid,
                       build.address(r.start), build.address(r.end), build.symbol(first_of(r.caller)));
}

}  // namespace

void BootMemblock::print_range(std::string_view what, PhysRange range, const MemblockCall* call,
                               std::string_view caller) const {
    if (!m_build) return;
    m_trace.printk(call ? call->line
                        : fmt::format("{}: {} {}", what, m_build->range(range), m_build->symbol(first_of(caller))));
}

/// The scripted call that is this one, with those before it served; null if there is none.
const MemblockCall* BootMemblock::take(MemblockCallKind kind, MemblockApi api, std::string_view caller,
                                       PhysRange range) const {
    if (!m_served) return nullptr;
    for (std::size_t i = *m_served; i < m_script.size(); ++i) {
        const MemblockCall& call = m_script[i];
        if (call.kind != kind || call.api != api) continue;
        const bool same_range = kind != MemblockCallKind::alloc && call.range == range;
        if (!same_range && !is_one_of(call.caller, caller)) continue;
        serve_until(i);
        *m_served = i + 1;
        return &call;
    }
    return nullptr;
}

void BootMemblock::serve_until(std::size_t end) const {
    while (*m_served < end)
        serve(m_script[(*m_served)++]);
}

void BootMemblock::serve_rest() const {
    if (m_served) serve_until(m_script.size());
}

/// One that only the log knows of.
void BootMemblock::serve(const MemblockCall& call) const {
    if (m_build) m_trace.printk(call.line);
    switch (call.kind) {
        case MemblockCallKind::alloc:
            answer({.size = call.size,
                    .align = call.align,
                    .start = call.from,
                    .end = call.max_addr,
                    .nid = call.nid,
                    .owner = call.caller,
                    .caller = call.caller,
                    .api = call.api});
            break;
        case MemblockCallKind::reserve:
            m_memblock.reserve(call.range.start, call.range.size(), call.caller, m_trace);
            break;
        case MemblockCallKind::phys_free:
            m_memblock.phys_free(call.range.start, call.range.size(), m_trace);
            break;
        case MemblockCallKind::remove:
            m_memblock.remove(call.range.start, call.range.size(), m_trace);
            break;
    }
}

PhysAddr BootMemblock::answer(const MemblockRequest& request) const {
    const bool retry_low = request.api != MemblockApi::phys_range && request.api != MemblockApi::unlogged;
    MemblockRequest asked = request;
    asked.exact_nid = request.exact_nid || request.api == MemblockApi::exact_nid_raw;
    const std::function<void(PhysRange)> found = [this](PhysRange range) {
        print_range("memblock_reserve", range, nullptr, "memblock_alloc_range_nid");
    };
    asked.found = &found;
    return m_memblock.alloc(asked, m_trace, retry_low);
}

PhysAddr BootMemblock::alloc(const MemblockRequest& request) const {
    MemblockRequest asked = request;
    if (request.api != MemblockApi::unlogged) {
        const MemblockCall* call = take(MemblockCallKind::alloc, request.api, request.caller, {});
        if (call) {
            asked.size = call->size;
            asked.align = call->align;
            asked.start = call->from;
            asked.end = call->max_addr;
            asked.nid = call->nid;
        }
        if (m_build) m_trace.printk(call ? call->line : request_line(*m_build, request));
    }
    return answer(asked);
}

void BootMemblock::add(PhysRange range, std::string_view caller) const {
    print_range("memblock_add", range, nullptr, caller);
    m_memblock.add(range.start, range.size(), m_trace);
}

void BootMemblock::reserve(PhysRange range, std::string_view owner, std::string_view caller) const {
    const MemblockCall* call = take(MemblockCallKind::reserve, MemblockApi::unlogged, caller, range);
    print_range("memblock_reserve", range, call, caller);
    const PhysRange taken = call ? call->range : range;
    m_memblock.reserve(taken.start, taken.size(), owner, m_trace);
}

void BootMemblock::phys_free(PhysRange range, std::string_view caller) const {
    const MemblockCall* call = take(MemblockCallKind::phys_free, MemblockApi::unlogged, caller, range);
    print_range("memblock_phys_free", range, call, caller);
    const PhysRange freed = call ? call->range : range;
    m_memblock.phys_free(freed.start, freed.size(), m_trace);
}

void BootMemblock::remove(PhysRange range, std::string_view caller) const {
    const MemblockCall* call = take(MemblockCallKind::remove, MemblockApi::unlogged, caller, range);
    print_range("memblock_remove", range, call, caller);
    const PhysRange gone = call ? call->range : range;
    m_memblock.remove(gone.start, gone.size(), m_trace);
}

void BootMemblock::remove_from(PhysAddr start, std::string_view caller) const {
    const MemblockCall* call = take(MemblockCallKind::remove, MemblockApi::unlogged, caller, {start, ~PhysAddr{0}});
    // Printed before the length is capped: the last byte wraps.
    print_range("memblock_remove", {start, start - 1}, call, caller);
    m_memblock.remove(start, ~Bytes{0}, m_trace);
}

void BootMemblock::dump_all() const {
    if (!m_build) return;
    for (std::string& line : m_memblock.dump_lines(m_build->phys_addr_digits))
        m_trace.printk(std::move(line));
}

}  // namespace mm
