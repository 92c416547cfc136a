// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/verify/rows.h"

#include <algorithm>
#include <unordered_map>

namespace mm {
namespace {

constexpr std::size_t nowhere = ~std::size_t{0};

/// Of pairs sorted by their left line, as many as possible that rise on the right too (patience sorting).
std::vector<Match> uncrossed(const std::vector<Match>& pairs) {
    std::vector<std::size_t> ends, before(pairs.size(), nowhere);  // ends[n]: last pair of the best run of n + 1
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        const auto at = std::partition_point(ends.begin(), ends.end(),
                                             [&](std::size_t e) { return pairs[e].right < pairs[i].right; });
        if (at != ends.begin()) before[i] = *std::prev(at);
        if (at == ends.end())
            ends.push_back(i);
        else
            *at = i;
    }
    std::vector<Match> run;
    for (std::size_t i = ends.empty() ? nowhere : ends.back(); i != nowhere; i = before[i])
        run.push_back(pairs[i]);
    std::reverse(run.begin(), run.end());
    return run;
}

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// The line with each number as one '#'.
std::string shape_of(std::string_view line) {
    std::string shape;
    const std::string text = squeezed(line);
    for (std::size_t i = 0; i < text.size();) {
        if (!is_digit(text[i])) {
            shape += text[i++];
            continue;
        }
        shape += '#';
        const bool hex = text[i] == '0' && i + 1 < text.size() && text[i + 1] == 'x';
        if (hex) i += 2;
        while (i < text.size() && (hex ? is_hex(text[i]) : is_digit(text[i])))
            ++i;
    }
    return shape;
}

class Layout {
public:
    Layout(const Side& left, const Side& right, const std::vector<Match>& matches)
        : m_left(left), m_right(right), m_left_moved(left.lines.size()), m_right_moved(right.lines.size()) {
        for (const Match& match : matches)
            m_left_moved[match.left] = m_right_moved[match.right] = true;
    }

    std::vector<Row> rows(const std::vector<Match>& aligned) {
        for (const Match& pair : aligned) {
            between(pair.left, pair.right);
            const SideLine& line = m_left.lines[pair.left];
            RowState state = RowState::equal;
            if (line.kind.category == Category::given || line.handed_over) state = RowState::given;
            if (line.kind.category == Category::other && m_left.real) state = RowState::other;
            m_rows.push_back({state, line.kind.category, pair.left, pair.right});
            m_next_left = pair.left + 1;
            m_next_right = pair.right + 1;
        }
        between(m_left.lines.size(), m_right.lines.size());
        return std::move(m_rows);
    }

private:
    /// Could share a row with a line of the other side.
    bool comparable(const SideLine& line) const {
        return line.kind.derived() || (line.kind.category == Category::other && !m_left.real);
    }

    std::vector<std::size_t> candidates(const Side& side, const std::vector<bool>& moved, std::size_t from,
                                        std::size_t to) const {
        std::vector<std::size_t> result;
        for (std::size_t i = from; i < to; ++i)
            if (!moved[i] && comparable(side.lines[i])) result.push_back(i);
        return result;
    }

    std::vector<std::uint32_t> shapes(const Side& side, const std::vector<std::size_t>& lines) {
        std::vector<std::uint32_t> result;
        for (const std::size_t i : lines)
            result.push_back(
                m_shapes.try_emplace(shape_of(side.lines[i].text), static_cast<std::uint32_t>(m_shapes.size()))
                    .first->second);
        return result;
    }

    /// The lines before the next pair that is aligned.
    void between(std::size_t left_end, std::size_t right_end) {
        const auto l = candidates(m_left, m_left_moved, m_next_left, left_end);
        const auto r = candidates(m_right, m_right_moved, m_next_right, right_end);
        for (const Match& pair : longest_matching(shapes(m_left, l), shapes(m_right, r))) {
            alone(l[pair.left], r[pair.right]);
            m_rows.push_back({RowState::changed, m_left.lines[m_next_left].kind.category, m_next_left, m_next_right});
            ++m_next_left;
            ++m_next_right;
        }
        alone(left_end, right_end);
    }

    void alone(std::size_t left_end, std::size_t right_end) {
        for (; m_next_left < left_end; ++m_next_left)
            m_rows.push_back({state_of(m_left.lines[m_next_left], m_left_moved[m_next_left], RowState::only_left),
                              m_left.lines[m_next_left].kind.category,
                              m_next_left,
                              {}});
        for (; m_next_right < right_end; ++m_next_right)
            m_rows.push_back({state_of(m_right.lines[m_next_right], m_right_moved[m_next_right], RowState::only_right),
                              m_right.lines[m_next_right].kind.category,
                              {},
                              m_next_right});
    }

    RowState state_of(const SideLine& line, bool moved, RowState only) const {
        if (line.kind.category == Category::given || (moved && line.handed_over)) return RowState::given;
        if (!comparable(line)) return RowState::other;
        return moved ? RowState::moved : only;
    }

    const Side &m_left, &m_right;
    std::vector<bool> m_left_moved, m_right_moved;  ///< equal to a line of the other side
    std::unordered_map<std::string, std::uint32_t> m_shapes;
    std::size_t m_next_left = 0, m_next_right = 0;
    std::vector<Row> m_rows;
};

}  // namespace

std::vector<Row> side_by_side(const Side& left, const Side& right, std::vector<Match> matches) {
    std::sort(matches.begin(), matches.end(), [](const Match& a, const Match& b) { return a.left < b.left; });
    Layout layout(left, right, matches);
    return layout.rows(uncrossed(matches));
}

}  // namespace mm
