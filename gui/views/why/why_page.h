// SPDX-License-Identifier: GPL-3.0-or-later
// An explanation as a page to read: the answer large on top, the request, then each attempt with its zones (a gauge of
// free pages against the watermark, and the arithmetic), where the block came from, and the kernel's report where it
// failed. Links: "frames:FIRST:COUNT", "zone:NODE:TYPE", "event:NUMBER".
#pragma once

#include <QString>

#include "gui/models/table.h"
#include "gui/state/answers.h"
#include "gui/style/theme.h"

namespace mm::gui {

/// As HTML for a text browser of that width.
QString whyPage(const Explanation& explanation, const Theme& theme, int width);
/// The same in rows: event, function, what it says.
Table whyTable(const Explanation& explanation);
/// A line above all: "order 9, Unmovable: failed".
QString whyHeadline(const Explanation& explanation);

}  // namespace mm::gui
