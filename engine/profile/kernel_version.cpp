// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/profile/kernel_version.h"

#include <charconv>

namespace mm {
namespace {

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

}  // namespace mm
