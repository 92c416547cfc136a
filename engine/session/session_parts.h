// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of a session's file as text: how facts, files, commands, actions and the window's things are written into a
// blob, and read again. What a damaged part costs is said in words.
#pragma once

#include "engine/session/session_file.h"

namespace mm {

inline constexpr std::size_t commands_a_part = 4096;

/// Everything of the session that is not in a part of its own, and how many of those there are.
std::string facts_text(const Session& session);
/// Fills the session's facts in. How many files, commands and things of the window there should be.
struct Counts {
    std::size_t files = 0, commands = 0, window = 0, branches = 0;
};
Outcome<Counts> read_facts(std::string_view text, Session& session);

std::string commands_text(const std::vector<Command>& commands, std::size_t first, std::size_t end);
/// False: a line is no command; those before it are kept.
bool read_commands(std::string_view text, std::vector<Command>& commands);

std::string actions_text(const std::vector<ActionLog::Done>& actions);
std::vector<ActionLog::Done> read_actions(std::string_view text, std::size_t commands);

std::string branch_text(const KeptBranch& branch);
/// False: it is not one, or not whole; what could be read of its commands is there.
bool read_branch(std::string_view text, KeptBranch& branch);

/// "first\nsecond", where first holds no line break.
std::string pair_text(std::string_view first, std::string_view second);
std::pair<std::string, std::string> read_pair(std::string_view text);

}  // namespace mm
