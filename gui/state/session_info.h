// SPDX-License-Identifier: GPL-3.0-or-later
// What the window gives into a session's file and gets back from it, beside the machine and what was done with it:
// words by their keys, of which the engine knows nothing.
#pragma once

#include <QString>
#include <QStringList>
#include <map>
#include <memory>
#include <string>

namespace mm::gui {

using SessionThings = std::map<std::string, std::string>;

/// Of the session that is open.
struct SessionInfo {
    QString path;
    SessionThings things;
    QStringList losses;  ///< what was damaged, in words
};
using SessionInfoPtr = std::shared_ptr<const SessionInfo>;

}  // namespace mm::gui
