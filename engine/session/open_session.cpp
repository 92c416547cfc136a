// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/session/open_session.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace mm {
namespace {

namespace fs = std::filesystem;

/// A folder of its own in the system's place for such things; gone with it.
class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string name = (fs::temp_directory_path() / "mmscope-XXXXXX").string();
        if (::mkdtemp(name.data())) m_path = name;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        if (!m_path.empty()) fs::remove_all(m_path, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const fs::path& path() const { return m_path; }

private:
    fs::path m_path;
};

/// Only names that stay inside the folder: a session may come from anywhere.
bool stays_inside(const fs::path& name) {
    if (name.empty() || name.is_absolute()) return false;
    for (const fs::path& part : name)
        if (part == "..") return false;
    return true;
}

Outcome<OpenedSession> open_recording(const Session& session) {
    const TemporaryFolder folder;
    std::string name = session.name;  // "recording idle-128m"
    if (name.starts_with("recording ")) name.erase(0, 10);
    if (folder.path().empty()) return Error{"there is no room for temporary files"};
    const fs::path home =
        folder.path() / (stays_inside(name) && name.find('/') == std::string::npos ? name : "session");
    for (const SessionFile& file : session.files) {
        if (!stays_inside(file.name)) continue;
        std::error_code ignored;
        fs::create_directories((home / file.name).parent_path(), ignored);
        std::ofstream(home / file.name, std::ios::binary) << file.contents;
    }
    auto opened = ReplayTimeline::open(home.string());
    if (!opened) return Error{opened.error().message, session.source};
    (*opened)->seek(session.cursor);
    return OpenedSession{{}, std::move(*opened), {}};
}

void do_commands(const Session& session, OpenedSession& opened) {
    Timeline& timeline = *opened.machine.timeline;
    std::size_t action = 0;
    for (std::size_t i = 0; i < session.commands.size(); ++i) {
        if (action < session.actions.size() && session.actions[action].first == i)
            timeline.begin_action(session.actions[action++].name);
        const Position before = timeline.total();
        const auto result = timeline.execute(session.commands[i]);
        if (result || timeline.total() > before) continue;  // one that failed after it had begun did so then, too
        opened.losses.push_back(fmt::format("command {} ({}) and those after it: {}", i + 1,
                                            to_text(session.commands[i]), result.error().message));
        break;
    }
    timeline.end_action();
    if (opened.losses.empty() && session.hash != 0 && timeline.hash() != session.hash)
        opened.losses.push_back(
            "the state is not the one that was saved: it was computed by another version of mmscope");
    timeline.seek(session.cursor);
}

void add_branches(const Session& session, OpenedSession& opened) {
    Timeline& timeline = *opened.machine.timeline;
    (void)timeline.rename_branch(Branches::first_name, session.branch);
    for (const KeptBranch& branch : session.branches)
        if (const auto added = timeline.add_branch(branch); !added)
            opened.losses.push_back(fmt::format("the branch \"{}\": {}", branch.name, added.error().message));
}

}  // namespace

Outcome<OpenedSession> open_session(const Session& session) {
    if (session.kind == Session::Kind::recording) return open_recording(session);
    auto machine = open_capture(capture_of(session), session.profile);
    if (!machine) return machine.error();
    OpenedSession opened{std::move(*machine), nullptr, {}};
    do_commands(session, opened);
    add_branches(session, opened);
    return opened;
}

void take_from(Timeline& timeline, Session& session, bool with_hash) {
    session.kind = Session::Kind::machine;
    session.name = timeline.system().machine().name;
    session.commands = timeline.commands();
    session.actions = timeline.actions();
    session.branches = timeline.other_branches();
    for (const BranchInfo& branch : timeline.branches())
        if (branch.current) session.branch = branch.name;
    session.cursor = timeline.cursor();
    // The state after the last command; where the cursor is elsewhere going there and back is not worth it.
    session.hash = with_hash && timeline.cursor() == timeline.total() ? timeline.hash() : 0;
}

}  // namespace mm
