// SPDX-License-Identifier: GPL-3.0-or-later
// The pyramid against a count frame by frame, on random pages, before and after changes.
#include <gtest/gtest.h>

#include <random>

#include "gui/models/page_pyramid.h"

namespace mm::gui {
namespace {

/// 64 pageblocks: DMA below pfn 4096, DMA32 above, a hole in the middle of memory.
//
//      pfn      0       4096              20000  20300            32768
//      memory   [============================)    [================)
//      zone     [  DMA  )[              DMA32                      )
class PagePyramidTest : public testing::Test {
protected:
    static constexpr Pfn end = 64 * pageblock_pages;

    PagePyramidTest() : columns(end), snapshot(std::make_shared<Snapshot>()) {
        MachineState& s = snapshot->state;
        s.memblock.add(0, phys_of(Pfn{20000}));
        s.memblock.add(phys_of(Pfn{20300}), phys_of(end - 20300));
        Node node;
        node.nid = 0;
        const auto zone = [&](ZoneType type, Pfn from, Pfn to) {
            Zone& z = node.zones[static_cast<std::size_t>(type)];
            z.type = type;
            z.nid = 0;
            z.start_pfn = from;
            z.spanned = z.present = to - from;
        };
        for (unsigned i = 0; i < nr_zone_types; ++i)
            node.zones[i].type = static_cast<ZoneType>(i);
        zone(ZoneType::dma, 0, 4096);
        zone(ZoneType::dma32, 4096, end);
        s.zones.nodes.push_back(node);
        s.zones.pageblock_type.assign(end / pageblock_pages, static_cast<std::uint8_t>(MigrateType::movable));
    }

    /// One random block: free (with a head) or allocated or reserved, naturally aligned.
    void scribble() {
        const unsigned order = static_cast<unsigned>(rng() % 11);
        scribble(align_down(rng() % end, Pfn{1} << order), order);
    }
    /// A pageblock of more kinds than a tally has room for.
    void crumble(std::size_t block) {
        for (Pfn pfn = block * pageblock_pages; pfn < (block + 1) * pageblock_pages; pfn += 8)
            scribble(pfn, static_cast<unsigned>(rng() % 4));
    }
    void scribble(Pfn pfn, unsigned order) {
        const NrPages n = NrPages{1} << order;
        // What covered these frames is gone: no head may be left whose block would reach in.
        for (unsigned o = 0; o < max_orders; ++o) {
            const Pfn head = align_down(pfn, Pfn{1} << o);
            if (columns.order(head) == not_a_head || columns.order(head) < o) continue;
            const NrPages was = NrPages{1} << columns.order(head);
            columns.set_state(head, was, state_byte(PageState::reserved));
            columns.clear_order(head);
        }
        for (Pfn p = pfn; p < pfn + n; ++p)
            columns.clear_order(p);
        const auto type = static_cast<MigrateType>(rng() % nr_migratetypes);
        switch (rng() % 4) {
            case 0:
                columns.set_state(pfn, n, state_byte(PageState::reserved));
                columns.set_flags(pfn, n, bit(PageFlag::reserved));
                break;
            case 1:
                columns.set_state(pfn, n, state_byte(PageState::allocated, type));
                columns.set_order(pfn, order);
                break;
            default:
                columns.set_state(pfn, n, state_byte(PageState::free));
                columns.set_head(pfn, head_byte(order, type));
        }
    }
    SnapshotPtr freeze() {
        auto copy = std::make_shared<Snapshot>(*snapshot);
        copy->pages = columns.freeze();
        return copy;
    }

