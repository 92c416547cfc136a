// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/verify/comparison.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "engine/verify/matching.h"
#include "engine/verify/rows.h"

namespace mm {
namespace {

/// Texts as numbers: equal texts, equal numbers.
class Numbers {
public:
    std::uint32_t of(const SideLine& line) {
        return m_known.try_emplace(squeezed(line.text), static_cast<std::uint32_t>(m_known.size())).first->second;
    }

private:
    std::unordered_map<std::string, std::uint32_t> m_known;
};

/// The lines of one category, as indices and as numbers.
struct Lines {
    std::vector<std::size_t> at;
    std::vector<std::uint32_t> numbers;
};
using ByCategory = std::map<Category, Lines>;

ByCategory by_category(const Side& side, Numbers& numbers) {
    ByCategory result;
    for (std::size_t i = 0; i < side.lines.size(); ++i) {
        Lines& lines = result[side.lines[i].kind.category];
        lines.at.push_back(i);
        lines.numbers.push_back(numbers.of(side.lines[i]));
    }
    return result;
}

CategoryCount count(Category category, const Lines& left, const Lines& right, const std::vector<Match>& matches,
                    const Side& side) {
    CategoryCount c{.category = category, .left = left.at.size(), .right = right.at.size()};
    for (const Match& match : matches)
        if (side.lines[match.left].handed_over)
            ++c.given;
        else
            ++c.equal;
    c.left -= c.given;
    c.right -= c.given;
    return c;
}

/// Each pair of equal lines of any category; fills the counts on the way.
std::vector<Match> match_lines(Comparison& result) {
    Numbers numbers;
    const ByCategory left = by_category(result.left, numbers), right = by_category(result.right, numbers);
    static const Lines none;
    const auto lines_in = [](const ByCategory& side, Category category) -> const Lines& {
        const auto found = side.find(category);
        return found == side.end() ? none : found->second;
    };
    std::vector<Match> all;
    for (std::size_t i = 0; i < nr_categories + 2; ++i) {
        const auto category = static_cast<Category>(i);
        const Lines &l = lines_in(left, category), &r = lines_in(right, category);
        auto matches = longest_matching(l.numbers, r.numbers);
        for (Match& match : matches)
            match = {l.at[match.left], r.at[match.right]};
        all.insert(all.end(), matches.begin(), matches.end());
        // Between two computed logs there is nothing that we do not know how to compare.
        const bool counted = category < Category::given || (category == Category::other && !result.left.real);
        if (counted && !(l.at.empty() && r.at.empty()))
            result.counts.push_back(count(category, l, r, matches, result.left));
        if (category == Category::given) result.given = l.at.size();
        if (category == Category::other) result.not_compared = result.left.real ? l.at.size() : 0;
    }
    for (const CategoryCount& c : result.counts)
        result.given += c.given;
    return all;
}

/// Facts of one side under a name that is unique on it: the pcp fields come once a CPU.
std::vector<std::pair<std::string, const ZoneFact*>> named(const std::vector<ZoneFact>& facts) {
    std::vector<std::pair<std::string, const ZoneFact*>> result;
    std::map<std::string, unsigned> seen;
    for (const ZoneFact& fact : facts) {
        const unsigned cpu = seen[fact.zone + " " + fact.field]++;
        const bool pcp = fact.field.starts_with("pcp");
        result.emplace_back(pcp ? fact.field + ", CPU " + std::to_string(cpu) : fact.field, &fact);
    }
    return result;
}

void match_zones(Comparison& result) {
    if (result.left.zones.empty() || result.right.zones.empty()) return;
    const auto left = named(result.left.zones), right = named(result.right.zones);
    std::map<std::pair<std::string, std::string>, std::size_t> at;
    for (const auto& [field, fact] : left) {
        at[{fact->zone, field}] = result.zones.size();
        result.zones.push_back({fact->zone, field, fact->value, {}, function_of_zone_field(fact->field)});
    }
    for (const auto& [field, fact] : right) {
        const auto found = at.find({fact->zone, field});
        if (found != at.end())
            result.zones[found->second].right = fact->value;
        else
            result.zones.push_back({fact->zone, field, {}, fact->value, function_of_zone_field(fact->field)});
    }
    CategoryCount c{.category = Category::zoneinfo, .left = left.size(), .right = right.size()};
    c.equal = static_cast<std::size_t>(
        std::count_if(result.zones.begin(), result.zones.end(), [](const ZoneRow& row) { return !row.differs(); }));
    result.counts.push_back(c);
}

}  // namespace

std::string squeezed(std::string_view line) {
    std::string out;
    for (const char c : line) {
        const bool blank = c == ' ' || c == '\t';
        if (!blank)
            out += c;
        else if (!out.empty() && out.back() != ' ')
            out += ' ';
    }
    if (out.ends_with(' ')) out.pop_back();
    return out;
}

std::size_t Comparison::equal() const {
    std::size_t sum = 0;
    for (const CategoryCount& c : counts)
        sum += c.equal;
    return sum;
}

std::size_t Comparison::different() const {
    std::size_t sum = 0;
    for (const CategoryCount& c : counts)
        sum += c.different();
    return sum;
}

Comparison compare(Side left, Side right) {
    Comparison result;
    result.left = std::move(left);
    result.right = std::move(right);
    const auto matches = match_lines(result);
    result.rows = side_by_side(result.left, result.right, matches);
    match_zones(result);
    return result;
}

}  // namespace mm
