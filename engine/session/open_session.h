// SPDX-License-Identifier: GPL-3.0-or-later
// From a session to what it holds, alive again: the input is read and booted, the commands are done, the cursor goes
// where it was.
#pragma once

#include "engine/replay/replay_timeline.h"
#include "engine/session/session.h"
#include "engine/sim/open_capture.h"

namespace mm {

struct OpenedSession {
    OpenedCapture machine;                      ///< timeline null: it is a recording
    std::unique_ptr<ReplayTimeline> recording;  ///< null: it is a machine
    std::vector<std::string> losses;            ///< what could not be done again, in words
};

Outcome<OpenedSession> open_session(const Session& session);

/// Everything but files, source and the window's things, as the timeline has it now. with_hash: also what the state
/// after the last command is, which takes a look at all of it.
void take_from(Timeline& timeline, Session& session, bool with_hash = true);

}  // namespace mm
