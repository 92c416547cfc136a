// SPDX-License-Identifier: GPL-3.0-or-later
// Fuzzy matching as editors' palettes have it: the letters of the pattern in order, anywhere in the text; better the
// fewer gaps and the more letters that begin a word.
//
//      "stov"  in "Step over"      St..ov    two word starts: good
//      "stov"  in "test oven"      st.ov     one word start: less
#pragma once

#include <QString>
#include <QVector>
#include <optional>

namespace mm::gui {

struct FuzzyMatch {
    int score = 0;           ///< higher is better; comparable for one pattern
    QVector<int> positions;  ///< of the pattern's letters in the text
};

/// Case and blanks of the pattern do not count; an empty pattern matches everything with score 0.
std::optional<FuzzyMatch> fuzzyMatch(const QString& pattern, const QString& text);

}  // namespace mm::gui
