// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/profile/kernel_build.h"

#include <algorithm>
#include <array>

namespace mm {
namespace {

constexpr KernelSymbol amd64_symbols[] = {
    {"memblock_alloc_range_nid", "+0xb0/0x13d"},
    {"e820__memblock_setup", "+0x65/0x7d"},
};
constexpr KernelSymbol i686_symbols[] = {
    {"memblock_alloc_range_nid", "+0x95/0x101"},
    {"e820__memblock_setup", "+0x79/0x93"},
};
constexpr KernelSymbol i686_pae_symbols[] = {
    {"memblock_alloc_range_nid", "+0xde/0x17b"},
    {"e820__memblock_setup", "+0x6a/0x88"},
};
constexpr KernelSymbol arm64_symbols[] = {
    {"memblock_alloc_range_nid", "+0xe8/0x17c"},
    {"arm64_memblock_init", "+0x14c/0x260"},
    {"free_initrd_mem", "+0x34/0x5c"},
};

constexpr std::array<KernelBuild, 4> builds{{
    {"6.1.0-56-amd64", "-amd64", Arch::x86_64, 16, amd64_symbols},
    {"6.1.0-50-686", "-686", Arch::i386, 8, i686_symbols},
    {"6.1.0-50-686-pae", "-686-pae", Arch::i386, 16, i686_pae_symbols},
    {"6.1.0-56-arm64", "-arm64", Arch::arm64, 16, arm64_symbols},
}};

/// "Linux version 6.1.0-56-amd64 (...": the third word.
std::string_view release_of(std::string_view banner) {
    constexpr std::string_view start = "Linux version ";
    if (!banner.starts_with(start)) return {};
    banner.remove_prefix(start.size());
    return banner.substr(0, banner.find(' '));
}

}  // namespace

std::string KernelBuild::symbol(std::string_view function) const {
    const auto it = std::find_if(symbols.begin(), symbols.end(), [&](const auto& s) { return s.function == function; });
    return std::string(function) + std::string(it == symbols.end() ? std::string_view{} : it->place);
}

std::string KernelBuild::address(PhysAddr addr) const {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text(2 + phys_addr_digits, '0');
    text[1] = 'x';
    for (std::size_t i = text.size(); i-- > 2; addr >>= 4)
        text[i] = digits[addr & 0xf];
    return text;
}

std::string KernelBuild::range(PhysRange range) const {
    return "[" + address(range.start) + "-" + address(range.end - 1) + "]";
}

const KernelBuild& kernel_build_for(std::string_view banner, Arch arch) {
    const std::string_view release = release_of(banner);
    const auto find = [](auto fits) { return std::find_if(builds.begin(), builds.end(), fits); };
    auto it = find([&](const KernelBuild& b) { return b.release == release; });
    if (it == builds.end()) it = find([&](const KernelBuild& b) { return release.ends_with(b.flavour); });
    if (it == builds.end()) it = find([&](const KernelBuild& b) { return b.arch == arch; });
    return *it;
}

}  // namespace mm
