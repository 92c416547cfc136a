// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/firmware/memblock_call.h"

#include <array>

#include "engine/firmware/log_scanner.h"

namespace mm {
namespace {

constexpr std::array<std::string_view, 5> api_names{"memblock_phys_alloc_try_nid", "memblock_alloc_try_nid",
                                                    "memblock_alloc_try_nid_raw", "memblock_alloc_exact_nid_raw",
                                                    "memblock_phys_alloc_range"};

/// "vmemmap_alloc_block_zero.constprop.0+0xc/0x28" is vmemmap_alloc_block_zero.
std::string function_of(std::string_view symbol) {
    return std::string(symbol.substr(0, symbol.find_first_of(".+ ")));
}

/// "32768 bytes align=0x40 nid=-1 from=0x0 max_addr=0x0 sparse_init+0x9f/0x23c"
bool read_request(LogScanner& in, MemblockCall& call) {
    const auto size = in.take_decimal();
    const auto align = size && in.take(" bytes align=") ? in.take_hex() : std::nullopt;
    if (!align) return false;
    call.size = *size;
    call.align = *align;
    if (in.take(" nid=") && !in.take("-1")) {
        const auto nid = in.take_decimal();
        if (!nid || *nid > 0x7fff) return false;
        call.nid = static_cast<Nid>(*nid);
    }
    const auto from = in.take(" from=") ? in.take_hex() : std::nullopt;
    const auto max_addr = from && in.take(" max_addr=") ? in.take_hex() : std::nullopt;
    if (!max_addr || (*align & (*align - 1)) != 0 || *size == 0) return false;
    call.from = *from;
    call.max_addr = *max_addr;
    in.skip_blanks();
    return true;
}

/// "[0x000f5ba0-0x000f5baf] smp_scan_config+0x9b/0xeb"; an empty range ends one below its start, one of ULLONG_MAX
/// bytes two below.
bool read_range(LogScanner& in, MemblockCall& call) {
    const auto start = in.take("[") ? in.take_hex() : std::nullopt;
    const auto last = start && in.take("-") ? in.take_hex() : std::nullopt;
    const bool all = last && call.kind == MemblockCallKind::remove && *last + 2 == *start;
    if (!last || !in.take("] ") || (*last + 1 < *start && !all)) return false;
    call.range = {*start, all ? ~PhysAddr{0} : *last + 1};
    return true;
}

}  // namespace

std::string_view name_of(MemblockApi api) {
    return api_names[static_cast<std::size_t>(api)];
}

std::optional<MemblockCall> parse_memblock_call(std::string_view line) {
    LogScanner in(line);
    MemblockCall call;
    if (in.take("memblock_reserve: "))
        call.kind = MemblockCallKind::reserve;
    else if (in.take("memblock_phys_free: ") || in.take("memblock_free: "))
        call.kind = MemblockCallKind::phys_free;
    else if (in.take("memblock_remove: "))
        call.kind = MemblockCallKind::remove;
    else
        for (std::size_t api = api_names.size(); api-- > 0;)
            if (in.take(api_names[api]) && in.take(": ")) {
                call.api = static_cast<MemblockApi>(api);
                break;
            }
    if (call.kind == MemblockCallKind::alloc) {
        if (call.api == MemblockApi::unlogged || !read_request(in, call)) return {};
    } else if (!read_range(in, call)) {
        return {};
    }
    call.caller = function_of(in.rest());
    call.line = line;
    // memblock's own: answers to requests, and its doubled arrays.
    if (call.kind == MemblockCallKind::reserve &&
        (call.caller == "memblock_alloc_range_nid" || call.caller == "memblock_double_array"))
        return {};
    return call;
}

}  // namespace mm
