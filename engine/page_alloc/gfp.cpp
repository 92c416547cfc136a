// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/page_alloc/gfp.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <utility>

namespace mm {
namespace {

using namespace gfp;

struct Name {
    Gfp bits;
    std::string_view name;
};

// Order matters: whole combinations first, each taking its bits away, as the kernel's __def_gfpflag_names does.
constexpr std::array names{
    Name{GFP_TRANSHUGE, "GFP_TRANSHUGE"},
    Name{GFP_TRANSHUGE_LIGHT, "GFP_TRANSHUGE_LIGHT"},
    Name{GFP_HIGHUSER_MOVABLE, "GFP_HIGHUSER_MOVABLE"},
    Name{GFP_HIGHUSER, "GFP_HIGHUSER"},
    Name{GFP_USER, "GFP_USER"},
    Name{GFP_KERNEL_ACCOUNT, "GFP_KERNEL_ACCOUNT"},
    Name{GFP_KERNEL, "GFP_KERNEL"},
    Name{GFP_NOFS, "GFP_NOFS"},
    Name{GFP_ATOMIC, "GFP_ATOMIC"},
    Name{GFP_NOIO, "GFP_NOIO"},
    Name{GFP_NOWAIT, "GFP_NOWAIT"},
    Name{GFP_DMA, "GFP_DMA"},
    Name{highmem, "__GFP_HIGHMEM"},
    Name{GFP_DMA32, "GFP_DMA32"},
    Name{high, "__GFP_HIGH"},
    Name{atomic, "__GFP_ATOMIC"},
    Name{io, "__GFP_IO"},
    Name{fs, "__GFP_FS"},
    Name{nowarn, "__GFP_NOWARN"},
    Name{retry_mayfail, "__GFP_RETRY_MAYFAIL"},
    Name{nofail, "__GFP_NOFAIL"},
    Name{noretry, "__GFP_NORETRY"},
    Name{comp, "__GFP_COMP"},
    Name{zero, "__GFP_ZERO"},
    Name{nomemalloc, "__GFP_NOMEMALLOC"},
    Name{memalloc, "__GFP_MEMALLOC"},
    Name{hardwall, "__GFP_HARDWALL"},
    Name{thisnode, "__GFP_THISNODE"},
    Name{reclaimable, "__GFP_RECLAIMABLE"},
    Name{movable, "__GFP_MOVABLE"},
    Name{account, "__GFP_ACCOUNT"},
    Name{write, "__GFP_WRITE"},
    Name{reclaim, "__GFP_RECLAIM"},
    Name{direct_reclaim, "__GFP_DIRECT_RECLAIM"},
    Name{kswapd_reclaim, "__GFP_KSWAPD_RECLAIM"},
    Name{zerotags, "__GFP_ZEROTAGS"},
};

std::string_view trim(std::string_view s) {
    while (!s.empty() && (s.front() == ' ' || s.front() == '\t'))
        s.remove_prefix(1);
    while (!s.empty() && (s.back() == ' ' || s.back() == '\t'))
        s.remove_suffix(1);
    return s;
}

/// "__GFP_COMP" and "COMP" are the same; so are "GFP_KERNEL" and "KERNEL".
std::string_view bare(std::string_view name) {
    while (!name.empty() && name.front() == '_')
        name.remove_prefix(1);
    if (name.substr(0, 4) == "GFP_") name.remove_prefix(4);
    return name;
}

std::optional<Gfp> parse_one(std::string_view word) {
    if (word.substr(0, 2) == "0x" || word.substr(0, 2) == "0X") {
        Gfp value = 0;
        const char* end = word.data() + word.size();
        const auto [p, ec] = std::from_chars(word.data() + 2, end, value, 16);
        if (ec != std::errc{} || p != end) return std::nullopt;
        return value;
    }
    if (word == "0") return Gfp{0};
    for (const Name& n : names)
        if (word == n.name) return n.bits;
    for (const Name& n : names)
        if (bare(word) == bare(n.name)) return n.bits;
    return std::nullopt;
}

}  // namespace

bool zone_modifiers_allowed(Gfp flags) {
    // One of DMA, DMA32 and HIGHMEM at most; MOVABLE goes with each.
    const Gfp which = flags & (dma | dma32 | gfp::highmem);
    return (which & (which - 1)) == 0;
}

std::string gfp_text(Gfp flags) {
    if (flags == 0) return "none";
    std::string out;
    const auto append = [&out](std::string_view s) {
        if (!out.empty()) out += '|';
        out += s;
    };
    for (const Name& n : names) {
        if ((flags & n.bits) != n.bits) continue;
        append(n.name);
        flags &= ~n.bits;
    }
    if (flags) append(fmt::format("{:#x}", flags));
    return out;
}

std::optional<Gfp> parse_gfp(std::string_view text) {
    text = trim(text);
    if (text == "none") return Gfp{0};
    Gfp flags = 0;
    while (true) {
        const std::size_t bar = text.find('|');
        const std::optional<Gfp> one = parse_one(trim(text.substr(0, bar)));
        if (!one) return std::nullopt;
        flags |= *one;
        if (bar == std::string_view::npos) return flags;
        text.remove_prefix(bar + 1);
    }
}

}  // namespace mm
