// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/command.h"

#include <gtest/gtest.h>

#include "engine/types/rng.h"

namespace mm {
namespace {

TEST(Command, text_and_back_for_every_kind) {
    const Command commands[] = {RunStage{4},
                                AllocPages{{gfp::GFP_KERNEL | gfp::comp, 3, 1, 2}},
                                AllocPages{{gfp::GFP_HIGHUSER_MOVABLE, 0, 0, 0}},
                                AllocPages{{gfp::GFP_KERNEL, 0, 0, 0}, {PolicyMode::interleave, 0x5}},
                                AllocPagesExact{{gfp::GFP_KERNEL, 0, 0, 1}, 20000},
                                AllocPagesBulk{{gfp::GFP_KERNEL, 0, 0, 1}, 40},
                                FreePages{0x1a8c0, 3, 2},
                                FreePagesExact{0x1000, 20000, 1},
                                GetPage{0x1001},
                                PutPage{0x1001, 3},
                                SplitPage{0x1004},
                                DrainPages{},
                                DrainPages{2},
                                FoldVmstat{1}};
    for (const Command& c : commands) {
        const auto back = parse_command(to_text(c));
        ASSERT_TRUE(back) << to_text(c) << ": " << back.error().text();
        EXPECT_EQ(*back, c) << to_text(c);
    }
}

TEST(Command, the_kernels_other_names_for_the_same) {
    EXPECT_EQ(*parse_command("alloc_page GFP_KERNEL"), (Command{AllocPages{{gfp::GFP_KERNEL, 0, 0, 0}}}));
    EXPECT_EQ(*parse_command("get_zeroed_page GFP_KERNEL"),
              (Command{AllocPages{{gfp::GFP_KERNEL | gfp::zero, 0, 0, 0}}}));
    EXPECT_EQ(*parse_command("__get_free_pages GFP_HIGHUSER order 2"), (Command{AllocPages{{gfp::GFP_USER, 2, 0, 0}}}))
        << "an address is needed: no highmem";
    EXPECT_EQ(*parse_command("__free_pages 16 order 2 cpu 1"), (Command{FreePages{16, 2, 1}}));
    EXPECT_EQ(*parse_command("free_page 0x10"), (Command{FreePages{16, 0, 0}}));
    EXPECT_FALSE(parse_command("alloc_page GFP_KERNEL order 1"));
}

TEST(Command, what_is_not_a_command_is_refused_with_what_was_read_and_expected) {
    for (const char* text :
         {"", "alloc", "alloc_pages", "alloc_pages GFP_NONSENSE order 1", "alloc_pages GFP_KERNEL order",
          "free_pages 12 order 99", "free_pages x order 1", "run_stage -1", "drain_pages", "put_page",
          "alloc_pages GFP_KERNEL policy some", "split_page 1 order 2", "alloc_pages GFP_KERNEL order 1 order 2",
          "alloc_pages GFP_KERNEL size 3"}) {
        const auto parsed = parse_command(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_NE(parsed.error().message.find("expected"), std::string::npos);
    }
}

TEST(Command, random_bytes_never_crash_the_parser) {
    Rng rng(99);
    for (int i = 0; i < 20000; ++i) {
        std::string text = i % 2 ? "alloc_pages GFP_KERNEL " : "";
        for (std::uint64_t n = rng.below(30); n > 0; --n)
            text += static_cast<char>(rng.below(95) + 32);
        if (const auto parsed = parse_command(text); parsed) {
            EXPECT_TRUE(parse_command(to_text(*parsed))) << text;
        }
    }
}

}  // namespace
}  // namespace mm
