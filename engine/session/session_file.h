// SPDX-License-Identifier: GPL-3.0-or-later
// A session as one file, NAME.mms: an SQLite database (application id "mmsc", user_version: the format) with one table
// of parts, each a zstd frame with a checksum of its own, so that what is damaged is known and the rest can be used.
//
//      part(id, kind, number, data)     facts 0       lines "key value"
//                                       file 0..      "name\n" and the contents
//                                       commands 0..  4096 commands, one a line
//                                       actions 0     lines "first name"
//                                       branch 0..    facts, lines "first name", an empty line, commands
//                                       window 0..    "key\n" and the value
//
// Facts and files stand first: what is cut off at the end is what was done last. Version 1 had one table a kind of
// thing and a row a command, version 2 knew no branches; both are still read.
//
// Saving is atomic: a file beside it is written whole, flushed to disk and renamed; whenever one is killed, the old
// file or the new one is there.
#pragma once

#include "engine/session/session.h"

namespace mm {

inline constexpr int session_format = 3;

/// The file begins as an SQLite database does.
bool is_session(const std::string& path);

/// Writes sessions; remembers packed commands, so that saving again costs what is new.
class SessionWriter {
public:
    /// changes: another number whenever commands were taken away or replaced (see Timeline::cuts()).
    Outcome<Done> save(const Session& session, const std::string& path, std::uint64_t changes = 0);

private:
    void pack_commands(const std::vector<Command>& commands);

    std::vector<std::string> m_packed;  ///< full chunks
    std::uint64_t m_changes = 0;
};

struct LoadedSession {
    Session session;
    std::vector<std::string> losses;  ///< what was damaged and is missing, in words; empty: nothing
};

/// Error: not a session, a newer format, or damaged so that no machine can be made of it.
Outcome<LoadedSession> load_session(const std::string& path);

}  // namespace mm
