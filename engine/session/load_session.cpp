// SPDX-License-Identifier: GPL-3.0-or-later
// Reading a session's file, whole or as far as it goes.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "engine/session/database.h"
#include "engine/session/packing.h"
#include "engine/session/session_file.h"
#include "engine/session/session_parts.h"

namespace mm {
namespace {

/// Kind and number to unpacked text; nullopt: it was there and is damaged.
using Parts = std::map<std::pair<std::string, std::size_t>, std::optional<std::string>>;

void take(const Database::Query& row, Parts& parts) {
    parts[{row.text(0), static_cast<std::size_t>(row.number(1))}] = unpack(row.blob(2));
}

/// All rows; where the file is damaged, each one by itself, until many in a row are not to be had.
Parts read_parts(Database& database) {
    Parts parts;
    Database::Query all(database, "SELECT kind, number, data FROM part ORDER BY id");
    std::int64_t read = 0;
    for (; all.next(); ++read)
        take(all, parts);
    if (!all.damaged()) return parts;
    constexpr int patience = 512;
    Database::Query one(database, "SELECT kind, number, data FROM part WHERE id = ?");
    for (std::int64_t id = read + 1, missed = 0; missed < patience; ++id) {
        one.again();
        one.bind(1, id);
        if (one.next())
            take(one, parts), missed = 0;
        else
            ++missed;
    }
    return parts;
}

const std::string* find(const Parts& parts, const char* kind, std::size_t number) {
    const auto found = parts.find({kind, number});
    return found == parts.end() || !found->second ? nullptr : &*found->second;
}

void read_all_commands(const Parts& parts, std::size_t expected, LoadedSession& loaded) {
    std::vector<Command>& commands = loaded.session.commands;
    for (std::size_t number = 0; commands.size() < expected; ++number) {
        const std::string* part = find(parts, "commands", number);
        if (!part || !read_commands(*part, commands)) break;
    }
    if (commands.size() < expected)
        loaded.losses.push_back(fmt::format(
            "of {} commands the first {} could be read; what was done after them is lost", expected, commands.size()));
}

/// Those that can be read whole, and those that have only what is read of others.
void read_branches(const Parts& parts, std::size_t expected, LoadedSession& loaded) {
    const auto known = [&](const std::string& name) {
        const auto& all = loaded.session.branches;
        return name == loaded.session.branch ||
               std::any_of(all.begin(), all.end(), [&](const KeptBranch& b) { return b.name == name; });
    };
    for (std::size_t i = 0; i < expected; ++i) {
        KeptBranch branch;
        const std::string* part = find(parts, "branch", i);
        if (part && read_branch(*part, branch) && known(branch.like) && !known(branch.name))
            loaded.session.branches.push_back(std::move(branch));
        else
            loaded.losses.push_back(branch.name.empty() ? std::string("a branch of the history is damaged")
                                                        : "the branch \"" + branch.name + "\" is damaged");
    }
}

/// Versions 2 and 3, which differ by branches.
Outcome<LoadedSession> read_parts_of(Database& database, const std::string& path) {
    LoadedSession loaded;
    Session& session = loaded.session;
    const Parts parts = read_parts(database);
    const std::string* facts = find(parts, "facts", 0);
    if (!facts)
        return Error{"the session is damaged: the facts about it, which everything else needs, cannot be read", path};
    const auto counts = read_facts(*facts, session);
    if (!counts) return Error{counts.error().message, path};
    for (std::size_t i = 0; i < counts->files; ++i) {
        if (const std::string* part = find(parts, "file", i)) {
            auto [name, contents] = read_pair(*part);
            session.files.push_back({std::move(name), std::move(contents)});
        } else {
            loaded.losses.push_back(fmt::format("file {} of {} of the input is damaged", i + 1, counts->files));
        }
    }
    if (session.files.empty()) return Error{"the session is damaged: the machine's input cannot be read", path};
    read_all_commands(parts, counts->commands, loaded);
    if (loaded.losses.empty() && session.commands.size() != counts->commands)
        loaded.losses.push_back("there are other commands than there should be");
    if (const std::string* part = find(parts, "actions", 0))
        session.actions = read_actions(*part, session.commands.size());
    else
        loaded.losses.push_back("the names of actions for undo are damaged");
    const bool whole = loaded.losses.empty();
    read_branches(parts, counts->branches, loaded);
    for (std::size_t i = 0; i < counts->window; ++i) {
        if (const std::string* part = find(parts, "window", i))
            session.window.insert(read_pair(*part));
        else
            loaded.losses.push_back("a part of the window's layout or notes is damaged");
    }
    if (!whole) session.hash = 0;  // it was of more than there is
    return loaded;
}

/// Version 1: fact(key, value), file(name, data), command(number, text).
Outcome<LoadedSession> read_version_1(Database& database, const std::string& path) {
    LoadedSession loaded;
    Session& session = loaded.session;
    std::string facts;
    for (Database::Query row(database, "SELECT key, value FROM fact"); row.next();)
        facts += row.text(0) + " " + row.text(1) + "\n";
    const auto counts = read_facts(facts, session);
    if (!counts) return Error{"the session is damaged: " + counts.error().message, path};
    for (Database::Query row(database, "SELECT name, data FROM file ORDER BY rowid"); row.next();) {
        if (auto contents = unpack(row.blob(1)))
            session.files.push_back({row.text(0), std::move(*contents)});
        else
            loaded.losses.push_back("the file " + row.text(0) + " of the input is damaged");
    }
    if (session.files.empty()) return Error{"the session is damaged: the machine's input cannot be read", path};
    Database::Query row(database, "SELECT text FROM command ORDER BY number");
    while (row.next() && read_commands(row.text(0), session.commands))
        session.actions.push_back({action_name(session.commands.back()), session.commands.size() - 1});
    if (session.commands.size() != counts->commands)
        loaded.losses.push_back(
            fmt::format("of {} commands the first {} could be read; what was done after them is lost", counts->commands,
                        session.commands.size()));
    return loaded;
}

}  // namespace

Outcome<LoadedSession> load_session(const std::string& path) {
    if (!std::filesystem::is_regular_file(path)) return Error{"there is no such file", path};
    Database database(path, Database::Mode::read);
    Database::Query version(database, "PRAGMA user_version");
    if (!version.next())
        return Error{fmt::format("this is no session, or its beginning is damaged ({})", database.problem()), path};
    const std::int64_t format = version.number(0);
    Database::Query application(database, "PRAGMA application_id");
    if (!application.next() || application.number(0) != 0x6d6d7363)
        return Error{"this database is no session of mmscope", path};
    if (format == 1) return read_version_1(database, path);
    if (format == 2 || format == session_format) return read_parts_of(database, path);
    return Error{fmt::format("the session is of format {}; this mmscope reads formats 1 to {}", format, session_format),
                 path};
}

}  // namespace mm
