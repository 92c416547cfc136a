// SPDX-License-Identifier: GPL-3.0-or-later
// Sessions as files: what is saved comes back bit for bit; whatever happens to the file or to the program that writes
// it, a session is either whole or says what of it is missing.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/session/open_session.h"
#include "engine/session/session_file.h"
#include "engine/types/rng.h"
#include "tests/support/commands.h"

namespace mm {
namespace {

namespace fs = std::filesystem;

class SessionTest : public testing::Test {
protected:
    void SetUp() override {
        std::string name = (fs::temp_directory_path() / "session-test-XXXXXX").string();
        ASSERT_TRUE(::mkdtemp(name.data()));
        folder = name;
        path = (folder / "one.mms").string();
    }
    void TearDown() override { fs::remove_all(folder); }

    static std::string read(const std::string& file) {
        std::ifstream in(file, std::ios::binary);
        std::ostringstream out;
        out << in.rdbuf();
        return out.str();
    }
    void write(const std::string& bytes) const { std::ofstream(path, std::ios::binary) << bytes; }

    fs::path folder;
    std::string path;
};

Command alloc(Order order) {
    return test::alloc_pages(order);
}

/// A machine of which something has become: an action of its own, one of many commands, and a free.
struct Lived {
    std::unique_ptr<Timeline> timeline;
    Session session;
};

Lived lived(unsigned commands) {
    const std::string source = MMSCOPE_TEST_DATA "/machines/pc-128m";
    const auto capture = read_capture(source);
    EXPECT_TRUE(capture);
    auto opened = open_capture(*capture);
    EXPECT_TRUE(opened);
    Lived out{std::move(opened->timeline), {}};
    const auto first = out.timeline->execute(alloc(3));
    EXPECT_TRUE(first);
    out.timeline->begin_action("many\nof them");
    for (unsigned i = 0; i < commands; ++i)
        EXPECT_TRUE(out.timeline->execute(alloc(i % 3)));
    out.timeline->end_action();
    EXPECT_TRUE(out.timeline->execute(FreePages{first->pfn, 3, 0}));
    out.timeline->seek(out.timeline->total() - 2);
    out.timeline->seek(out.timeline->total());
    out.session.files = session_files(*capture);
    out.session.source = source;
    out.session.seed = 7;
    out.session.window = {{"notes", "17 0 0 a note\n18 0 0 another"}, {"layout", std::string("\0\xff\n", 3)}};
    take_from(*out.timeline, out.session);
    return out;
}

//      Expect: the session read is the one written, and its machine is the one there was
TEST_F(SessionTest, ComesBackBitForBit) {
    const Lived before = lived(6000);
    ASSERT_TRUE(SessionWriter().save(before.session, path));
    EXPECT_TRUE(is_session(path));
    const auto loaded = load_session(path);
    ASSERT_TRUE(loaded) << loaded.error().text();
    EXPECT_TRUE(loaded->losses.empty());
    Session expected = before.session;
    expected.actions[1].name = "many of them";  // a name is one line
    EXPECT_EQ(loaded->session, expected);

    const auto opened = open_session(loaded->session);
    ASSERT_TRUE(opened) << opened.error().text();
    EXPECT_TRUE(opened->losses.empty()) << opened->losses.front();
    Timeline& timeline = *opened->machine.timeline;
    EXPECT_EQ(timeline.hash(), before.timeline->hash());
    EXPECT_EQ(timeline.total(), before.timeline->total());
    EXPECT_EQ(timeline.cursor(), before.session.cursor);
    ASSERT_TRUE(timeline.undo());
    EXPECT_EQ(timeline.undo_name(), "many of them");
    ASSERT_TRUE(timeline.undo());
    EXPECT_EQ(timeline.undo_name(), "alloc_pages order 3");
}

//      saved again and again by the same writer: packed parts are used again, unless commands were replaced
TEST_F(SessionTest, AWriterThatRemembersWritesTheSame) {
    Lived before = lived(9000);
    SessionWriter writer;
    ASSERT_TRUE(writer.save(before.session, path, before.timeline->cuts()));
    ASSERT_TRUE(before.timeline->execute(alloc(0)));
    take_from(*before.timeline, before.session);
    ASSERT_TRUE(writer.save(before.session, path, before.timeline->cuts()));
    EXPECT_EQ(load_session(path)->session.commands, before.session.commands);
    ASSERT_TRUE(before.timeline->undo());
    ASSERT_TRUE(before.timeline->undo());
    ASSERT_TRUE(before.timeline->undo());
    for (int i = 0; i < 5000; ++i)
        ASSERT_TRUE(before.timeline->execute(alloc(1)));
    take_from(*before.timeline, before.session);
    ASSERT_TRUE(writer.save(before.session, path, before.timeline->cuts()));
    EXPECT_EQ(load_session(path)->session.commands, before.session.commands);
}

TEST_F(SessionTest, ARecordingComesBackToo) {
    Session session;
    session.kind = Session::Kind::recording;
    session.name = "recording idle-128m";
    session.source = MMSCOPE_TEST_DATA "/recordings/idle-128m";
    session.files = *folder_files(session.source);
    session.cursor = 1234;
    ASSERT_TRUE(SessionWriter().save(session, path));
    const auto loaded = load_session(path);
    ASSERT_TRUE(loaded);
    EXPECT_EQ(loaded->session, session);
    const auto opened = open_session(loaded->session);
    ASSERT_TRUE(opened) << opened.error().text();
    ASSERT_TRUE(opened->recording);
    EXPECT_EQ(opened->recording->cursor(), 1234u);
    EXPECT_EQ(opened->recording->total(), 5379u);
    EXPECT_EQ(opened->recording->snapshot()->machine->name, "recording idle-128m");
}

//      A child saves two sessions in turns; it is killed after so many beginnings of a save.
//      Expect: the file is one of the two, whole
TEST_F(SessionTest, KilledInTheMiddleOfSavingTheFileIsTheOldOrTheNewOne) {
    const Session small = lived(10).session, large = lived(5000).session;
    ASSERT_TRUE(SessionWriter().save(small, path));
    for (int round = 0; round < 24; ++round) {
        int ends[2];
        ASSERT_EQ(::pipe(ends), 0);
        const pid_t child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            for (;;) {
                for (const Session* session : {&large, &small}) {
                    if (::write(ends[1], "s", 1) != 1) _exit(1);
                    (void)SessionWriter().save(*session, path);
                }
            }
        }
        char byte = 0;
        for (int i = 0; i <= round % 6; ++i)
            ASSERT_EQ(::read(ends[0], &byte, 1), 1);
        // Somewhere within the save that has just begun: as far as it comes while this counts.
        std::uint64_t spun = 0;
        for (Rng rng(1); spun < std::uint64_t(round) * 100000; ++spun)
            if (rng.next() == 0) break;
        ::kill(child, SIGKILL);
        int status = 0;
        ::waitpid(child, &status, 0);
        ASSERT_TRUE(WIFSIGNALED(status));
        ::close(ends[0]);
        ::close(ends[1]);
        const auto loaded = load_session(path);
        ASSERT_TRUE(loaded) << "round " << round << ": " << loaded.error().text();
        EXPECT_TRUE(loaded->losses.empty()) << loaded->losses.front();
        EXPECT_TRUE(loaded->session.commands == small.commands || loaded->session.commands == large.commands);
    }
    ASSERT_TRUE(SessionWriter().save(small, path));
    EXPECT_EQ(std::distance(fs::directory_iterator(folder), fs::directory_iterator()), 1)
        << "nothing is left beside it";
}

/// Either it says that it cannot be read, or what is missing, or nothing is.
void expect_honest(const Outcome<LoadedSession>& loaded, const Session& whole, const std::string& what) {
    if (!loaded) {
        EXPECT_FALSE(loaded.error().message.empty()) << what;
        return;
    }
    const std::vector<Command>& read = loaded->session.commands;
    ASSERT_LE(read.size(), whole.commands.size()) << what;
    EXPECT_TRUE(std::equal(read.begin(), read.end(), whole.commands.begin())) << what;
    if (!loaded->losses.empty()) return;
    EXPECT_TRUE(loaded->session == whole) << what << ": it differs and does not say so";
}

//      one.mms cut off at many places
TEST_F(SessionTest, ATruncatedFileSaysWhatIsMissingAndKeepsTheRest) {
    Session session = lived(9000).session;
    session.actions[1].name = "many";
    ASSERT_TRUE(SessionWriter().save(session, path));
    const std::string bytes = read(path);
    unsigned rescued = 0;
    for (std::size_t size = 0; size < bytes.size(); size += 1 + bytes.size() / 97) {
        write(bytes.substr(0, size));
        const auto loaded = load_session(path);
        expect_honest(loaded, session, "cut at " + std::to_string(size));
        EXPECT_TRUE(!loaded || !loaded->losses.empty()) << size;
        if (loaded && !loaded->session.files.empty()) ++rescued;
    }
    EXPECT_GT(rescued, 5u) << "with its end missing the machine is still there";
}

TEST_F(SessionTest, AFlippedBitIsNoticedOrHarmless) {
    Session session = lived(3000).session;
    session.actions[1].name = "many";
    ASSERT_TRUE(SessionWriter().save(session, path));
    const std::string bytes = read(path);
    Rng rng(20261125);
    for (int i = 0; i < 400; ++i) {
        std::string damaged = bytes;
        const std::size_t at = rng.below(damaged.size());
        damaged[at] = static_cast<char>(damaged[at] ^ (1 << rng.below(8)));
        write(damaged);
        expect_honest(load_session(path), session, "byte " + std::to_string(at));
    }
}

TEST_F(SessionTest, WhatIsNoSessionIsRefusedInWords) {
    EXPECT_NE(load_session((folder / "none.mms").string()).error().text().find("no such file"), std::string::npos);
    write("[    0.000000] Linux version 6.1\n");
    EXPECT_NE(load_session(path).error().text().find("no session"), std::string::npos);
    ASSERT_TRUE(SessionWriter().save(lived(1).session, path));
    std::string newer = read(path);
    newer[63] = 9;  // the last byte of the header's user version
    write(newer);
    EXPECT_NE(load_session(path).error().text().find("format 9"), std::string::npos)
        << load_session(path).error().text();
    EXPECT_FALSE(SessionWriter().save(lived(1).session, (folder / "no/such/folder.mms").string()));
}

//      a file of the first format: rows of commands, no actions
TEST_F(SessionTest, AnOlderFormatOpens) {
    const auto loaded = load_session(MMSCOPE_TEST_DATA "/sessions/version-1.mms");
    ASSERT_TRUE(loaded) << loaded.error().text();
    EXPECT_TRUE(loaded->losses.empty());
    ASSERT_EQ(loaded->session.commands.size(), 3u);
    const auto opened = open_session(loaded->session);
    ASSERT_TRUE(opened) << opened.error().text();
    EXPECT_TRUE(opened->losses.empty());
    EXPECT_EQ(opened->machine.timeline->undo_name(), "alloc_pages order 2");
    EXPECT_EQ(opened->machine.timeline->actions().size(), 3u);
}

//      of the second format: parts, but no branches
TEST_F(SessionTest, TheSecondFormatOpens) {
    const auto loaded = load_session(MMSCOPE_TEST_DATA "/sessions/version-2.mms");
    ASSERT_TRUE(loaded) << loaded.error().text();
    EXPECT_TRUE(loaded->losses.empty());
    EXPECT_EQ(loaded->session.commands.size(), 3u);
    EXPECT_EQ(loaded->session.actions.size(), 2u);
    EXPECT_EQ(loaded->session.branch, "main");
    EXPECT_TRUE(loaded->session.branches.empty());
    const auto opened = open_session(loaded->session);
    ASSERT_TRUE(opened) << opened.error().text();
    EXPECT_EQ(opened->machine.timeline->undo_name(), "two of them");
}

//      main: 3 0 1 2 free      what if: main up to 3 0, then 5 5      again: what if, then 6
//      Expect: names, what they share, where one stood, and each one's end
TEST_F(SessionTest, BranchesComeBack) {
    Lived before = lived(3);
    Timeline& was = *before.timeline;
    was.seek(was.boot_end());
    was.step_over();
    was.step_over();
    ASSERT_TRUE(was.begin_branch("what if"));
    ASSERT_TRUE(was.execute(alloc(5)));
    ASSERT_TRUE(was.execute(alloc(5)));
    ASSERT_TRUE(was.begin_branch("again"));
    ASSERT_TRUE(was.execute(alloc(6)));
    const std::uint64_t end = was.hash();
    ASSERT_TRUE(was.switch_to("what if"));
    take_from(was, before.session);
    EXPECT_EQ(before.session.branch, "what if");
    ASSERT_EQ(before.session.branches.size(), 2u);
    EXPECT_EQ(before.session.branches[1].like, "what if") << "most of it is there";
    EXPECT_EQ(before.session.branches[1].own, std::vector<Command>{alloc(6)});
    ASSERT_TRUE(SessionWriter().save(before.session, path));
    const auto loaded = load_session(path);
    ASSERT_TRUE(loaded) << loaded.error().text();
    EXPECT_TRUE(loaded->losses.empty());
    EXPECT_EQ(loaded->session.branch, before.session.branch);
    EXPECT_EQ(loaded->session.commands, before.session.commands);
    ASSERT_EQ(loaded->session.branches.size(), 2u);
    for (std::size_t i : {0u, 1u}) {
        EXPECT_EQ(loaded->session.branches[i].name, before.session.branches[i].name);
        EXPECT_EQ(loaded->session.branches[i].own, before.session.branches[i].own);
        EXPECT_EQ(loaded->session.branches[i].cursor, before.session.branches[i].cursor);
    }
    const auto opened = open_session(loaded->session);
    ASSERT_TRUE(opened);
    EXPECT_TRUE(opened->losses.empty());
    Timeline& is = *opened->machine.timeline;
    const auto by_name = [](std::vector<BranchInfo> infos) {  // the current one is the first to be there
        std::sort(infos.begin(), infos.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
        return infos;
    };
    EXPECT_EQ(by_name(is.branches()), by_name(was.branches()));
    ASSERT_TRUE(is.switch_to("again"));
    EXPECT_EQ(is.hash(), end);
    EXPECT_EQ(is.undo_name(), "alloc_pages order 6");
    ASSERT_TRUE(is.switch_to("main"));
    is.seek(is.total());
    EXPECT_EQ(is.undo_name(), action_name(is.commands().back()));
}

//      a session from somewhere else names files outside of its folder
TEST_F(SessionTest, NamesThatLeadElsewhereAreNotWritten) {
    Session session;
    session.kind = Session::Kind::recording;
    session.name = "recording ../../evil";
    session.files = {{"../../../../../../" + folder.string() + "/evil.txt", "boo"},
                     {(folder / "evil.txt").string(), "boo"}};
    EXPECT_FALSE(open_session(session));
    EXPECT_FALSE(fs::exists(folder / "evil.txt"));
}

}  // namespace
}  // namespace mm
