// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <charconv>

#include "engine/profile/kernel_profile.h"

namespace mm {
namespace {

constexpr std::array<KernelProfile, 1> profiles{{
    {.name = "6.1",
     .since = {6, 1, 0},
     .arch = Arch::x86_64,
     .pgdat_size = 0x2b000,
     .brk_size = 0x30000,
     .brk_used = 0x11000},
}};

constexpr bool digit(char c) {
    return c >= '0' && c <= '9';
}

}  // namespace

std::string KernelVersion::text() const {
    std::string s = std::to_string(major) + "." + std::to_string(minor);
    return patch ? s + "." + std::to_string(patch) : s;
}

KernelVersion parse_kernel_version(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!digit(text[i]) || (i > 0 && (digit(text[i - 1]) || text[i - 1] == '.'))) continue;
        unsigned parts[3] = {0, 0, 0};
        int n = 0;
        const char *p = text.data() + i, *end = text.data() + text.size();
        while (n < 3 && p < end && digit(*p)) {
            p = std::from_chars(p, end, parts[n++]).ptr;
            if (p + 1 >= end || *p != '.' || !digit(p[1])) break;
            ++p;
        }
        if (n >= 2) return {parts[0], parts[1], parts[2]};
    }
    return {};
}

std::string_view name_of(Arch arch) {
    switch (arch) {
        case Arch::x86_64:
            return "x86_64";
        case Arch::i386:
            return "i386";
        case Arch::arm64:
            return "arm64";
    }
    return "?";
}

std::span<const KernelProfile> all_profiles() {
    return profiles;
}

const KernelProfile& profile_for(Arch arch, KernelVersion version) {
    const KernelProfile* best = nullptr;
    for (const auto& p : profiles) {
        if (p.arch != arch) continue;
        const bool fits = p.since <= version;
        if (!best || (fits && (best->since > version || p.since > best->since)) ||
            (!fits && best->since > version && p.since < best->since))
            best = &p;
    }
    return best ? *best : profiles.front();
}

}  // namespace mm
