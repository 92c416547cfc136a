// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/fuzzy.h"

#include <algorithm>
#include <vector>

namespace mm::gui {
namespace {

constexpr int startsWord = 12, followsLast = 8, anyLetter = 1, firstLetter = 6;
constexpr int impossible = -1000000;

bool beginsWord(const QString& text, qsizetype i) {
    if (i == 0) return true;
    const QChar before = text[i - 1];
    return !before.isLetterOrNumber() || (before.isLower() && text[i].isUpper());
}

}  // namespace

std::optional<FuzzyMatch> fuzzyMatch(const QString& pattern, const QString& text) {
    QString wanted;
    for (const QChar c : pattern)
        if (!c.isSpace()) wanted += c.toLower();
    const auto rows = static_cast<std::size_t>(wanted.size()), columns = static_cast<std::size_t>(text.size());
    if (rows == 0) return FuzzyMatch{};
    if (rows > columns) return {};
    // best[r][c]: the best score of the first r + 1 letters with letter r at c; from[r][c]: where letter r - 1 was
    // then.
    std::vector<std::vector<int>> best(rows, std::vector<int>(columns, impossible));
    std::vector<std::vector<int>> from(rows, std::vector<int>(columns, -1));
    for (std::size_t r = 0; r < rows; ++r) {
        int before = r == 0 ? 0 : impossible, beforeAt = -1;  // the best of the row above, left of c
        for (std::size_t c = 0; c < columns; ++c) {
            const auto at = static_cast<qsizetype>(c);
            if (before > impossible && text[at].toLower() == wanted[static_cast<qsizetype>(r)]) {
                best[r][c] = before + anyLetter + (beginsWord(text, at) ? startsWord : 0) + (c == 0 ? firstLetter : 0);
                from[r][c] = beforeAt;
                if (r > 0 && c > 0 && best[r - 1][c - 1] > impossible) {
                    const int follows = best[r - 1][c - 1] + anyLetter + followsLast;
                    if (follows > best[r][c]) best[r][c] = follows, from[r][c] = static_cast<int>(c) - 1;
                }
            }
            if (r > 0 && best[r - 1][c] > before) before = best[r - 1][c], beforeAt = static_cast<int>(c);
        }
    }
    const auto last = std::max_element(best.back().begin(), best.back().end());
    if (*last == impossible) return {};
    FuzzyMatch match;
    match.score = *last * 4 - static_cast<int>(columns);  // of equal ones the shorter text
    match.positions.resize(wanted.size());
    int at = static_cast<int>(last - best.back().begin());
    for (std::size_t r = rows; r-- > 0; at = from[r][static_cast<std::size_t>(at)])
        match.positions[static_cast<qsizetype>(r)] = at;
    return match;
}

}  // namespace mm::gui
