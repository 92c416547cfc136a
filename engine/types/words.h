// SPDX-License-Identifier: GPL-3.0-or-later
// Words of a line of text, and numbers that are a whole word. For readers of files and commands; a kernel's log is read
// by LogScanner.
#pragma once

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <vector>

namespace mm {

/// What stands between any of the blanks.
inline std::vector<std::string_view> split_words(std::string_view text, std::string_view blanks = " ") {
    std::vector<std::string_view> words;
    for (std::size_t at = text.find_first_not_of(blanks); at != std::string_view::npos;) {
        const std::size_t end = std::min(text.find_first_of(blanks, at), text.size());
        words.push_back(text.substr(at, end - at));
        at = text.find_first_not_of(blanks, end);
    }
    return words;
}

/// All of the word is a number of that base; nullopt: it is not, or T cannot hold it.
template<class T>
std::optional<T> whole_number(std::string_view word, int base = 10) {
    T value{};
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value, base);
    if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
    return value;
}

}  // namespace mm
