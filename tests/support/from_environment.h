// SPDX-License-Identifier: GPL-3.0-or-later
// Seeds and counts that whoever runs a test may choose.
#pragma once

#include <cstdint>
#include <cstdlib>

namespace mm::test {

/// The variable's number (decimal, 0x, 0 octal), or otherwise where it is not set.
inline std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text ? std::strtoull(text, nullptr, 0) : otherwise;
}

}  // namespace mm::test
