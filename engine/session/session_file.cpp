// SPDX-License-Identifier: GPL-3.0-or-later
// Writing a session's file.
#include "engine/session/session_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "engine/session/database.h"
#include "engine/session/packing.h"
#include "engine/session/session_parts.h"

namespace mm {
namespace {

namespace fs = std::filesystem;

/// Its bytes are on the disk and not only on their way.
bool flush(const std::string& path, int flags) {
    const int fd = ::open(path.c_str(), flags | O_CLOEXEC);
    if (fd < 0) return false;
    const bool done = ::fsync(fd) == 0;
    ::close(fd);
    return done;
}

class Writer {
public:
    explicit Writer(const std::string& path) : m_database(path, Database::Mode::create) {
        m_database.run(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA application_id=0x6d6d7363; "
            "PRAGMA user_version=3; BEGIN; "
            "CREATE TABLE part(id INTEGER PRIMARY KEY, kind TEXT, number INTEGER, data BLOB)");
    }
    void add(std::string_view kind, std::size_t number, std::string_view packed) {
        Database::Query insert(m_database, "INSERT INTO part(kind, number, data) VALUES(?, ?, ?)");
        insert.bind(1, kind);
        insert.bind(2, static_cast<std::int64_t>(number));
        insert.bind(3, packed);
        insert.next();
        m_good = m_good && !insert.damaged();
    }
    /// "": done; otherwise what went wrong.
    std::string finish() {
        if (m_database.run("COMMIT") && m_good) return {};
        return m_database.problem();
    }

private:
    Database m_database;
    bool m_good = true;
};

}  // namespace

bool is_session(const std::string& path) {
    if (!fs::is_regular_file(path)) return false;
    std::ifstream in(path, std::ios::binary);
    std::string head(15, '\0');
    in.read(head.data(), static_cast<std::streamsize>(head.size()));
    return head == "SQLite format 3" || fs::path(path).extension() == ".mms";
}

void SessionWriter::pack_commands(const std::vector<Command>& commands) {
    const std::size_t full = commands.size() / commands_a_part;
    if (m_packed.size() > full) m_packed.resize(full);
    while (m_packed.size() < full) {
        const std::size_t first = m_packed.size() * commands_a_part;
        m_packed.push_back(pack(commands_text(commands, first, first + commands_a_part)));
    }
}

Outcome<Done> SessionWriter::save(const Session& session, const std::string& path, std::uint64_t changes) {
    if (std::exchange(m_changes, changes) != changes) m_packed.clear();
    pack_commands(session.commands);
    const std::string beside = path + ".saving";
    std::error_code ignored;
    fs::remove(beside, ignored);
    std::string problem;
    {
        Writer writer(beside);
        writer.add("facts", 0, pack(facts_text(session)));
        for (std::size_t i = 0; i < session.files.size(); ++i)
            writer.add("file", i, pack(pair_text(session.files[i].name, session.files[i].contents)));
        for (std::size_t i = 0; i < m_packed.size(); ++i)
            writer.add("commands", i, m_packed[i]);
        const std::size_t rest = m_packed.size() * commands_a_part;
        if (rest < session.commands.size())
            writer.add("commands", m_packed.size(),
                       pack(commands_text(session.commands, rest, session.commands.size())));
        writer.add("actions", 0, pack(actions_text(session.actions)));
        for (std::size_t i = 0; i < session.branches.size(); ++i)
            writer.add("branch", i, pack(branch_text(session.branches[i])));
        std::size_t number = 0;
        for (const auto& [key, value] : session.window)
            writer.add("window", number++, pack(pair_text(key, value)));
        problem = writer.finish();
    }
    if (problem.empty() && !flush(beside, O_RDWR)) problem = std::strerror(errno);
    if (problem.empty() && ::rename(beside.c_str(), path.c_str()) != 0) problem = std::strerror(errno);
    if (!problem.empty()) {
        fs::remove(beside, ignored);
        return Error{fmt::format("the session could not be saved: {}", problem), path};
    }
    const fs::path folder = fs::absolute(path).parent_path();
    flush(folder.string(), O_RDONLY | O_DIRECTORY);
    return Done{};
}

}  // namespace mm
