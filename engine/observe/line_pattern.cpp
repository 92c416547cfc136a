// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/observe/line_pattern.h"

#include <algorithm>

namespace mm {
namespace {

/// Takes all characters of the set off the front; false where there is none.
bool take_run(std::string_view& line, std::string_view set) {
    const auto end = std::min(line.find_first_not_of(set), line.size());
    line.remove_prefix(end);
    return end != 0;
}

}  // namespace

bool begins_like(std::string_view line, std::string_view pattern) {
    // Where to go on when what follows the last "*" does not fit: one character further.
    std::string_view after_star, retry;
    bool star = false;
    while (!pattern.empty()) {
        const char p = pattern.front();
        pattern.remove_prefix(1);
        bool fits = false;
        if (p == '*') {
            star = fits = true;
            after_star = pattern;
            retry = line;
        } else if (p == '%') {
            fits = take_run(line, "0123456789");
        } else if (p == '^') {
            fits = take_run(line, "0123456789ABCDEF");
        } else if (p == '$') {
            fits = take_run(line, " ");
        } else if (!line.empty() && line.front() == p) {
            line.remove_prefix(1);
            fits = true;
        }
        if (fits) continue;
        if (!star || retry.empty()) return false;
        retry.remove_prefix(1);
        line = retry;
        pattern = after_star;
    }
    return true;
}

}  // namespace mm
