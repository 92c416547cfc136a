// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/replay/recording.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "engine/replay/replay.h"
#include "engine/replay/trace_reader.h"

namespace mm {
namespace {

using testing::HasSubstr;
using testing::Not;

/// A copy of a real recording that a test may spoil.
class Spoiled : public testing::Test {
protected:
    Spoiled() : folder(std::filesystem::temp_directory_path() / ("mmscope-recording-" + std::to_string(getpid()))) {
        std::filesystem::remove_all(folder);
        std::filesystem::copy(MMSCOPE_TEST_DATA "/recordings/idle-128m", folder,
                              std::filesystem::copy_options::recursive);
    }
    ~Spoiled() override { std::filesystem::remove_all(folder); }
    void write(const std::string& name, const std::string& text) { std::ofstream(folder / name) << text; }
    std::string message() {
        const auto replay = Replay::open(folder.string());
        return replay ? "" : replay.error().text();
    }
    std::filesystem::path folder;
};

TEST_F(Spoiled, WholeFolderOpens) {
    EXPECT_EQ(message(), "");
}

TEST_F(Spoiled, AMissingFileIsNamed) {
    std::filesystem::remove(folder / "pcp.txt");
    EXPECT_THAT(message(), HasSubstr("pcp.txt: cannot be opened"));
    std::filesystem::remove(folder / "zones.json");
    EXPECT_THAT(message(), HasSubstr("zones.json: cannot be opened"));
}

TEST_F(Spoiled, ALineThatIsNotUnderstoodIsTold) {
    write("free_lists.txt", "# head\n0:DMA32 Movable 10 2: 1024\n");
    EXPECT_THAT(message(), HasSubstr("free_lists.txt:2: \"0:DMA32 Movable 10 2: 1024\" was read; expected"));
    write("free_lists.txt", "0:DMA32 Movabel 10 1: 1024\n");
    EXPECT_THAT(message(), HasSubstr("free_lists.txt:1"));
}

TEST_F(Spoiled, ImpossibleListsAreRefused) {
    write("free_lists.txt", "0:DMA32 Movable 10 2: 8192 8192\n");
    EXPECT_THAT(message(), HasSubstr("the listed block 8192 is listed twice"));
    write("free_lists.txt", "0:DMA32 Movable 10 1: 8193\n");
    EXPECT_THAT(message(), HasSubstr("8193 is not aligned"));
    write("free_lists.txt", "0:DMA32 Movable 10 1: 99999744\n");
    EXPECT_THAT(message(), HasSubstr("lies outside"));
}

TEST_F(Spoiled, APageOnAnotherMigratetypesListIsRefused) {
    std::filesystem::remove(folder / "free_lists.txt");
    write("free_lists.txt", "# head\n");
    write("pcp.txt", "0:DMA32 1 Movable 0 2: 8192/1 8193/3\n");
    EXPECT_THAT(message(), Not(HasSubstr("another list"))) << "the highatomic reserve's wait among the movable";
    write("pcp.txt", "0:DMA32 1 Movable 0 2: 8192/1 8193/0\n");
    EXPECT_THAT(message(), HasSubstr("the listed block 8193 has a migratetype whose pages wait on another list"));
}

TEST_F(Spoiled, AWrongTraceIsRefusedWithItsLine) {
    std::filesystem::remove(folder / "trace.txt.zst");
    EXPECT_THAT(message(), HasSubstr("neither trace.txt nor trace.txt.zst"));
    write("trace.txt", "1.5 init-1 d.Z1. pcp_take pfn=1 order=0 zone=0:DMA32\nnonsense\n");
    EXPECT_THAT(message(), HasSubstr("trace.txt:2: \"nonsense\" was read; expected seconds"));
    write("trace.txt", "1.5 init-1 d.Z1. pcp_take pfn=abc order=0 zone=0:DMA32\n");
    EXPECT_THAT(message(), HasSubstr("trace.txt:1"));
    std::filesystem::remove(folder / "trace.txt");
    write("trace.txt.zst", "not packed at all");
    EXPECT_THAT(message(), HasSubstr("zstd"));
}

TEST(TraceReader, ReadsEachFieldWhereItBelongs) {
    const auto events = parse_trace(
        "4.656355 kworker/u2:0-9 ..Zff req gfp=0x40cc0 order=2 aflags=0x801 mt=2 hzi=2 pz=1:Normal spread=1\n"
        "4.70 a-b-17 d.Z1. drain zone=0:DMA32 count=62 pindex=5\n"
        "4.8 init-1 ..... mm_page_alloc pfn=? order=1 migratetype=0 gfp_flags=GFP_KERNEL|__GFP_COMP\n"
        "4.9 init-1 ..... list_head_move pfn=-1 order=8 zone=0:DMA32\n"
        "5 init-1 ..... mm_vmscan_kswapd_wake nid=0 order=0\n",
        "here");
    ASSERT_FALSE(events);  // "5" has no fraction
    EXPECT_EQ(events.error().line, 5u);
    const auto good = parse_trace(
        "4.656355 kworker/u2:0-9 ..Zff req gfp=0x40cc0 order=2 aflags=0x801 mt=2 hzi=2 pz=1:Normal spread=1\n"
        "4.70 a-b-17 d.Z1. drain zone=0:DMA32 count=62 pindex=5\n"
        "4.8 init-1 ..... mm_page_alloc pfn=? order=1 migratetype=0 gfp_flags=GFP_KERNEL|__GFP_COMP\n"
        "4.9 init-1 ..... list_head_move pfn=-1 order=8 zone=0:DMA32\n",
        "here");
    ASSERT_TRUE(good) << good.error().text();
    const TraceEvent& req = (*good)[0];
    EXPECT_EQ(req.kind, TraceKind::req);
    EXPECT_EQ(req.nanoseconds, 4'656'355'000u);
    EXPECT_EQ(req.pid, 9u);
    EXPECT_EQ(req.gfp, 0x40cc0u);
    EXPECT_EQ(req.flags, alloc::wmark_low | alloc::kswapd);
    EXPECT_EQ(req.type, MigrateType::reclaimable);
    EXPECT_EQ(req.zone, (ZoneRef{1, ZoneType::normal}));
    EXPECT_TRUE(req.spread);
    EXPECT_EQ((*good)[1].pid, 17u);
    EXPECT_EQ((*good)[1].count, 62);
    EXPECT_EQ((*good)[1].other, 5);
    EXPECT_EQ((*good)[2].pfn, no_pfn);
    EXPECT_EQ((*good)[3].pfn, no_pfn);
}

//      The engine is not told of two frees: from then on its lists differ from the kernel's, it misses, and is put
//      right.
TEST_F(Spoiled, AMissIsPutRightAndDoesNotDragTheRestWithIt) {
    const auto text = read_trace_text(folder.string());
    ASSERT_TRUE(text);
    std::string spoiled = *text;
    for (std::size_t at = spoiled.size() / 3, n = 0; n < 2; ++n) {
        at = spoiled.find(" pcp_free ", at);
        ASSERT_NE(at, std::string::npos);
        spoiled.replace(at, 10, " pcp_lost ");
    }
    std::filesystem::remove(folder / "trace.txt.zst");
    write("trace.txt", spoiled);
    auto replay = Replay::open(folder.string());
    ASSERT_TRUE(replay) << replay.error().text();
    replay->run(replay->events().size());
    const ReplayReport& r = replay->report();
    EXPECT_LT(r.predicted, r.known);
    EXPECT_LT(r.exact_prefix, r.known);
    EXPECT_GT(r.corrected, 0u);
    EXPECT_GT(r.predicted * 100, r.known * 90) << print_text(r, {});
    EXPECT_FALSE(r.misses.empty());
    EXPECT_EQ(replay->check(), std::nullopt);
}

}  // namespace
}  // namespace mm
