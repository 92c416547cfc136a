// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "engine/vmscan/shrinkers.h"
#include "tests/support/mm_machine.h"

namespace mm {
namespace {

using test::MmMachine;
using Kind = MmMachine::Kind;

std::vector<FileId> open_files(MmMachine& m, unsigned count, Bytes size = page_size) {
    std::vector<FileId> files;
    for (unsigned i = 0; i < count; ++i)
        files.push_back(m.processes.open("/usr/src/file" + std::to_string(i) + ".c", size));
    return files;
}

/// One drop leaves what was used since the last one, as in the kernel; after three nothing has an excuse.
void drop_slab_thrice(MmMachine& m) {
    for (int i = 0; i < 3; ++i)
        drop_slab(m.context);
}

/// oldest [f0][f1][f2] newest; f0 is opened again and referenced   ── two are looked at ──►   [f2][f0]
TEST(Shrinkers, AnOldNameGoesFirstAndOneUsedSinceGetsAnotherRound) {
    MmMachine m;
    const auto files = open_files(m, 3);
    m.processes.open("/usr/src/file0.c", page_size);
    EXPECT_EQ(1u, InodeCache(m.context).prune_dentries({}, 2));
    EXPECT_TRUE(m.state.file(files[0]).dentry);
    EXPECT_FALSE(m.state.file(files[1]).dentry);
    EXPECT_TRUE(m.state.file(files[1]).at) << "its inode is on the other list now";
    EXPECT_TRUE(m.state.file(files[1]).inode_lru);
    EXPECT_EQ(std::nullopt, m.check());
    EXPECT_EQ(1u, InodeCache(m.context).prune_dentries({}, 1)) << "f2";
    EXPECT_FALSE(m.state.file(files[2]).dentry);
    EXPECT_EQ(1u, InodeCache(m.context).prune_dentries({}, 1)) << "and f0, which was not used since";
    EXPECT_FALSE(m.state.file(files[0]).dentry);
    EXPECT_EQ(std::nullopt, m.check());
}

TEST(Shrinkers, DropSlabLeavesWhatIsUsedAndWhatHasPages) {
    MmMachine m;
    const Pid init = m.start("/sbin/init");
    const auto files = open_files(m, 300);
    ASSERT_TRUE(*m.processes.read(files[7], 0, page_size));
    ASSERT_NE(0, init);
    drop_slab(m.context);
    EXPECT_EQ(std::nullopt, m.check());
    EXPECT_EQ(1u, m.count(Kind::dentry)) << "of the program that runs";
    EXPECT_EQ(2u, m.count(Kind::inode)) << "and the inode whose page is in memory";
    EXPECT_TRUE(m.state.file(files[7]).at);
    EXPECT_EQ(1u, m.state.events.drop_slab);
    EXPECT_GT(m.state.events.slabs_scanned, 300u);

    m.processes.drop_caches();
    drop_slab(m.context);
    EXPECT_EQ(1u, m.count(Kind::inode)) << "without its page it goes, too";
    ASSERT_TRUE(*m.processes.read(files[7], 0, page_size)) << "and comes again when it is wanted";
    EXPECT_EQ(2u, m.count(Kind::inode));
    EXPECT_EQ(2u, m.count(Kind::dentry));
    EXPECT_EQ(std::nullopt, m.check());
}

TEST(Shrinkers, WithHighMemoryAnInodeGoesWithItsPages) {
    for (const PagingMode paging : {PagingMode::x86_64, PagingMode::i386_pae}) {
        MmMachine m({{0, ZoneType::normal, {1024, 9216}}}, 1, paging);
        const FileId file = m.processes.open("/data", 64 * page_size);
        ASSERT_TRUE(*m.processes.read(file, 0, 64 * page_size));
        drop_slab_thrice(m);
        const bool narrow = paging == PagingMode::i386_pae;
        EXPECT_EQ(narrow ? 0u : 64u, m.state.file(file).nrpages);
        EXPECT_EQ(narrow ? 0u : 1u, m.count(Kind::inode));
        EXPECT_EQ(narrow ? 64u : 0u, m.state.events.pginodesteal);
        EXPECT_EQ(std::nullopt, m.check());
    }
}

TEST(Shrinkers, ADirtyInodeStays) {
    MmMachine m({{0, ZoneType::normal, {1024, 9216}}}, 1, PagingMode::i386_pae);
    const FileId file = m.processes.open("/log", 0);
    ASSERT_TRUE(*m.processes.write(file, 0, 4 * page_size));
    drop_slab_thrice(m);
    EXPECT_EQ(1u, m.count(Kind::inode));
    EXPECT_EQ(4u, m.state.file(file).nrpages);
    EXPECT_EQ(4u, m.processes.sync());
    EXPECT_TRUE(m.state.file(file).inode_lru) << "once it is written it may go";
    drop_slab_thrice(m);
    EXPECT_EQ(0u, m.count(Kind::inode));
    EXPECT_EQ(std::nullopt, m.check());
}

TEST(Shrinkers, MemoryInNeedTakesNamesAndInodes) {
    MmMachine m({{0, ZoneType::normal, {1024, 3072}}});
    m.set_watermarks(16, 32, 48);
    const Pid init = m.start();
    open_files(m, 5000);
    const VirtAddr a = **m.processes.mmap(init, {2500 * page_size, vma::read | vma::write, false, no_id, 0, 0});
    (void)m.processes.touch(init, {a, a + 2500 * page_size}, true);
    m.settle();
    EXPECT_LT(m.count(Kind::dentry), 2500u);
    EXPECT_GT(m.state.events.slabs_scanned, 2500u);
    EXPECT_EQ(std::nullopt, m.check());
}

/// A file of 60000 pages read through memory of 1024: a node of 64 shadows stays for each 64 pages that went, but no
/// more of them than a page of the lists in eight, and of those too many, half are looked at once that makes a batch.
TEST(Shrinkers, NodesOfShadowsAreKeptForWhatCouldBeActive) {
    MmMachine m({{0, ZoneType::normal, {1024, 2048}}});
    m.set_watermarks(16, 32, 48);
    const FileId file = m.processes.open("/data", 60000 * page_size);
    ASSERT_TRUE(*m.processes.read(file, 0, 60000 * page_size));
    m.settle();
    const NodeCounters& counters = m.state.lru[0].counters;
    EXPECT_GT(counters.workingset_nodereclaim, 30u);
    EXPECT_EQ(counters.workingset_nodes, m.state.file_lists->shadow_nodes.total());
    EXPECT_LT(counters.workingset_nodes, 1024u / 8 + 2 * 128 + 64);
    EXPECT_EQ(std::nullopt, m.check());
    m.processes.drop_caches();
    EXPECT_EQ(0u, counters.workingset_nodes) << "shadows are dropped as pages are";
    EXPECT_TRUE(m.state.file(file).pages.empty());
    EXPECT_EQ(std::nullopt, m.check());
}

TEST(Shrinkers, WithoutMemoryForANameOrAnInodeNothingIsLeftBehind) {
    MmMachine m;
    for (unsigned fails : {1U, 2U}) {
        unsigned at = 0;
        m.descriptor_fails = [&] { return ++at == fails; };
        EXPECT_EQ(no_id, m.processes.open("/data", page_size));
        EXPECT_EQ(0u, m.count(Kind::dentry) + m.count(Kind::inode));
        EXPECT_EQ(std::nullopt, m.check());
    }
    m.descriptor_fails = {};
    EXPECT_NE(no_id, m.processes.open("/data", page_size));
}

}  // namespace
}  // namespace mm
