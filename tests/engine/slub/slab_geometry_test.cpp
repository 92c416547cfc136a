// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/slub/slab_geometry.h"

#include <gtest/gtest.h>

#include "engine/slab_common/slabinfo.h"

namespace mm {
namespace {

const KernelProfile& kernel(KernelVersion version) {
    return profile_for(Arch::x86_64, version);
}

SlabParams with_line(std::string line, unsigned cpus = 1, unsigned hotplug = 0, KernelVersion version = {6, 1, 0}) {
    Machine machine;
    machine.command_line = std::move(line);
    machine.possible_cpus = cpus;
    machine.hotplug_cpus = hotplug;
    return slab_params(machine, kernel(version));
}

SlabShape shape(Bytes size, const SlabParams& params, KernelVersion version = {6, 1, 0}) {
    const auto order = calculate_order(size, params, kernel(version));
    return order ? slab_shape(*order, size) : SlabShape{};
}

TEST(SlabGeometry, WantsMoreObjectsWithMoreCpus) {
    // 256-byte objects: 8 are wanted with 1 CPU, 20 with 8, and 16 fit into a page.
    EXPECT_EQ((SlabShape{0, 16}), shape(256, with_line("", 1)));
    EXPECT_EQ((SlabShape{1, 32}), shape(256, with_line("", 8)));
    // Of 8 CPUs one is there: all 8 count. Two are there: those count.
    EXPECT_EQ((SlabShape{1, 32}), shape(256, with_line("", 8, 7)));
    EXPECT_EQ((SlabShape{0, 16}), shape(256, with_line("", 8, 6)));
    EXPECT_EQ((SlabShape{1, 32}), shape(256, with_line("", 8, 6), {5, 10, 0})) << "before 5.11 possible CPUs counted";
}

TEST(SlabGeometry, WasteDecidesTheOrder) {
    // 2112 bytes: 7 fit into 4 pages and waste 1600 of 16384, above 1/16; 15 into 8 pages waste 1088 of 32768.
    EXPECT_EQ((SlabShape{3, 15}), shape(2112, with_line("")));
    // 8192 bytes: no more than 4 objects fit into the largest wanted slab.
    EXPECT_EQ((SlabShape{3, 4}), shape(8192, with_line("")));
    // Larger than the largest wanted slab: the smallest block that holds one.
    EXPECT_EQ((SlabShape{4, 1}), shape(40000, with_line("")));
    EXPECT_EQ((SlabShape{}), shape(5 * MiB, with_line("")));
}

TEST(SlabGeometry, UpToHalfIsWastedForTheWantedObjectsSince67) {
    // 6400 bytes: 5 objects waste 768 of 32768; both agree. 10944 bytes: 2 in 8 pages waste 1/3.
    EXPECT_EQ((SlabShape{3, 5}), shape(6400, with_line("")));
    EXPECT_EQ((SlabShape{3, 5}), shape(6400, with_line(""), {6, 7, 0}));
    EXPECT_EQ((SlabShape{2, 1}), shape(10944 + 1024, with_line("")));
    EXPECT_EQ((SlabShape{3, 2}), shape(10944 + 1024, with_line(""), {6, 7, 0}));
}

TEST(SlabGeometry, ObeysTheCommandLine) {
    EXPECT_EQ((SlabShape{0, 1}), shape(4096, with_line("slub_max_order=0")));
    EXPECT_EQ((SlabShape{2, 64}), shape(256, with_line("slub_min_order=2")));
    EXPECT_EQ((SlabShape{2, 64}), shape(256, with_line("slub_min_objects=64")));
    EXPECT_EQ((SlabShape{0, 16}), shape(256, with_line("slub_min_objects=many"))) << "no number";
    EXPECT_EQ(10u, with_line("slub_max_order=99").max_order);
    // A word that 6.1 does not know; 6.8 does.
    EXPECT_EQ(3u, with_line("slab_max_order=1").max_order);
    EXPECT_EQ(1u, with_line("slab_max_order=1", 1, 0, {6, 10, 0}).max_order);
    EXPECT_TRUE(with_line("slab_nomerge").nomerge);
}

CacheRequest request(std::string name, Bytes size, SlabFlags flags = 0, Bytes align = 0) {
    CacheRequest r;
    r.name = std::move(name);
    r.object_size = size;
    r.flags = flags;
    r.align = align;
    return r;
}

ObjectLayout layout(const CacheRequest& r, const SlabParams& params) {
    return calculate_sizes(r, params, kernel({6, 1, 0})).value_or(ObjectLayout{});
}

TEST(SlabGeometry, DebugOptionsSurroundTheObject) {
    // kmalloc-64 is aligned to 64 bytes: |64 pad|64 object|8 red|8 pointer|64 tracks + 4 size|8 red|pad to 256|
    const SlabParams debug = with_line("slub_debug=FZPU");
    const ObjectLayout l = layout(request("kmalloc-64", 64, slab::kmalloc, 64), debug);
    EXPECT_EQ(256u, l.size);
    EXPECT_EQ(72u, l.inuse);
    EXPECT_EQ(72u, l.offset);
    EXPECT_EQ(64u, l.red_left_pad);
    EXPECT_EQ(200u, layout(request("kmalloc-96", 96, slab::kmalloc), debug).size);
    EXPECT_EQ(288u, layout(request("dentry", 192, slab::reclaim_account), debug).size);
    // Without options the free pointer lies in the middle of a free object, and nothing is added.
    const ObjectLayout plain = layout(request("dentry", 192), with_line(""));
    EXPECT_EQ(192u, plain.size);
    EXPECT_EQ(96u, plain.offset);
    // A constructor keeps the object's bytes: the pointer goes behind them.
    CacheRequest constructed = request("inode_cache", 632);
    constructed.constructor = true;
    EXPECT_EQ(640u, layout(constructed, with_line("")).size);
}

TEST(SlabGeometry, DebugOptionsMayNameCaches) {
    const SlabParams some = with_line("slub_debug=Z,dentry,kmalloc-*");
    EXPECT_EQ(slab::red_zone, with_debug_flags(some, "dentry", 0));
    EXPECT_EQ(slab::red_zone, with_debug_flags(some, "kmalloc-8k", 0));
    EXPECT_EQ(0u, with_debug_flags(some, "filp", 0));
    const SlabParams rest = with_line("slub_debug=F;Z,dentry");
    EXPECT_EQ(slab::red_zone, with_debug_flags(rest, "dentry", 0));
    EXPECT_EQ(slab::consistency_checks, with_debug_flags(rest, "filp", 0));
    EXPECT_EQ(slab::debug_default, with_debug_flags(with_line("slub_debug"), "filp", 0));
    EXPECT_EQ(0u, with_debug_flags(with_line("slub_debug=-"), "filp", 0));
    EXPECT_EQ(0u, with_debug_flags(with_line("slub_debug"), "x", slab::no_user_flags) & slab::debug_metadata);
}

TEST(SlabGeometry, DebugOptionsThatCostAnOrderAreLeftOutOnRequest) {
    // 4096 bytes and red zones need two pages.
    EXPECT_EQ(4096u, layout(request("names_cache", 4096), with_line("slub_debug=ZO")).size);
    EXPECT_LT(4096u, layout(request("names_cache", 4096), with_line("slub_debug=Z")).size);
    EXPECT_LT(192u, layout(request("dentry", 192), with_line("slub_debug=ZO")).size);
}

TEST(SlabGeometry, AlignmentOfCacheLinesFitsTheObject) {
    EXPECT_EQ(64u, calculate_alignment(slab::hwcache_align, 0, 100, 64, 8));
    EXPECT_EQ(32u, calculate_alignment(slab::hwcache_align, 0, 24, 64, 8));
    EXPECT_EQ(16u, calculate_alignment(slab::hwcache_align, 0, 9, 64, 8));
    EXPECT_EQ(8u, calculate_alignment(0, 4, 100, 64, 8));
    EXPECT_EQ(256u, calculate_alignment(slab::hwcache_align, 256, 100, 64, 8));
}

TEST(Slabinfo, ReadsNamesAndSizesAndNothingBehind) {
    const auto rows = read_slabinfo_sizes(
        "slabinfo - version: 2.1\n# name <active_objs>\nRAW   8      8   1024    8    2 : tunables\n\n"
        "two words 1 2 64\r\n",
        "f");
    ASSERT_TRUE(rows) << rows.error().text();
    ASSERT_EQ(2u, rows->size());
    EXPECT_EQ("RAW", (*rows)[0].name);
    EXPECT_EQ(1024u, (*rows)[0].objsize);
    EXPECT_EQ("two words", (*rows)[1].name);
    EXPECT_EQ(5u, (*rows)[1].line);
}

TEST(Slabinfo, SaysWhatIsWrongAndWhere) {
    const auto refusal = [](std::string_view text) {
        const auto rows = read_slabinfo_sizes(text, "f");
        return rows ? "read" : rows.error().text();
    };
    EXPECT_EQ("f:1: \"dentry 1 2 3\": expected \"slabinfo - version: 2.1\", the first line of /proc/slabinfo",
              refusal("dentry 1 2 3\n"));
    EXPECT_EQ("f:2: \"dentry 1 x 3\": expected NAME <active_objs> <num_objs> <objsize> ...",
              refusal("slabinfo - version: 2.1\ndentry 1 x 3"));
    EXPECT_EQ("f:2: objects of 0 bytes in cache dentry; expected from 1 to 2147483648",
              refusal("slabinfo - version: 2.1\ndentry 1 2 0"));
    EXPECT_EQ("f: the file is empty; expected /proc/slabinfo", refusal("# nothing\n"));
}

TEST(Slabinfo, PrintsTheKernelsColumns) {
    EXPECT_NE(std::string::npos,
              print_slabinfo({{"request_sock_subflow_v6", 0, 0, 384, 10, 1, 0, 0}})
                  .find("\nrequest_sock_subflow_v6      0      0    384   10    1 : tunables    0    0    0 : slabdata "
                        "     0      0      0\n"));
}

}  // namespace
}  // namespace mm
