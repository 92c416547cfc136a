// SPDX-License-Identifier: GPL-3.0-or-later
// Where resources/ is at run time: share/mmscope/resources beside an installed program, else the source tree the
// program was built from.
#pragma once

#include <QString>

namespace mm::gui {

/// Absolute path of a file or folder under resources/: resourcePath("explain/mm_init.md"). It need not exist.
QString resourcePath(const QString& relative);

}  // namespace mm::gui
