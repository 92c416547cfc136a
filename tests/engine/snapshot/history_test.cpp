// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/snapshot/history.h"

#include <gtest/gtest.h>

#include "engine/snapshot/describe.h"
#include "engine/snapshot/history_recorder.h"
#include "engine/types/rng.h"

namespace mm {
namespace {

Event event_number(std::uint64_t i) {
    return {.kind = EventKind::memblock_reserve, .touched = {i * 4096, i * 4096 + 4096}, .a = i};
}

TEST(History, returns_what_was_recorded_across_chunks) {
    HistoryRecorder recorder({{"one", "a.c", -1, 0}});
    constexpr Position n = 2 * History::chunk_size + 17;
    for (Position i = 0; i < n; ++i)
        recorder.append(event_number(i), "text " + std::to_string(i), 0, static_cast<std::uint32_t>(i / 10));
    const History h = recorder.history();
    ASSERT_EQ(h.size(), n);
    for (Position i = 0; i < n; ++i) {
        const RecordedEvent e = h.event(i);
        ASSERT_EQ(e.event, event_number(i));
        ASSERT_EQ(e.text, "text " + std::to_string(i));
        ASSERT_EQ(e.command, i / 10);
    }
}

TEST(History, a_copy_does_not_see_what_comes_later_and_truncation_forgets_everything_beyond) {
    HistoryRecorder recorder({});
    Rng rng(3);
    std::vector<std::uint64_t> model;
    for (int round = 0; round < 60; ++round) {
        for (std::uint64_t n = rng.below(3000); n > 0; --n) {
            const std::uint64_t tag = rng.next();
            recorder.append(event_number(tag & 0xffff), std::to_string(tag), 0, 0);
            if (tag % 7 == 0) recorder.add_log_line("line " + std::to_string(tag));
            model.push_back(tag);
        }
        const History before = recorder.history();
        const Position cut = rng.below(model.size() + 1);
        recorder.truncate(cut);
        EXPECT_EQ(before.size(), model.size());
        if (!model.empty()) {
            EXPECT_EQ(before.event(model.size() - 1).text, std::to_string(model.back()));
        }
        model.resize(cut);
        const History after = recorder.history();
        ASSERT_EQ(after.size(), model.size()) << "seed 3, round " << round;
        std::size_t lines = 0;
        for (Position i = 0; i < model.size(); ++i) {
            ASSERT_EQ(after.event(i).text, std::to_string(model[i])) << "seed 3, round " << round;
            lines += model[i] % 7 == 0;
        }
        EXPECT_EQ(after.log_size(), lines);
    }
}

TEST(History, log_lines_belong_to_the_event_before_them) {
    HistoryRecorder recorder({});
    recorder.append(event_number(0), "", 0, 0);
    recorder.add_log_line("after event 0");
    recorder.append(event_number(1), "", 0, 0);
    recorder.append(event_number(2), "", 0, 0);
    recorder.add_log_line("after event 2");
    const History h = recorder.history();
    // position:   0 | 1 | 2 | 3
    // log lines:  0 | 1 | 1 | 2
    EXPECT_EQ(h.log_lines_at(0), 0u);
    EXPECT_EQ(h.log_lines_at(1), 1u);
    EXPECT_EQ(h.log_lines_at(2), 1u);
    EXPECT_EQ(h.log_lines_at(3), 2u);
}

TEST(History, finds_the_deepest_stage_of_a_position) {
    //  outer  [0 ------------ 10)
    //  a        [0 - 4)
    //  b              [4 - 10)
    //  after                    [10 - 12)
    HistoryRecorder recorder({{"outer", "", -1, 0}, {"a", "", 0, 1}, {"b", "", 0, 1}, {"after", "", -1, 0}});
    recorder.set_span(0, {0, 10});
    recorder.set_span(1, {0, 4});
    recorder.set_span(2, {4, 10});
    recorder.set_span(3, {10, 12});
    const History h = recorder.history();
    EXPECT_EQ(h.stage_at(0), -1);
    EXPECT_EQ(h.stage_at(1), 1);
    EXPECT_EQ(h.stage_at(4), 1) << "position 4 is the moment a has ended";
    EXPECT_EQ(h.stage_at(5), 2);
    EXPECT_EQ(h.stage_at(10), 2);
    EXPECT_EQ(h.stage_at(11), 3);
    EXPECT_EQ(h.stage_at(500), 3) << "run time: the last stage";
    EXPECT_EQ(h.stage_named("b"), 2);
    EXPECT_EQ(h.stage_named("nonsense"), -1);
}

TEST(Samples, are_thinned_out_but_keep_their_order_and_span) {
    HistoryRecorder recorder({});
    for (Position i = 0; i < 50000; ++i) {
        Sample sample;
        sample.at = i;
        recorder.add_sample(sample);
    }
    const History h = recorder.history();
    ASSERT_LT(h.samples().size(), 4097u);
    ASSERT_GT(h.samples().size(), 1000u);
    EXPECT_EQ(h.samples().front().at, 0u);
    EXPECT_GT(h.samples().back().at, 49000u);
    for (std::size_t i = 1; i < h.samples().size(); ++i)
        ASSERT_LT(h.samples()[i - 1].at, h.samples()[i].at);
}

TEST(Describe, sizes_and_ranges_read_as_people_and_the_kernel_write_them) {
    EXPECT_EQ(size_text(0), "0 B");
    EXPECT_EQ(size_text(4096), "4 KiB");
    EXPECT_EQ(size_text(640 * KiB - KiB), "639 KiB");
    EXPECT_EQ(size_text(2560 * MiB), "2.5 GiB");
    EXPECT_EQ(size_text(GiB - 1), "1023.9 MiB");
    EXPECT_EQ(range_text({0x1000, 0xa0000}), "[mem 0x00001000-0x0009ffff]");
    EXPECT_EQ(range_text({}), "");
    EXPECT_EQ(describe({.event = {.kind = EventKind::memblock_reserve, .touched = {0x1000000, 0x4400000}},
                        .text = "kernel image"}),
              "memblock_reserve [mem 0x01000000-0x043fffff] kernel image");
}

}  // namespace
}  // namespace mm
