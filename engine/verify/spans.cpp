// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/verify/spans.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>

#include "engine/verify/matching.h"

namespace mm {
namespace {

bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

std::vector<TextSpan> words_of(std::string_view text) {
    std::vector<TextSpan> words;
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t start = i++;
        while (is_word(text[start]) && i < text.size() && is_word(text[i]))
            ++i;
        words.push_back({start, i - start});
    }
    return words;
}

/// The words that no match names; those that touch become one.
std::vector<TextSpan> unmatched(const std::vector<TextSpan>& words, const std::vector<std::size_t>& matched) {
    std::vector<TextSpan> spans;
    std::size_t next = 0;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (next < matched.size() && matched[next] == i) {
            ++next;
        } else if (!spans.empty() && spans.back().start + spans.back().size == words[i].start) {
            spans.back().size += words[i].size;
        } else {
            spans.push_back(words[i]);
        }
    }
    return spans;
}

}  // namespace

DifferingSpans differing_spans(std::string_view left, std::string_view right) {
    const auto l = words_of(left), r = words_of(right);
    std::map<std::string_view, std::uint32_t> known;
    const auto numbers = [&](std::string_view text, const std::vector<TextSpan>& words) {
        std::vector<std::uint32_t> result;
        for (const TextSpan& word : words)
            result.push_back(
                known.try_emplace(text.substr(word.start, word.size), static_cast<std::uint32_t>(known.size()))
                    .first->second);
        return result;
    };
    const auto left_numbers = numbers(left, l), right_numbers = numbers(right, r);
    std::vector<std::size_t> left_matched, right_matched;
    for (const Match& match : longest_matching(left_numbers, right_numbers)) {
        left_matched.push_back(match.left);
        right_matched.push_back(match.right);
    }
    return {unmatched(l, left_matched), unmatched(r, right_matched)};
}

std::string difference_words(std::string_view left, std::string_view right, std::string_view left_name,
                             std::string_view right_name) {
    constexpr std::size_t most = 4;
    const auto spans = differing_spans(left, right);
    if (spans.left.size() != spans.right.size() || spans.left.size() > most) return {};
    std::string words;
    for (std::size_t i = 0; i < spans.left.size(); ++i) {
        const TextSpan &l = spans.left[i], &r = spans.right[i];
        words += fmt::format("{}{} {}, {} {}", words.empty() ? "" : "; ", left.substr(l.start, l.size), left_name,
                             right.substr(r.start, r.size), right_name);
    }
    return words;
}

}  // namespace mm
