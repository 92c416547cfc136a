// SPDX-License-Identifier: GPL-3.0-or-later
// Sizes of the large hash tables, against what real kernels printed for machines of these sizes.
#include "engine/page_alloc/system_hash.h"

#include <gtest/gtest.h>

namespace mm {
namespace {

HashMemory of_size(Bytes ram, bool is_64bit = true) {
    // The memmap (1/64 of memory) is taken off before tables are scaled.
    const NrPages pages = pfn_down(ram) - pfn_down(ram) / 64;
    return {pages, pages, is_64bit};
}

std::uint64_t entries(std::string_view name, Bytes ram, std::string_view command_line = "") {
    return size_of(system_hash(name, command_line), of_size(ram)).entries;
}

TEST(SystemHash, ABucketForEachPieceOfMemoryRoundedUpToAPowerOfTwo) {
    EXPECT_EQ(entries("Dentry cache", 512 * MiB), 65536u);
    EXPECT_EQ(entries("Inode-cache", 512 * MiB), 32768u);
    EXPECT_EQ(entries("Mount-cache", 512 * MiB), 1024u);
    EXPECT_EQ(entries("TCP established", 512 * MiB), 4096u);
}

//   64 GiB    8388608 dentries
//   512 GiB   not 67108864: beyond 64 GiB the scale grows with each fourfold of memory, twice here
TEST(SystemHash, TablesWithoutLimitGrowSlowlyOnLargeMachines) {
    EXPECT_EQ(entries("Dentry cache", 64 * GiB), 8388608u);
    EXPECT_EQ(entries("Dentry cache", 512 * GiB), 16777216u);
}

TEST(SystemHash, LimitsHold) {
    EXPECT_EQ(entries("UDP", 128 * MiB), 256u);
    EXPECT_EQ(entries("UDP", TiB), 65536u);
    EXPECT_EQ(entries("Mount-cache", 128 * MiB), 512u) << "a page is the least";
    EXPECT_EQ(entries("MPTCP token", 128 * MiB), 256u) << "170 buckets of 24 bytes fill a page; a power of two it is";
    EXPECT_EQ(entries("IP idents", 64 * GiB), 262144u);
}

TEST(SystemHash, TheCommandLineDecidesTheNumber) {
    EXPECT_EQ(entries("Dentry cache", GiB, "dhash_entries=1000"), 1024u);
    EXPECT_EQ(entries("UDP", GiB, "uhash_entries=5"), 256u);
    EXPECT_EQ(entries("TCP established", GiB, "thash_entries=0x100000"), 1048576u) << "its limit is lifted";
    EXPECT_EQ(entries("Dentry cache", MiB, "dhash_entries=0xffffffffff"), 4096u) << "at most 1/16 of memory";
}

TEST(SystemHash, SizeAndOrderCountTheBucketsBytes) {
    const HashSize on_64 = size_of(system_hash("MPTCP token", ""), of_size(512 * MiB));
    EXPECT_EQ(on_64.bytes, 512u * 24);
    EXPECT_EQ(on_64.order, 2u);
    EXPECT_EQ(hash_line("MPTCP token", on_64, "linear"),
              "MPTCP token hash table entries: 512 (order: 2, 12288 bytes, linear)");
    EXPECT_EQ(size_of(system_hash("TCP bind", ""), of_size(512 * MiB, false)).bytes, 4096u * 16);
}

TEST(SystemHash, NoMemoryStillGetsATable) {
    EXPECT_EQ(size_of(system_hash("Dentry cache", ""), {0, 0, true}).entries, 1u);
}

}  // namespace
}  // namespace mm
