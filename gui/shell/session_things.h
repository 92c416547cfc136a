// SPDX-License-Identifier: GPL-3.0-or-later
// Words of a session's file by their keys, as Qt has them.
#pragma once

#include <QString>

#include "gui/state/session_info.h"

namespace mm::gui {

/// "" where there are none.
inline QString wordsOf(const SessionThings& things, const char* key) {
    const auto found = things.find(key);
    return found == things.end() ? QString() : QString::fromStdString(found->second);
}

}  // namespace mm::gui
