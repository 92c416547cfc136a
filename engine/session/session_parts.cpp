// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/session/session_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace mm {
namespace {

/// The next line of the text, which loses it.
std::string_view take_line(std::string_view& text) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

std::uint64_t number(std::string_view word) {
    std::uint64_t value = 0;
    std::from_chars(word.data(), word.data() + word.size(), value);
    return value;
}

/// One line of text: what comes from outside may hold anything.
std::string in_a_line(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

}  // namespace

std::string facts_text(const Session& s) {
    return fmt::format(
        "kind {}\nname {}\nsource {}\nprofile {}\nseed {}\ncursor {}\nhash {}\nfiles {}\ncommands {}\nwindow {}\n",
        s.kind == Session::Kind::recording ? "recording" : "machine", in_a_line(s.name), in_a_line(s.source),
        in_a_line(s.profile), s.seed, s.cursor, s.hash, s.files.size(), s.commands.size(), s.window.size());
}

Outcome<Counts> read_facts(std::string_view text, Session& session) {
    std::map<std::string, std::string, std::less<>> facts;
    while (!text.empty()) {
        const std::string_view line = take_line(text);
        const std::size_t blank = std::min(line.find(' '), line.size());
        facts[std::string(line.substr(0, blank))] = line.substr(std::min(blank + 1, line.size()));
    }
    if (facts["kind"] != "machine" && facts["kind"] != "recording")
        return Error{fmt::format("the session is of a kind \"{}\"; expected machine or recording", facts["kind"])};
    session.kind = facts["kind"] == "recording" ? Session::Kind::recording : Session::Kind::machine;
    session.name = facts["name"];
    session.source = facts["source"];
    session.profile = facts["profile"];
    session.seed = number(facts["seed"]);
    session.cursor = number(facts["cursor"]);
    session.hash = number(facts["hash"]);
    return Counts{number(facts["files"]), number(facts["commands"]), number(facts["window"])};
}

std::string commands_text(const std::vector<Command>& commands, std::size_t first, std::size_t end) {
    std::string text;
    for (std::size_t i = first; i < end; ++i)
        text += to_text(commands[i]) + "\n";
    return text;
}

bool read_commands(std::string_view text, std::vector<Command>& commands) {
    while (!text.empty()) {
        auto command = parse_command(take_line(text));
        if (!command || std::holds_alternative<RunStage>(*command)) return false;
        commands.push_back(std::move(*command));
    }
    return true;
}

std::string actions_text(const std::vector<ActionLog::Done>& actions) {
    std::string text;
    for (const ActionLog::Done& action : actions)
        text += fmt::format("{} {}\n", action.first, in_a_line(action.name));
    return text;
}

std::vector<ActionLog::Done> read_actions(std::string_view text, std::size_t commands) {
    std::vector<ActionLog::Done> actions;
    while (!text.empty()) {
        const std::string_view line = take_line(text);
        const std::size_t blank = std::min(line.find(' '), line.size());
        const std::size_t first = number(line.substr(0, blank));
        if (first >= commands || (!actions.empty() && first <= actions.back().first)) continue;
        actions.push_back({std::string(line.substr(std::min(blank + 1, line.size()))), first});
    }
    return actions;
}

std::string pair_text(std::string_view first, std::string_view second) {
    return fmt::format("{}\n{}", first, second);
}

std::pair<std::string, std::string> read_pair(std::string_view text) {
    const std::string first(take_line(text));
    return {first, std::string(text)};
}

}  // namespace mm
