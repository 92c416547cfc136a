// SPDX-License-Identifier: GPL-3.0-or-later
// The bridge as the window uses it: requests in, snapshots out, nothing waits. Every wait below is for a condition; the
// limit only ends a test that would hang.
#include <gtest/gtest.h>

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QSocketNotifier>

#include "gui/bridge/bridge.h"
#include "gui/format/format.h"
#include "gui/format/machine_facts.h"
#include "tests/gui/with_application.h"

namespace mm::gui {
namespace {

const QString pc512m = QStringLiteral(MMSCOPE_SOURCE_DIR "/resources/machines/pc-512m");

class BridgeTest : public testing::Test {
protected:
    void ask(const Request& request) {
        bridge.post(request);
        ASSERT_TRUE(waitFor([this] { return bridge.settled(); }));
    }
    void open() {
        ask(OpenFile{pc512m});
        ASSERT_TRUE(bridge.latest()) << bridge.status().error.toStdString();
    }
    Position at() const { return bridge.latest()->at; }

    int argc = 1;
    char name[5] = "test";
    char* argv[2] = {name, nullptr};
    QCoreApplication app{argc, argv};
    Bridge bridge;
};

TEST_F(BridgeTest, OpensAMachineAndStandsAtTheEndOfItsBoot) {
    open();
    EXPECT_EQ(bridge.latest()->machine->name, "pc-512m");
    EXPECT_TRUE(bridge.latest()->booted);
    EXPECT_EQ(at(), bridge.latest()->total);
    EXPECT_GT(at(), 100u);
}

TEST_F(BridgeTest, ABadFileIsASentenceAndTheMachineBeforeStays) {
    open();
    const SnapshotPtr before = bridge.latest();
    ask(OpenFile{"/nowhere/dmesg.txt"});
    EXPECT_TRUE(bridge.status().error.contains("/nowhere/dmesg.txt")) << bridge.status().error.toStdString();
    EXPECT_EQ(bridge.latest(), before);
    ask(StepBy{Step::toStart});
    EXPECT_EQ(at(), 0u) << "the machine before can still be moved in time";
}

TEST_F(BridgeTest, RequestsBeforeAMachineIsOpenAreAnsweredInWords) {
    ask(StepBy{Step::into});
    EXPECT_FALSE(bridge.status().error.isEmpty());
    EXPECT_FALSE(bridge.latest());
}

TEST_F(BridgeTest, StepsBackAndForthComeBackToTheSameState) {
    open();
    const auto hash = [this] { return state_hash(bridge.latest()->state, bridge.latest()->pages); };
    const std::uint64_t end = hash();
    ask(StepBy{Step::toStart});
    ask(StepBy{Step::over});
    const Position firstStage = at();
    const std::uint64_t afterFirst = hash();
    EXPECT_GT(firstStage, 0u);
    ask(StepBy{Step::into});
    EXPECT_EQ(at(), firstStage + 1);
    ask(StepBy{Step::back});
    EXPECT_EQ(at(), firstStage);
    EXPECT_EQ(hash(), afterFirst);
    ask(StepBy{Step::toEnd});
    EXPECT_EQ(hash(), end);
}

TEST_F(BridgeTest, RunsToANamedStage) {
    open();
    const int stage = bridge.latest()->history.stage_named("e820__memblock_setup");
    ASSERT_GE(stage, 0);
    ask(RunToStage{stage});
    EXPECT_EQ(at(), bridge.latest()->history.spans()[static_cast<std::size_t>(stage)].last);
}

TEST_F(BridgeTest, OfManySeeksTheLastOneCounts) {
    open();
    for (Position to = 0; to < 300; ++to)
        bridge.post(Seek{to});
    ASSERT_TRUE(waitFor([this] { return bridge.settled(); }));
    EXPECT_EQ(at(), 299u);
}

TEST_F(BridgeTest, PlayingReachesTheEndByItself) {
    open();
    bridge.post(StepBy{Step::toStart});
    bridge.post(Play{1000});
    ASSERT_TRUE(waitFor([this] { return bridge.settled() && at() == bridge.latest()->total; }));
    EXPECT_FALSE(bridge.status().playing);
}

TEST_F(BridgeTest, AnyStepStopsPlaying) {
    open();
    bridge.post(StepBy{Step::toStart});
    bridge.post(Play{0.5});
    ASSERT_TRUE(waitFor([this] { return bridge.status().playing; }));
    ask(StepBy{Step::into});
    EXPECT_FALSE(bridge.status().playing);
    EXPECT_EQ(at(), 1u);
}

TEST_F(BridgeTest, AllocatesAndFreesByHand) {
    open();
    const Position before = at();
    ask(Allocate{{.gfp = gfp::GFP_KERNEL, .order = 3, .nid = 0, .cpu = 0}});
    ASSERT_TRUE(bridge.status().result) << bridge.status().error.toStdString();
    const PfnRange block = *bridge.status().result;
    EXPECT_EQ(block.size(), 8u);
    EXPECT_GT(at(), before);
    EXPECT_EQ(state_of(bridge.latest()->pages.state_at(block.start)), PageState::allocated);
    ask(Free{block.start, 3});
    EXPECT_EQ(state_of(bridge.latest()->pages.state_at(block.start)), PageState::pcp)
        << "the CPU keeps it for next time";
    ask(Free{block.start, 3});
    EXPECT_FALSE(bridge.status().error.isEmpty()) << "what is free cannot be freed";
}

//      pc-512m, Linux 6.1      as 4.17: the same map, booted by other rules; back: what there was
TEST_F(BridgeTest, TheMachineBootsAnewAsAnotherKernel) {
    open();
    const std::uint64_t first = state_hash(bridge.latest()->state, bridge.latest()->pages);
    const std::string own = std::string(bridge.latest()->profile->name);
    ask(Allocate{});
    ask(BootAs{"4.17"});
    EXPECT_TRUE(bridge.status().error.isEmpty()) << bridge.status().error.toStdString();
    EXPECT_EQ(bridge.latest()->profile->name, "4.17");
    EXPECT_TRUE(machineFacts(*bridge.latest()->machine, bridge.latest()->profile).endsWith("as Linux 4.17"));
    EXPECT_TRUE(bridge.latest()->booted);
    EXPECT_EQ(bridge.latest()->at, bridge.latest()->total) << "nothing was done on it yet";
    ask(BootAs{"minix"});
    EXPECT_TRUE(bridge.status().error.contains("minix")) << bridge.status().error.toStdString();
    EXPECT_EQ(bridge.latest()->profile->name, "4.17") << "what was open stays";
    ask(BootAs{});
    EXPECT_EQ(bridge.latest()->profile->name, own);
    EXPECT_EQ(state_hash(bridge.latest()->state, bridge.latest()->pages), first);
}

TEST_F(BridgeTest, BeforeTheAllocatorIsUpAllocatingSaysWhatToDo) {
    open();
    ask(StepBy{Step::toStart});
    ask(Allocate{});
    EXPECT_TRUE(bridge.status().error.contains("F5")) << bridge.status().error.toStdString();
}

TEST_F(BridgeTest, AWorkloadOfSoManyCommandsIsTheSameEachTime) {
    StartWorkload workload;
    workload.commands = 3000;
    workload.commandsPerSecond = 0;
    std::uint64_t hash[2];
    for (std::uint64_t& h : hash) {
        open();
        ask(workload);
        EXPECT_EQ(bridge.status().commandsDone, 3000u);
        h = state_hash(bridge.latest()->state, bridge.latest()->pages);
    }
    EXPECT_EQ(hash[0], hash[1]);
}

TEST_F(BridgeTest, AWorkloadRunsUntilStoppedAndGivesWayToASeek) {
    open();
    const Position bootEnd = at();
    bridge.post(StartWorkload{});
    ASSERT_TRUE(waitFor([&] { return at() > bootEnd + 500; }));
    EXPECT_TRUE(bridge.status().workload);
    ask(StepBy{Step::toStart});
    EXPECT_FALSE(bridge.status().workload);
    EXPECT_EQ(at(), 0u);
    EXPECT_GT(bridge.latest()->total, bootEnd) << "the past does not forget the future";
}

TEST_F(BridgeTest, TheDestructorDoesNotWaitForAWorkload) {
    QElapsedTimer time;
    {
        Bridge other;
        other.post(OpenFile{pc512m});
        ASSERT_TRUE(waitFor([&] { return other.latest() != nullptr; }));
        other.post(StartWorkload{});
        ASSERT_TRUE(waitFor([&] { return other.status().workload; }));
        time.start();
    }
    EXPECT_LT(time.elapsed(), 5000) << "a batch is a few milliseconds; the rest is slack for busy machines";
}

//      A recording of a real page allocator takes the place of a machine: one walks in it, but changes nothing.
TEST_F(BridgeTest, ARecordingIsWalkedThroughAndNotChanged) {
    open();
    ask(OpenFile{QStringLiteral(MMSCOPE_TEST_DATA "/recordings/idle-128m")});
    ASSERT_TRUE(bridge.status().error.isEmpty()) << bridge.status().error.toStdString();
    EXPECT_EQ(bridge.latest()->machine->name, "recording idle-128m");
    EXPECT_EQ(bridge.latest()->total, 5379u);
    EXPECT_EQ(at(), 0u);
    EXPECT_FALSE(bridge.comparison());
    ask(StepBy{Step::over});
    EXPECT_EQ(bridge.latest()->last_event().event.kind, EventKind::mm_page_alloc);
    ask(Seek{4000});
    EXPECT_EQ(at(), 4000u);
    ask(StepBy{Step::back});
    EXPECT_EQ(at(), 3999u);
    ask(Allocate{AllocRequest{}});
    EXPECT_TRUE(bridge.status().error.contains("recording")) << bridge.status().error.toStdString();
    EXPECT_EQ(at(), 3999u);
    ask(StepBy{Step::toEnd});
    bridge.post(Seek{5300});
    bridge.post(Play{1000});
    ASSERT_TRUE(waitFor([this] { return bridge.settled() && at() == 5379u; })) << "plays to the end";
    open();
    EXPECT_TRUE(bridge.latest()->booted) << "and back to a machine";
}

//  Expect: questions are answered, the machine stands where it stood, and a refusal is a sentence.
TEST_F(BridgeTest, QuestionsMoveNothing) {
    open();
    AllocRequest request;
    request.order = 2;
    ask(Allocate{request});
    const Position end = at();
    const SnapshotPtr before = bridge.latest();
    ask(AskWhy{end - 1});
    ASSERT_TRUE(bridge.answers().why);
    EXPECT_EQ(bridge.answers().why->event, end - 1);
    EXPECT_TRUE(bridge.answers().why->refusal.isEmpty());
    ASSERT_TRUE(bridge.answers().why->explanation.answer());
    const Pfn pfn = bridge.answers().why->explanation.answer()->pfn;
    ask(AskLife{pfn});
    ASSERT_TRUE(bridge.answers().life);
    EXPECT_EQ(bridge.answers().life->life.lines.back().kind, "handed_out");
    ask(AskPollution{});
    ASSERT_TRUE(bridge.answers().pollution);
    EXPECT_EQ(bridge.answers().pollution->map.at, end);
    ask(AskWhy{3});
    EXPECT_EQ(bridge.answers().why->refusal, "Event 3 is of the boot: the page allocator is not asked there.");
    EXPECT_EQ(bridge.latest(), before) << "no new picture for a question";
    ask(OpenFile{pc512m});
    EXPECT_FALSE(bridge.answers().why) << "another machine, other answers";
}

//  Expect: opening a recording says how far it is; cancelled, what was open stays, and nothing is an error.
TEST_F(BridgeTest, OpeningARecordingCanBeCancelled) {
    open();
    const auto machine = bridge.latest()->machine;
    bridge.post(OpenFile{QStringLiteral(MMSCOPE_TEST_DATA "/recordings/pressure-128m")});
    ASSERT_TRUE(waitFor([this] { return !bridge.status().task.isEmpty(); }));
    EXPECT_EQ(bridge.status().task, "Opening pressure-128m");
    bridge.cancel();
    ASSERT_TRUE(waitFor([this] { return bridge.settled(); }));
    EXPECT_EQ(bridge.latest()->machine, machine);
    EXPECT_EQ(bridge.status().notice, "Opening pressure-128m was cancelled");
    EXPECT_TRUE(bridge.status().error.isEmpty() && bridge.status().task.isEmpty());
    ask(OpenFile{QStringLiteral(MMSCOPE_TEST_DATA "/recordings/pressure-128m")});
    EXPECT_NE(bridge.latest()->machine, machine) << "the next opening is not cancelled too";
}

}  // namespace
}  // namespace mm::gui