    /// The head of the free block around a frame, found by looking back one frame after the other.
    static std::uint8_t headOf(const FrozenPages& pages, Pfn pfn) {
        for (Pfn p = pfn;; --p) {
            const PageRecord r = pages.at(p);
            if (r.order != not_a_head && state_of(r.state) == PageState::free && p + (Pfn{1} << r.order) > pfn)
                return head_byte(r.order, r.list);
            if (p == 0 || pfn - p > 4096) return 0;
        }
    }
    /// What the frame should count as, told without the code under test; names as in the legend.
    static QString expected(const Snapshot& s, Pfn pfn, ColourMode mode, unsigned flag) {
        if (!s.state.memblock.is_memory(phys_of(pfn))) return "no memory";
        const PageRecord r = s.pages.at(pfn);
        const PageState state = state_of(r.state);
        const bool live = state == PageState::free || state == PageState::allocated;
        if (state == PageState::none) return "not initialised";
        if (mode == ColourMode::flag) return (r.flags >> flag & 1) ? "set" : "clear";
        if (mode == ColourMode::pageblock)
            return QString::fromStdString(std::string(name_of(s.state.zones.pageblock(pfn))));
        if (!live) return "reserved";
        const bool free = state == PageState::free;
        const QString suffix = free ? " free" : "";
        const auto latin = [](std::string_view v) { return QString::fromStdString(std::string(v)); };
        switch (mode) {
            case ColourMode::migrateType: {
                const std::uint8_t head = free ? headOf(s.pages, pfn) : std::uint8_t{0};
                return latin(name_of(free ? list_of_head(head) : alloc_type_of(r.state))) + suffix;
            }
            case ColourMode::order:
                return free ? QString("order %1 free").arg(order_of_head(headOf(s.pages, pfn))) : QString("in use");
            case ColourMode::state:
                return "buddy allocator" + suffix;
            case ColourMode::zone:
                return latin(name_of(pfn < 4096 ? ZoneType::dma : ZoneType::dma32)) + suffix;
            default:
                return "";
        }
    }
    static QString named(const ModeInfo& mode, Category c) {
        const QString name = categoryName(mode, c);
        return c >= categoryFirst && mode.free(c) && name != "clear" ? name + " free" : name;
    }

    void compare(const PagePyramid& pyramid, const Snapshot& s, ColourMode mode, unsigned flag) {
        std::array<NrPages, maxCategories> totals{};
        for (Pfn first = 0; first < end; first += pageblock_pages) {
            BlockCategories got;
            const int uniform = pyramid.classify(first, got);
            std::array<std::uint32_t, maxCategories> counts{};
            for (unsigned i = 0; i < pageblock_pages; ++i) {
                const Category c = uniform >= 0 ? static_cast<Category>(uniform) : got[i];
                ASSERT_LT(c, pyramid.categories());
                ASSERT_EQ(named(pyramid.mode(), c), expected(s, first + i, mode, flag))
                    << "pfn " << first + i << " mode " << pyramid.mode().title;
                ++counts[c];
                ++totals[c];
            }
            const auto level0 = pyramid.counts(0, first / pageblock_pages);
            for (unsigned c = 0; c < pyramid.categories(); ++c)
                ASSERT_EQ(level0[c], counts[c]) << "block of " << first;
        }
        EXPECT_EQ(totals, pyramid.totals());
        for (unsigned level = 1; level < 7; ++level) {
            for (std::size_t i = 0; i < (64u >> level); ++i) {
                for (unsigned c = 0; c < pyramid.categories(); ++c) {
                    ASSERT_EQ(pyramid.counts(level, i)[c],
                              pyramid.counts(level - 1, 2 * i)[c] + pyramid.counts(level - 1, 2 * i + 1)[c]);
                }
            }
        }
    }

