// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mm/page_writeback.h"

#include <gtest/gtest.h>

#include "tests/support/mm_machine.h"

namespace mm {
namespace {

using test::MmMachine;

/// 8192 free pages, 60 of them kept back: 8133 could be dirty, with the one that is always added. A ratio is first made
/// pages of a page: 819 and 409 of 4096.
TEST(PageWriteback, ATenthWakesTheFlusherAFifthIsTheLimit) {
    MmMachine m;
    m.set_watermarks(20, 40, 60);
    const DirtyLimits limits = global_dirty_limits(m.memory.zones, m.state.lru);
    EXPECT_EQ(812u, limits.background);
    EXPECT_EQ(1626u, limits.thresh);
    EXPECT_EQ(1219u, limits.freerun());
    const FileId file = m.processes.open("/data", 100 * page_size);
    ASSERT_TRUE(*m.processes.read(file, 0, 100 * page_size));
    const DirtyLimits later = global_dirty_limits(m.memory.zones, m.state.lru);
    EXPECT_EQ(limits.thresh, later.thresh) << "what is read could be dirty, too";
}

TEST(PageWriteback, HighMemoryDoesNotCount) {
    MmMachine m({{0, ZoneType::normal, {1024, 5120}}, {0, ZoneType::highmem, {5120, 9216}}}, 1, PagingMode::i386_pae);
    m.memory.zones.movable_zone = ZoneType::highmem;
    EXPECT_EQ(819u * 4097 / 4096, global_dirty_limits(m.memory.zones, m.state.lru).thresh);
}

/// dirty    0 .. 812 flusher ........ 1219 the writer waits ..... 1626
TEST(PageWriteback, TheOldestDirtyInodeIsWrittenWhenTheCommandIsOver) {
    MmMachine m;
    m.set_watermarks(20, 40, 60);
    const FileId first = m.processes.open("/first", 0), second = m.processes.open("/second", 0);
    ASSERT_TRUE(*m.processes.write(first, 0, 500 * page_size));
    m.settle();
    EXPECT_EQ(500u, m.state.file(first).dirty) << "below the limit nobody writes";
    ASSERT_TRUE(*m.processes.write(second, 0, 400 * page_size));
    EXPECT_EQ(900u, m.state.file(first).dirty + m.state.file(second).dirty);
    EXPECT_TRUE(m.state.flusher_woken);
    m.settle();
    EXPECT_EQ(0u, m.state.file(first).dirty);
    EXPECT_EQ(400u, m.state.file(second).dirty);
    EXPECT_EQ(500u * 4, m.state.events.pgpgout_kib);
    EXPECT_EQ(std::nullopt, m.check());
}

TEST(PageWriteback, WhoWritesTooMuchWaits) {
    MmMachine m;
    m.set_watermarks(20, 40, 60);
    const FileId file = m.processes.open("/big", 0);
    for (int part = 0; part < 30; ++part) {
        ASSERT_TRUE(*m.processes.write(file, static_cast<Bytes>(part) * 100 * page_size, 100 * page_size));
        EXPECT_LE(m.state.file(file).dirty, 1219u);
    }
    EXPECT_GE(m.state.events.pgpgout_kib, (3000u - 1219) * 4);
    EXPECT_EQ(std::nullopt, m.check());
}

}  // namespace
}  // namespace mm
