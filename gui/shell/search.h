// SPDX-License-Identifier: GPL-3.0-or-later
// What the search box understands: a frame, a physical address, a stage. No window in here.
#pragma once

#include <QString>
#include <optional>
#include <variant>

#include "engine/snapshot/snapshot.h"

namespace mm::gui {

struct FoundFrame {
    Pfn pfn = 0;
};
struct FoundStage {
    int stage = 0;
};
using Found = std::variant<std::monostate, FoundFrame, FoundStage>;

/// "0x1a8c1000" is an address, "pfn 0x1a8c1" and "pfn 1a8c1" and a bare decimal number are frames, anything else is
/// (the beginning or a part of) a stage's name. why gets a sentence where nothing was found.
Found findPlace(const QString& what, const Snapshot& snapshot, QString* why);

}  // namespace mm::gui
