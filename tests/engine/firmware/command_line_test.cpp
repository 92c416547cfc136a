// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/firmware/command_line.h"

#include <gtest/gtest.h>

namespace mm {
namespace {

TEST(Memparse, TakesSuffixesBasesAndGivesTheRest) {
    std::string_view rest;
    EXPECT_EQ(memparse("512M", &rest), 512 * MiB);
    EXPECT_EQ(rest, "");
    EXPECT_EQ(memparse("64k@16M", &rest), 64 * KiB);
    EXPECT_EQ(rest, "@16M");
    EXPECT_EQ(memparse("0x10G"), 16 * GiB);
    EXPECT_EQ(memparse("010", &rest), 8u);
    EXPECT_EQ(rest, "");
    EXPECT_EQ(memparse("2T"), 2 * TiB);
    EXPECT_EQ(memparse("1P"), 1024 * TiB);
    EXPECT_EQ(memparse("1E"), 1024 * 1024 * TiB);
}

TEST(Memparse, WithoutANumberGivesZeroAndTheWholeText) {
    std::string_view rest;
    EXPECT_EQ(memparse("exactmap", &rest), 0u);
    EXPECT_EQ(rest, "xactmap") << "the kernel takes a lone suffix letter, here E, for one";
    EXPECT_EQ(memparse("abc", &rest), 0u);
    EXPECT_EQ(rest, "abc");
    EXPECT_EQ(memparse("", &rest), 0u);
    EXPECT_EQ(memparse("0x", &rest), 0u);
    EXPECT_EQ(rest, "x");
    EXPECT_EQ(memparse("0x1Q", &rest), 1u);
    EXPECT_EQ(rest, "Q");
}

TEST(Memparse, WrapsAsTheKernelsArithmeticDoes) {
    EXPECT_EQ(memparse("18446744073709551617"), 1u);
    EXPECT_EQ(memparse("16E"), 0u);
}

TEST(CommandLine, SplitsAtBlanksAndKeepsQuotedOnes) {
    const auto params = parse_command_line(R"(  quiet root=/dev/sda1 dyndbg="file a.c +p; file b" "x y=1 2" empty=  )");
    ASSERT_EQ(params.size(), 5u);
    EXPECT_EQ(params[0].name, "quiet");
    EXPECT_FALSE(params[0].has_value);
    EXPECT_EQ(params[1].value, "/dev/sda1");
    EXPECT_EQ(params[2].name, "dyndbg");
    EXPECT_EQ(params[2].value, "file a.c +p; file b");
    EXPECT_EQ(params[3].name, "x y");
    EXPECT_EQ(params[3].value, "1 2");
    EXPECT_TRUE(params[4].has_value);
    EXPECT_EQ(params[4].value, "");
}

TEST(CommandLine, EndsAtTheDoubleDash) {
    EXPECT_EQ(parse_command_line("a b -- c d").size(), 2u);
    EXPECT_EQ(parse_command_line("").size(), 0u);
    EXPECT_EQ(parse_command_line("\"").size(), 1u);
    EXPECT_EQ(parse_command_line("a=\"").at(0).value, "");
}

TEST(CommandLine, FindTakesTheLastAndDoesNotTellDashFromUnderscore) {
    EXPECT_EQ(find_param("mem=1G mem=2G", "mem"), "2G");
    EXPECT_EQ(find_param("transparent-hugepage=never", "transparent_hugepage"), "never");
    EXPECT_EQ(find_param("nokaslr", "nokaslr"), "");
    EXPECT_EQ(find_param("memory=1G", "mem"), std::nullopt);
}

}  // namespace
}  // namespace mm
