// SPDX-License-Identifier: GPL-3.0-or-later
// Expected failures are values: an Outcome<T> is a T or an Error with a sentence that a user understands (file, line,
// what was read, what was expected). Broken contracts assert instead. Stands in for std::expected, which gcc 12 lacks.
#pragma once

#include <cassert>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace mm {

struct Error {
    std::string message;  ///< a whole sentence: what was read, what was expected
    std::string file{};   ///< "" where no file is concerned
    unsigned line = 0;    ///< 1-based; 0 where no line is concerned

    /// "file:line: message", leaving out what is unknown.
    std::string text() const {
        std::string where = file;
        if (!file.empty() && line != 0) where += ":" + std::to_string(line);
        return where.empty() ? message : where + ": " + message;
    }
};

template<class T>
class [[nodiscard]] Outcome {
public:
    Outcome(T value) : m_state(std::in_place_index<0>, std::move(value)) {}
    Outcome(Error error) : m_state(std::in_place_index<1>, std::move(error)) {}

    explicit operator bool() const { return m_state.index() == 0; }
    /// REQUIRES: *this holds a value.
    T& value() { return std::get<0>(m_state); }
    const T& value() const { return std::get<0>(m_state); }
    T& operator*() { return value(); }
    const T& operator*() const { return value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }
    /// REQUIRES: *this holds an error.
    const Error& error() const { return std::get<1>(m_state); }

private:
    std::variant<T, Error> m_state;
};

struct Done {};

/// What check() of a stateful class returns: nothing, or the first broken invariant in words.
using Broken = std::optional<std::string>;

}  // namespace mm
