// SPDX-License-Identifier: GPL-3.0-or-later
// Appending formatted text: what the printers of this room are made of. Private to it.
#pragma once

#include <fmt/format.h>

#include <iterator>
#include <string>

namespace mm {

template<class... Args>
void put(std::string& out, fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
}

}  // namespace mm
