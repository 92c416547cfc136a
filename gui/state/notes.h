// SPDX-License-Identifier: GPL-3.0-or-later
// Bookmarks and notes: moments (and frames) with words of the user's. Sorted by moment; one a moment and range.
#pragma once

#include <QObject>
#include <QString>
#include <QStringList>
#include <vector>

#include "engine/snapshot/history.h"
#include "engine/types/units.h"

namespace mm::gui {

struct Note {
    Position at = 0;
    PfnRange frames{};  ///< empty: of the moment alone
    QString words;
    friend bool operator==(const Note&, const Note&) = default;
};

class Notes : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;

    const std::vector<Note>& all() const { return m_notes; }
    /// Its index. Where one of the same moment and frames is, only its words change (unless the new ones are empty).
    std::size_t add(const Note& note);
    void setWords(std::size_t index, const QString& words);
    void remove(std::size_t index);
    void clear();
    /// The nearest moment with a note before or after; none: at itself.
    Position next(Position at, bool forward) const;

    /// A line a note, for settings and files; lines that are none are left out.
    QStringList toLines() const;
    void fromLines(const QStringList& lines);

Q_SIGNALS:
    void changed();

private:
    std::vector<Note> m_notes;
};

}  // namespace mm::gui
