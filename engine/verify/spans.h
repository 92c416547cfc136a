// SPDX-License-Identifier: GPL-3.0-or-later
// Where two lines differ, word by word, for marking and for saying it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mm {

struct TextSpan {
    std::size_t start = 0, size = 0;
    friend bool operator==(const TextSpan&, const TextSpan&) = default;
};

struct DifferingSpans {
    std::vector<TextSpan> left, right;  ///< in order, never touching
};

/// Words are runs of letters, digits and '_'; anything else stands for itself.
DifferingSpans differing_spans(std::string_view left, std::string_view right);

/// "131072 real, 130972 computed; ..." : the words that differ, at most four of them.
std::string difference_words(std::string_view left, std::string_view right, std::string_view left_name,
                             std::string_view right_name);

}  // namespace mm
