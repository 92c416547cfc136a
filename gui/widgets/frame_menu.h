// SPDX-License-Identifier: GPL-3.0-or-later
// What can happen to a page frame: commands for a panel's menu.
#pragma once

#include <QString>
#include <functional>

#include "engine/snapshot/snapshot.h"

class QMenu;

namespace mm::gui {

/// Commands that concern the frame, in a running machine alone. run: does one ("memory_failure 0x8000").
void addFrameCommands(QMenu& menu, const Snapshot* snapshot, std::optional<Pfn> pfn,
                      const std::function<void(QString)>& run);

}  // namespace mm::gui
