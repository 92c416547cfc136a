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

using Facts = std::map<std::string, std::string, std::less<>>;

/// Lines "key value", up to an empty one or the end.
Facts take_facts(std::string_view& text) {
    Facts facts;
    while (!text.empty()) {
        const std::string_view line = take_line(text);
        if (line.empty()) break;
        const std::size_t blank = std::min(line.find(' '), line.size());
        facts[std::string(line.substr(0, blank))] = line.substr(std::min(blank + 1, line.size()));
    }
    return facts;
}

}  // namespace

std::string facts_text(const Session& s) {
    return fmt::format(
        "kind {}\nname {}\nsource {}\nprofile {}\nseed {}\ncursor {}\nhash {}\nfiles {}\ncommands {}\nwindow {}\n"
        "branch {}\nbranches {}\n",
        s.kind == Session::Kind::recording ? "recording" : "machine", in_a_line(s.name), in_a_line(s.source),
        in_a_line(s.profile), s.seed, s.cursor, s.hash, s.files.size(), s.commands.size(), s.window.size(),
        in_a_line(s.branch), s.branches.size());
}

Outcome<Counts> read_facts(std::string_view text, Session& session) {
    Facts facts = take_facts(text);
    if (facts["kind"] != "machine" && facts["kind"] != "recording")
        return Error{fmt::format("the session is of a kind \"{}\"; expected machine or recording", facts["kind"])};
    session.kind = facts["kind"] == "recording" ? Session::Kind::recording : Session::Kind::machine;
    session.name = facts["name"];
    session.source = facts["source"];
    session.profile = facts["profile"];
    session.seed = number(facts["seed"]);
    session.cursor = number(facts["cursor"]);
    session.hash = number(facts["hash"]);
    if (!facts["branch"].empty()) session.branch = facts["branch"];
    return Counts{number(facts["files"]), number(facts["commands"]), number(facts["window"]),
                  number(facts["branches"])};
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

std::string branch_text(const KeptBranch& branch) {
    std::string text =
        fmt::format("name {}\nlike {}\nshared {}\ncursor {}\ncommands {}\nactions {}\n\n", in_a_line(branch.name),
                    in_a_line(branch.like), branch.shared, branch.cursor, branch.own.size(), branch.actions.size());
    return text + actions_text(branch.actions) + commands_text(branch.own, 0, branch.own.size());
}

bool read_branch(std::string_view text, KeptBranch& branch) {
    Facts facts = take_facts(text);
    branch.name = facts["name"];
    branch.like = facts["like"];
    branch.shared = number(facts["shared"]);
    branch.cursor = number(facts["cursor"]);
    std::string_view actions = text;
    for (std::uint64_t i = number(facts["actions"]); i > 0 && !text.empty(); --i)
        take_line(text);
    actions.remove_suffix(text.size());
    const bool whole = read_commands(text, branch.own) && branch.own.size() == number(facts["commands"]);
    branch.actions = read_actions(actions, branch.shared + branch.own.size());
    return whole && !branch.name.empty();
}

std::string pair_text(std::string_view first, std::string_view second) {
    return fmt::format("{}\n{}", first, second);
}

std::pair<std::string, std::string> read_pair(std::string_view text) {
    const std::string first(take_line(text));
    return {first, std::string(text)};
}

}  // namespace mm
