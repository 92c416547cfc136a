// SPDX-License-Identifier: GPL-3.0-or-later
// A log's lines one after another, cut at 64 KiB, with their numbers. For readers of logs; strip_log_prefix(), which
// log_reader.h declares, is in the same .cpp.
#pragma once

#include <optional>
#include <string_view>

namespace mm {

inline constexpr std::size_t max_log_line = 64 * 1024;

class LogLines {
public:
    explicit LogLines(std::string_view text) : m_rest(text) {}

    /// The next line without its end and prefix; nothing at the end of the text.
    std::optional<std::string_view> next();
    unsigned number() const { return m_number; }  ///< of the line that next() gave, from 1

private:
    std::string_view m_rest;
    unsigned m_number = 0;
};

}  // namespace mm
