// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/boot.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>

namespace mm {
namespace {

class BootStages : public testing::TestWithParam<Arch> {};
INSTANTIATE_TEST_SUITE_P(Arch, BootStages, testing::Values(Arch::x86_64, Arch::i386, Arch::arm64),
                         [](const auto& arch) { return std::string(name_of(arch.param)); });

TEST_P(BootStages, form_a_tree_in_call_order_with_unique_names) {
    const auto& stages = boot_stages(GetParam());
    ASSERT_FALSE(stages.empty());
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < stages.size(); ++i) {
        EXPECT_TRUE(names.insert(stages[i].name).second) << stages[i].name << " twice";
        EXPECT_FALSE(stages[i].file.empty()) << stages[i].name;
        EXPECT_LT(stages[i].parent, static_cast<int>(i)) << "a parent stands before its children";
        const unsigned expected =
            stages[i].parent < 0 ? 0 : stages[static_cast<std::size_t>(stages[i].parent)].depth + 1;
        EXPECT_EQ(stages[i].depth, expected) << stages[i].name;
        // Depth first: what follows a stage is its child, or hangs on one of its ancestors.
        if (i > 0) {
            EXPECT_LE(stages[i].depth, stages[i - 1].depth + 1);
        }
    }
}

TEST_P(BootStages, leaves_do_the_work_and_groups_have_children) {
    const auto& stages = boot_stages(GetParam());
    ASSERT_FALSE(stages.empty());
    for (std::size_t i = 0; i < stages.size(); ++i) {
        const bool has_child = i + 1 < stages.size() && stages[i + 1].parent == static_cast<int>(i);
        EXPECT_NE(is_leaf_stage(GetParam(), static_cast<unsigned>(i)), has_child) << stages[i].name;
    }
    EXPECT_FALSE(is_leaf_stage(GetParam(), static_cast<unsigned>(stages.size())));
}

TEST(Explanations, each_stage_has_one_and_none_is_left_over) {
    std::set<std::string> explained;
    for (const auto& file : std::filesystem::directory_iterator(MMSCOPE_SOURCE_DIR "/resources/explain")) {
        EXPECT_GT(file.file_size(), 80u) << file.path();
        explained.insert(file.path().stem());
    }
    EXPECT_EQ(explained.erase("recording"), 1u) << "where there is no boot";
    EXPECT_EQ(explained.erase("power-on") + explained.erase("run"), 2u) << "before the first stage and after the last";
    EXPECT_EQ(explained.erase("events"), 1u) << "what happens while the machine runs";
    std::set<std::string> stages;
    for (const Arch arch : {Arch::x86_64, Arch::i386, Arch::arm64})
        for (const StageInfo& stage : boot_stages(arch))
            stages.emplace(stage.name);
    for (const std::string& stage : stages)
        EXPECT_EQ(explained.erase(stage), 1u) << stage << " has no explanation";
    EXPECT_TRUE(explained.empty()) << *explained.begin() << " explains no stage";
}

}  // namespace
}  // namespace mm
