// SPDX-License-Identifier: GPL-3.0-or-later
// One side of a comparison from lines written in a test.
#pragma once

#include <string>
#include <vector>

#include "engine/verify/comparison.h"

namespace mm::test {

inline Side side(bool real, const std::vector<std::string>& lines) {
    Side result;
    result.title = real ? "real: Linux 6.1" : "computed: Linux 6.1";
    result.real = real;
    for (const std::string& line : lines)
        result.lines.push_back({.text = line, .kind = kind_of(line)});
    return result;
}

}  // namespace mm::test
