// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/state/notes.h"

#include <algorithm>
#include <tuple>

namespace mm::gui {
namespace {

auto place(const Note& note) {
    return std::tuple(note.at, note.frames.start, note.frames.end);
}

}  // namespace

std::size_t Notes::add(const Note& note) {
    const auto at = std::lower_bound(m_notes.begin(), m_notes.end(), note,
                                     [](const Note& a, const Note& b) { return place(a) < place(b); });
    const auto index = static_cast<std::size_t>(at - m_notes.begin());
    if (at != m_notes.end() && place(*at) == place(note)) {
        if (!note.words.isEmpty()) setWords(index, note.words);
        return index;
    }
    m_notes.insert(at, note);
    Q_EMIT changed();
    return index;
}

void Notes::setWords(std::size_t index, const QString& words) {
    if (index >= m_notes.size() || m_notes[index].words == words) return;
    m_notes[index].words = words;
    Q_EMIT changed();
}

void Notes::remove(std::size_t index) {
    if (index >= m_notes.size()) return;
    m_notes.erase(m_notes.begin() + static_cast<std::ptrdiff_t>(index));
    Q_EMIT changed();
}

void Notes::clear() {
    if (m_notes.empty()) return;
    m_notes.clear();
    Q_EMIT changed();
}

Position Notes::next(Position at, bool forward) const {
    Position found = at;
    for (const Note& note : m_notes) {
        if (forward && note.at > at) return note.at;
        if (!forward && note.at < at) found = note.at;
    }
    return found;
}

QStringList Notes::toLines() const {
    QStringList lines;
    for (const Note& note : m_notes)
        lines.push_back(
            QString("%1 %2 %3 %4").arg(note.at).arg(note.frames.start).arg(note.frames.end).arg(note.words));
    return lines;
}

void Notes::fromLines(const QStringList& lines) {
    m_notes.clear();
    for (const QString& line : lines) {
        bool good[3] = {};
        Note note;
        note.at = line.section(' ', 0, 0).toULongLong(&good[0]);
        note.frames.start = line.section(' ', 1, 1).toULongLong(&good[1]);
        note.frames.end = line.section(' ', 2, 2).toULongLong(&good[2]);
        note.words = line.section(' ', 3);
        if (good[0] && good[1] && good[2]) add(note);
    }
    Q_EMIT changed();
}

}  // namespace mm::gui
