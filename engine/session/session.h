// SPDX-License-Identifier: GPL-3.0-or-later
// Session: all that has to be kept so that a machine, or a recording, and what was done with it is there again: the
// input as it was read, the kernel's rules, the commands, where one stood; and beside it what the window wants back
// (layout, notes), which the engine does not look into.
//
//      input ─ read, boot ─► machine ─ commands ─► the state after the last one, which must have the hash that is kept
//
// Keyframes are not kept: same input, rules and commands give the same states, bit for bit. Not for: how it lies in a
// file (session_file.h), or how it is opened (open_session.h).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/firmware/capture_files.h"
#include "engine/sim/timeline.h"

namespace mm {

struct SessionFile {
    std::string name;  ///< relative, with slashes
    std::string contents;
    friend bool operator==(const SessionFile&, const SessionFile&) = default;
};

struct Session {
    enum class Kind { machine, recording };

    Kind kind = Kind::machine;
    std::string name;                           ///< of the machine
    std::string source;                         ///< where the input was read from, for people
    std::vector<SessionFile> files;             ///< the input
    std::string profile;                        ///< kernel rules asked for; "": the log's own
    std::uint64_t seed = 0;                     ///< of the last workload
    std::vector<Command> commands;              ///< after the boot
    std::vector<ActionLog::Done> actions;       ///< first: index into commands
    std::string branch = Branches::first_name;  ///< the one these commands are of
    std::vector<KeptBranch> branches;           ///< the others
    Position cursor = 0;
    std::uint64_t hash = 0;  ///< of the state after the last command; 0: unknown
    std::map<std::string, std::string> window;
    friend bool operator==(const Session&, const Session&) = default;
};

/// The texts of a capture as files, and back. Files of other names are passed over.
std::vector<SessionFile> session_files(const CaptureFiles& capture);
CaptureFiles capture_of(const Session& session);
/// Every file of a recording's folder.
Outcome<std::vector<SessionFile>> folder_files(const std::string& folder);

}  // namespace mm
