// SPDX-License-Identifier: GPL-3.0-or-later
// Per-CPU areas: an allocation made from the panel is marked at one offset of all units, and clicks choose allocations
// and the frames that they are in.
#include <QLabel>
#include <QLineEdit>
#include <QTableView>

#include "engine/snapshot/percpu_frames.h"
#include "gui/views/percpu/percpu_view.h"
#include "tests/gui/view_test.h"

namespace mm::gui {
namespace {

class PercpuViewTest : public ViewTest<PercpuView> {
protected:
    void SetUp() override {
        ViewTest::SetUp();
        open("resources/machines/numa-2n-2g");
    }
    void allocate(const QString& bytes) {
        view.titleWidget()->findChild<QLineEdit*>()->setText(bytes);
        press("alloc_percpu");
    }
    UnitsCanvas& canvas() { return view.canvas(); }
    const PercpuChunk& shown() { return now().percpu.chunk(canvas().chunk()); }
    QPointF at(unsigned cpu, int bit) { return {canvas().xOf(bit) + 1, canvas().unitOf(cpu).center().y()}; }
};

TEST_F(PercpuViewTest, NothingIsThereBeforeTheFirstAllocation) {
    EXPECT_EQ(view.contextText(), "");
    EXPECT_FALSE(canvas().isVisible());
    EXPECT_TRUE(button("alloc_percpu")->isEnabled());
    EXPECT_FALSE(button("free_percpu")->isEnabled());
}

TEST_F(PercpuViewTest, AnAllocationIsMarkedAndFreed) {
    allocate("4096");
    EXPECT_TRUE(canvas().isVisible());
    ASSERT_TRUE(canvas().allocation().has_value());
    EXPECT_EQ(canvas().chunk(), now().percpu.first);
    EXPECT_EQ(view.contextText(), "2 MiB for each of 2 CPUs · 1 allocation");
    const int bit = *canvas().allocation();
    EXPECT_EQ(shown().map.end_of(bit) - bit, 1024);
    press("free_percpu");
    EXPECT_FALSE(canvas().allocation().has_value());
    EXPECT_FALSE(button("free_percpu")->isEnabled());
    EXPECT_EQ(now().percpu.stats.nr_cur_alloc, 0u);
}

//  CPU 0  |static...|##########|      the same bits of both units, in frames of their own nodes
//  CPU 1  |static...|##########|
TEST_F(PercpuViewTest, AClickChoosesTheAllocationAndTheFrameOfThatCpu) {
    allocate("6000");
    const int bit = *canvas().allocation();
    canvas().setAllocation(std::nullopt);
    for (const unsigned cpu : {0u, 1u}) {
        click(canvas(), at(cpu, bit + 1200));
        EXPECT_EQ(canvas().allocation(), bit);
        const auto page = static_cast<unsigned>(bit + 1200) / ChunkMap::block_bits;
        const Pfn pfn = canvas().frameOf(cpu, page);
        EXPECT_EQ(state.selection().frames, (PfnRange{pfn, pfn + 1}));
        EXPECT_TRUE(now().percpu_units[cpu].contains(phys_of(pfn)));
        EXPECT_EQ(percpu_part_of(now(), pfn), (PercpuPart{canvas().chunk(), cpu, page}));
    }
    EXPECT_NE(canvas().frameOf(0, 0), canvas().frameOf(1, 0));
}

TEST_F(PercpuViewTest, AFrameElsewhereShowsItsChunkAndKeysWalkTheAllocations) {
    allocate("20000");
    allocate("30000");  // does not fit: a chunk in vmalloc's window
    const ChunkId second = canvas().chunk();
    ASSERT_NE(second, now().percpu.first);
    const Pfn pfn = canvas().frameOf(1, 0);
    ASSERT_NE(pfn, no_pfn);
    EXPECT_TRUE(now().percpu.owned->contains(pfn));
    const Pfn boot = percpu_frame(now(), {now().percpu.first, 0, 1});
    select({boot, boot + 1});
    EXPECT_EQ(canvas().chunk(), now().percpu.first);
    select({pfn, pfn + 1});
    EXPECT_EQ(canvas().chunk(), second);
    select({16, 17});
    EXPECT_EQ(canvas().chunk(), second) << "a frame of no chunk changes nothing";
    run("alloc_percpu 28000");
    QTest::keyClick(&canvas(), Qt::Key_Left);
    EXPECT_EQ(canvas().allocation(), 0);
    QTest::keyClick(&canvas(), Qt::Key_Right);
    ASSERT_TRUE(canvas().allocation().has_value());
    EXPECT_EQ(shown().map.end_of(*canvas().allocation()) - *canvas().allocation(), 7000);
}

TEST_F(PercpuViewTest, EveryPageIsFoundAgain) {
    allocate("20000");
    allocate("30000");
    for (ChunkId id = 0; id < now().percpu.chunks.size(); ++id)
        for (unsigned cpu = 0; cpu < 2; ++cpu)
            for (unsigned page = 0; page < now().percpu.chunk(id).pages(); ++page) {
                const Pfn pfn = percpu_frame(now(), {id, cpu, page});
                const bool there = now().percpu.chunk(id).populated[page];
                ASSERT_EQ(pfn != no_pfn, there) << "chunk " << id << " page " << page;
                ASSERT_EQ(percpu_part_of(now(), pfn), there ? std::optional(PercpuPart{id, cpu, page}) : std::nullopt);
            }
}

TEST_F(PercpuViewTest, ItSaysWhatTheKernelSays) {
    allocate("many");
    EXPECT_TRUE(bridge.status().error.contains("expected one of")) << bridge.status().error.toStdString();
    allocate("64");
    EXPECT_EQ(view.table().rows.size(), 2u) << "the first chunk and the one for modules";
    EXPECT_TRUE(view.procText().startsWith("Percpu Memory Statistics"));
    QStringList words;
    for (const QLabel* label : view.findChildren<QLabel*>())
        words.push_back(label->text());
    EXPECT_TRUE(words.join(' ').contains("first chunk at 0xffff")) << words.join(' ').toStdString();
}

}  // namespace
}  // namespace mm::gui
