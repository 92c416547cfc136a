// SPDX-License-Identifier: GPL-3.0-or-later
// A session as one document: what machine, where in time, every view as a picture with its table, notes, the kernel's
// log. HTML in one file that needs nothing else (pictures are inside), or PDF.
#pragma once

#include <QString>
#include <functional>

#include "gui/models/differences.h"
#include "gui/views/view.h"

namespace mm::gui {

/// Told before each of "of" steps; false: it is to end, and no file is written.
using ReportProgress = std::function<bool(int done, int of)>;

/// Always in the light theme's ink, for paper; the state is only read. "", or what went wrong.
QString saveReport(const QString& path, ViewState& state, const SnapshotPtr& snapshot, const ComparisonPtr& comparison,
                   const ReportProgress& progress = {});

}  // namespace mm::gui
