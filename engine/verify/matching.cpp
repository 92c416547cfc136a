// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/verify/matching.h"

#include <algorithm>
#include <unordered_set>

namespace mm {
namespace {

using Index = std::int64_t;

/// A stretch of both lists, and where in it to cut so that the two halves can be matched on their own.
struct Box {
    Index left = 0, top = 0, right = 0, bottom = 0;  ///< [left, right) of one list, [top, bottom) of the other
    Index width() const { return right - left; }
    Index height() const { return bottom - top; }
};
struct Cut {
    Index x = 0, y = 0;
};

class Matcher {
public:
    Matcher(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b)
        : m_a(a), m_b(b), m_forward(a.size() + b.size() + 3), m_backward(a.size() + b.size() + 3) {}

    std::vector<Match> run() {
        std::vector<Box> todo{{0, 0, size(m_a), size(m_b)}};
        while (!todo.empty()) {
            Box box = todo.back();
            todo.pop_back();
            trim(box);
            if (box.width() == 0 || box.height() == 0) continue;
            const Cut cut = middle(box);
            todo.push_back({box.left, box.top, cut.x, cut.y});
            todo.push_back({cut.x, cut.y, box.right, box.bottom});
        }
        std::sort(m_matches.begin(), m_matches.end(), [](const Match& p, const Match& q) { return p.left < q.left; });
        return std::move(m_matches);
    }

private:
    static Index size(std::span<const std::uint32_t> list) { return static_cast<Index>(list.size()); }
    bool same(Index x, Index y) const { return m_a[static_cast<std::size_t>(x)] == m_b[static_cast<std::size_t>(y)]; }
    void add(Index x, Index y) { m_matches.push_back({static_cast<std::size_t>(x), static_cast<std::size_t>(y)}); }

    /// What is the same at the beginning and at the end.
    void trim(Box& box) {
        while (box.width() > 0 && box.height() > 0 && same(box.left, box.top))
            add(box.left++, box.top++);
        while (box.width() > 0 && box.height() > 0 && same(box.right - 1, box.bottom - 1))
            add(--box.right, --box.bottom);
    }

    Index& forward(Index k) { return m_forward[static_cast<std::size_t>(k + size(m_b) + 1)]; }
    Index& backward(Index k) { return m_backward[static_cast<std::size_t>(k + size(m_b) + 1)]; }

    /// A point that some best path goes through, found from both ends at once. REQUIRES: trimmed, so that the ends
    /// differ and both halves are smaller than the box.
    Cut middle(const Box& box) {
        const Index first = box.left - box.top, last = box.right - box.bottom;
        const bool odd = ((last - first) & 1) != 0;
        Reach f{first, first}, b{last, last};
        forward(first) = box.left;
        backward(last) = box.right;
        for (Index cost = 1, limit = limit_of(box);; ++cost) {
            if (f.widen_below(box)) forward(f.low - 1) = box.left - 1;
            if (f.widen_above(box)) forward(f.high + 1) = box.left - 1;
            for (Index k = f.high; k >= f.low; k -= 2) {
                const Index x = step_forward(k, box);
                if (odd && b.has(k) && backward(k) <= x) return {x, x - k};
            }
            if (b.widen_below(box)) backward(b.low - 1) = box.right + 1;
            if (b.widen_above(box)) backward(b.high + 1) = box.right + 1;
            for (Index k = b.high; k >= b.low; k -= 2) {
                const Index x = step_backward(k, box);
                if (!odd && f.has(k) && x <= forward(k)) return {x, x - k};
            }
            if (cost >= limit) return furthest(f, box);
        }
    }

    /// Half of all differences that two lists of exact_size can have; less for larger ones, so that the time stays
    /// about linear.
    static Index limit_of(const Box& box) {
        constexpr Index exact = static_cast<Index>(exact_size), least = 256;
        const Index all = box.width() + box.height();
        return all <= 2 * exact ? exact + 1 : std::max(least, 2 * exact * exact / all);
    }

    /// The diagonals k = x - y that are looked at: one more at each side with each step, but none outside the box.
    struct Reach {
        Index low, high;
        bool has(Index k) const { return low <= k && k <= high; }
        /// False where the edge of the box was reached: every other diagonal drops out again.
        bool widen_below(const Box& box) {
            if (low > box.left - box.bottom) return --low, true;
            return ++low, false;
        }
        bool widen_above(const Box& box) {
            if (high < box.right - box.top) return ++high, true;
            return --high, false;
        }
    };

    Index step_forward(Index k, const Box& box) {
        Index x = std::max(forward(k - 1) + 1, forward(k + 1));
        for (; x < box.right && x - k < box.bottom && same(x, x - k); ++x) {
        }
        return forward(k) = x;
    }

    Index step_backward(Index k, const Box& box) {
        Index x = std::min(backward(k - 1), backward(k + 1) - 1);
        for (; x > box.left && x - k > box.top && same(x - 1, x - k - 1); --x) {
        }
        return backward(k) = x;
    }

    /// Too costly: cut where the search got furthest.
    Cut furthest(const Reach& f, const Box& box) {
        Cut best{box.right, box.top};  // nothing in between, should the search have got nowhere
        Index sum = box.left + box.top;
        for (Index k = f.high; k >= f.low; k -= 2) {
            const Index x = std::min(forward(k), box.right), y = std::min(x - k, box.bottom);
            if (y < box.top || y + k + y <= sum) continue;
            sum = y + k + y;
            best = {y + k, y};
        }
        return best;
    }

    std::span<const std::uint32_t> m_a, m_b;
    std::vector<Index> m_forward, m_backward;
    std::vector<Match> m_matches;
};

/// The elements that the other side has too, and where they were.
struct CommonElements {
    std::vector<std::uint32_t> elements;
    std::vector<std::size_t> at;
    CommonElements(std::span<const std::uint32_t> own, std::span<const std::uint32_t> other) {
        const std::unordered_set<std::uint32_t> there(other.begin(), other.end());
        for (std::size_t i = 0; i < own.size(); ++i)
            if (there.contains(own[i])) {
                elements.push_back(own[i]);
                at.push_back(i);
            }
    }
};

}  // namespace

std::vector<Match> longest_matching(std::span<const std::uint32_t> left, std::span<const std::uint32_t> right) {
    const CommonElements l(left, right), r(right, left);
    std::vector<Match> matches = Matcher(l.elements, r.elements).run();
    for (Match& match : matches)
        match = {l.at[match.left], r.at[match.right]};
    return matches;
}

}  // namespace mm
