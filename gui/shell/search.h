// SPDX-License-Identifier: GPL-3.0-or-later
// What the search box and the palette understand: a frame, a physical or virtual address, a stage, words of the log or
// of an event. No window in here.
#pragma once

#include <QString>
#include <optional>
#include <variant>
#include <vector>

#include "engine/snapshot/snapshot.h"

namespace mm::gui {

struct FoundFrame {
    Pfn pfn = 0;
    QString how;  ///< "physical address 0x1a8c1000", "struct page at 0xffffea00006a3040"
};
struct FoundStage {
    int stage = 0;
};
/// Something that happened (or was printed) just before position at.
struct FoundMoment {
    Position at = 0;
    QString line;
    PfnRange frames{};  ///< what it touched
};
using Found = std::variant<std::monostate, FoundFrame, FoundStage, FoundMoment>;

/// All there is of that name, best first. "0x1a8c1000" is an address, physical where the machine has memory there, else
/// virtual; "pfn 0x1a8c1", "pfn 1a8c1" and a bare decimal number are frames; anything else is (a part of) a stage's
/// name, then of a line of the log, then of an event, from now on forwards and around. why gets a sentence where
/// nothing was found.
std::vector<Found> findPlaces(const QString& what, const Snapshot& snapshot, QString* why);
/// The first of them.
Found findPlace(const QString& what, const Snapshot& snapshot, QString* why);
/// "Go to pfn 0x1a8c1".
QString inWords(const Found& found, const Snapshot& snapshot);

}  // namespace mm::gui