    std::mt19937_64 rng{20260707};
    PageColumns columns;
    std::shared_ptr<Snapshot> snapshot;
};

TEST_F(PagePyramidTest, EqualsACountFrameByFrameInEveryModeAlsoAfterChanges) {
    SCOPED_TRACE("seed 20260707");
    for (int i = 0; i < 300; ++i)
        scribble();
    crumble(50);
    std::array<PagePyramid, 7> pyramids;
    const std::array modes{ColourMode::migrateType, ColourMode::order,       ColourMode::zone, ColourMode::flag,
                           ColourMode::pageblock,   ColourMode::migrateType, ColourMode::state};
    const auto flag = static_cast<unsigned>(PageFlag::reserved);
    for (int round = 0; round < 12; ++round) {
        const SnapshotPtr s = freeze();
        if (round == 0) {
            EXPECT_TRUE(s->pages.block_image(50 * pageblock_pages)->tally.overflown());
        }
        for (std::size_t m = 0; m < modes.size(); ++m) {
            if (m == 5 && round % 3 != 0) continue;  // one that misses snapshots
            pyramids[m].update(s, modes[m], flag);
            compare(pyramids[m], *s, modes[m], flag);
            if (HasFatalFailure()) return;
        }
        for (int i = 0; i < 5; ++i)
            scribble();
        if (round % 2 == 0) crumble(rng() % 64);
        snapshot->state.zones.pageblock_type.set(rng() % 64, static_cast<std::uint8_t>(rng() % 3));
    }
}

TEST_F(PagePyramidTest, LooksOnlyAtPageblocksWhoseImageChanged) {
    columns.set_state(0, end, state_byte(PageState::reserved));
    PagePyramid pyramid;
    EXPECT_TRUE(pyramid.update(freeze(), ColourMode::migrateType).all);

    //  block 7:  one frame becomes free
    columns.set_state(7 * 512 + 3, 1, state_byte(PageState::free));
    columns.set_head(7 * 512 + 3, head_byte(0, MigrateType::reclaimable));
    const PagePyramid::Change change = pyramid.update(freeze(), ColourMode::migrateType);
    EXPECT_FALSE(change.all);
    EXPECT_EQ(change.blocks, std::vector<Pfn>{7 * 512});

    const PagePyramid::Change none = pyramid.update(freeze(), ColourMode::migrateType);
    EXPECT_FALSE(none.all);
    EXPECT_TRUE(none.blocks.empty());
}

TEST_F(PagePyramidTest, AHeadOfALargeBlockChangesThePageblocksItCovers) {
    //  order 10 block at 8192: moves from the movable to the unmovable list; only its first frame is written
    columns.set_state(8192, 1024, state_byte(PageState::free));
    columns.set_head(8192, head_byte(10, MigrateType::movable));
    PagePyramid pyramid;
    pyramid.update(freeze(), ColourMode::migrateType);
    columns.set_head(8192, head_byte(10, MigrateType::unmovable));
    const SnapshotPtr s = freeze();
    EXPECT_EQ(pyramid.update(s, ColourMode::migrateType).blocks, (std::vector<Pfn>{8192, 8704}));
    compare(pyramid, *s, ColourMode::migrateType, 0);
}

TEST_F(PagePyramidTest, BeforeTheMemmapShowsMemoryClaimsAndHoles) {
    //  memory   [0 .............. 20000)  hole  [20300 ....)
    //  claimed        [5000, 6000)
    snapshot->state.memblock.reserve(phys_of(Pfn{5000}), phys_of(Pfn{1000}), "kernel image");
    PagePyramid pyramid;
    pyramid.update(std::make_shared<Snapshot>(*snapshot), ColourMode::migrateType);
    EXPECT_EQ(pyramid.end(), end);
    EXPECT_EQ(pyramid.totals()[categoryClaimed], 1000u);
    EXPECT_EQ(pyramid.totals()[categoryHole], 300u);
    EXPECT_EQ(pyramid.totals()[categoryNotYet], end - 1300);
    // Then struct pages come, and claims no longer hide them.
    columns.set_state(0, end, state_byte(PageState::boot));
    EXPECT_TRUE(pyramid.update(freeze(), ColourMode::migrateType).all);
    EXPECT_EQ(pyramid.totals()[categoryBoot], end - 300);
}

TEST(PagePyramid, LegendNamesEachCategoryOnce) {
    for (const ModeInfo& mode : colourModes()) {
        std::vector<int> seen(mode.categories, 0);
        for (const LegendRow& row : legendRows(mode)) {
            EXPECT_FALSE(row.name.isEmpty());
            for (const int c : {row.used, row.free}) {
                if (c >= 0) ++seen.at(static_cast<std::size_t>(c));
            }
        }
        EXPECT_EQ(seen, std::vector<int>(mode.categories, 1)) << mode.title;
        EXPECT_LE(mode.categories, maxCategories);
    }
    for (std::size_t i = 0; i < colourModes().size(); ++i)
        EXPECT_EQ(colourModes()[i].mode, static_cast<ColourMode>(i)) << "the table is in the order of the enumeration";
}

}  // namespace
}  // namespace mm::gui
