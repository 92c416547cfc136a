// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <QStringList>
#include <algorithm>
#include <random>

#include "gui/models/address_axis.h"

namespace mm::gui {
namespace {

// A 512 MiB PC as QEMU hands it over:
//      [== RAM ===][r]          . . .   [r]      . . .      [== reserved ==]
//      0      511.9M 512M      4G-256K  4G     0xfd00000000              1T
AddressFacts pc512m() {
    return {{{0, 0x9fc00}, {1 * MiB, 0x1ffe0000}},
            {{0x9fc00, 0xa0000},
             {0xf0000, 0x100000},
             {0x1ffe0000, 0x20000000},
             {4 * GiB - 256 * KiB, 4 * GiB},
             {0xfd00000000, TiB}}};
}

TEST(AddressAxis, FoldsWhatHoldsNothing) {
    const AddressAxis axis(pc512m());
    // Expect memory, break, the firmware flash below 4 GiB, break, the reserved stretch below 1 TiB.
    ASSERT_EQ(axis.stretches().size(), 5u);
    EXPECT_EQ(axis.stretches()[0].range, (PhysRange{0, 512 * MiB}));
    EXPECT_EQ(axis.stretches()[1].kind, StretchKind::folded);
    EXPECT_EQ(axis.stretches()[2].kind, StretchKind::other);
    EXPECT_EQ(axis.stretches()[4].range, (PhysRange{0xfd00000000, TiB}));
    EXPECT_EQ(axis.foldedBytes(), 4 * GiB - 256 * KiB - 512 * MiB + 0xfd00000000 - 4 * GiB);
}

TEST(AddressAxis, GivesMemoryMostOfTheLine) {
    AddressAxis axis(pc512m());
    axis.setView({}, 0, 1000);
    EXPECT_GT(axis.x(512 * MiB) - axis.x(0), 850);
    EXPECT_DOUBLE_EQ(axis.x(0), 0);
    EXPECT_NEAR(axis.x(TiB), 1000, 1e-6);
}

TEST(AddressAxis, KeepsALongReservedNeighbourFromSquashingMemory) {
    // 2 GiB of RAM and directly behind it a PCI window of 32 GiB: no gap, but not to scale either.
    AddressAxis axis({{{0, 2 * GiB}}, {{2 * GiB, 34 * GiB}}});
    axis.setView({}, 0, 1000);
    ASSERT_EQ(axis.stretches().size(), 2u);
    EXPECT_GT(axis.x(2 * GiB), 900);
}

TEST(AddressAxis, DrawsAShortHoleInMemoryToScale) {
    // 3 GiB, the PCI hole below 4 GiB, 61 GiB above: the hole is less than a sixteenth.
    AddressAxis axis({{{0, 3 * GiB}, {4 * GiB, 65 * GiB}}, {{4 * GiB - 256 * KiB, 4 * GiB}}});
    axis.setView({}, 0, 650);
    ASSERT_EQ(axis.stretches().size(), 1u);
    EXPECT_NEAR(axis.x(4 * GiB) - axis.x(3 * GiB), 10, 1e-6);
}

TEST(AddressAxis, IsMonotoneAndGoesBothWays) {
    const unsigned seed = 20;
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    for (const PhysRange zoom : {PhysRange{}, PhysRange{MiB, 3 * MiB}, PhysRange{100 * MiB, 5 * GiB}}) {
        AddressAxis axis(pc512m());
        axis.setView(zoom, 100, 900);
        const PhysRange view = axis.view();
        std::vector<PhysAddr> addresses;
        for (int i = 0; i < 500; ++i)
            addresses.push_back(view.start + random() % view.size());
        std::sort(addresses.begin(), addresses.end());
        double before = 100;
        for (const PhysAddr a : addresses) {
            const double x = axis.x(a);
            EXPECT_GE(x, before - 1e-9);
            EXPECT_LE(x, 1000 + 1e-9);
            EXPECT_NEAR(static_cast<double>(axis.at(x)), static_cast<double>(a), 1 + 0.001 * axis.bytesPerPixel(x));
            before = x;
        }
    }
}

TEST(AddressAxis, ZoomKeepsTheAddressUnderThePointer) {
    AddressAxis axis(pc512m());
    axis.setView({}, 0, 1000);
    const PhysAddr under = axis.at(400);
    axis.setView(axis.zoomedBy(0.5, 400), 0, 1000);
    EXPECT_TRUE(axis.zoomed());
    EXPECT_NEAR(axis.x(under), 400, 0.01);
    // Expect zooming out far enough to show everything again.
    EXPECT_TRUE(axis.zoomedBy(10, 400).empty());
}

TEST(AddressAxis, NeverPansBeyondTheEndsOrZoomsBelowItsLimit) {
    AddressAxis axis(pc512m());
    axis.setView({64 * MiB, 128 * MiB}, 0, 1000);
    axis.setView(axis.pannedBy(-1e6), 0, 1000);
    EXPECT_EQ(axis.view().start, 0u);
    EXPECT_NEAR(static_cast<double>(axis.view().size()), 64.0 * MiB, 2);
    axis.setView(axis.pannedBy(1e9), 0, 1000);
    EXPECT_EQ(axis.view().end, TiB);
    for (int i = 0; i < 200; ++i)
        axis.setView(axis.zoomedBy(0.7, 300), 0, 1000);
    EXPECT_GE(axis.view().size(), AddressAxis::closest);
}

TEST(AddressAxis, TicksAreNiceNumbers) {
    AddressAxis axis(pc512m());
    axis.setView({}, 0, 700);
    QStringList labels;
    for (const AxisTick& t : axis.ticks(70))
        labels << t.label;
    EXPECT_EQ(labels.join('|').toStdString(),
              "0|64 MiB|128 MiB|192 MiB|256 MiB|320 MiB|384 MiB|448 MiB|512 MiB|4 GiB|1 TiB");
    // Expect addresses where the step is below a MiB.
    axis.setView({0x1a800000, 0x1a900000}, 0, 400);
    ASSERT_FALSE(axis.ticks(90).empty());
    EXPECT_EQ(axis.ticks(90).front().label.toStdString(), "0x1a800000");
}

TEST(AddressAxis, WordsNameThePiecesAndTheFold) {
    const AddressAxis axis({{{0, 512 * MiB}}, {{4 * GiB, 4 * GiB + 256 * KiB}}});
    EXPECT_EQ(axis.words().toStdString(), "0 – 512 MiB, 4 GiB · 3.5 GiB folded");
}

TEST(AddressAxis, SurvivesHostileMaps) {
    EXPECT_EQ(clampedRange(~PhysAddr{0} - 10, 100).end, ~PhysAddr{0});
    AddressAxis nothing{};
    EXPECT_FALSE(nothing.whole().empty());
    AddressAxis wide({{{0, ~PhysAddr{0}}}, {}});
    wide.setView({}, 0, 100);
    EXPECT_NEAR(wide.x(~PhysAddr{0} / 2), 50, 1e-6);
    EXPECT_FALSE(wide.ticks(30).empty());
    // Expect a map of 128 scattered pages to leave most of the line to memory.
    AddressFacts many{{{0, GiB}}, {}};
    for (PhysAddr i = 1; i <= 128; ++i)
        many.other.push_back({i * TiB, i * TiB + page_size});
    AddressAxis axis(many);
    axis.setView({}, 0, 1000);
    EXPECT_GT(axis.x(GiB), 600);
}

TEST(PlacedTicks, LabelsKeepApartAndMajorOnesStay) {
    AddressAxis axis(AddressFacts{{{0, 512 * MiB}}, {{4 * GiB - 64 * MiB, 4 * GiB}}});
    axis.setView({}, 100, 800);
    const auto wide = [](const QString& label) { return 7.0 * double(label.size()); };
    const auto placed = axis.placedTicks(60, 6, 0, 900, wide);
    ASSERT_GT(placed.size(), 4u);
    std::vector<PlacedTick> labelled;
    for (const PlacedTick& p : placed)
        if (p.labelled) labelled.push_back(p);
    std::sort(labelled.begin(), labelled.end(), [](const auto& a, const auto& b) { return a.from < b.from; });
    for (std::size_t i = 1; i < labelled.size(); ++i)
        EXPECT_GE(labelled[i].from, labelled[i - 1].from + labelled[i - 1].width + 6) << i;
    EXPECT_GE(labelled.front().from, 0);
    EXPECT_LE(labelled.back().from + labelled.back().width, 900);
    // Labels as wide as the line: only the first of the major ones has room.
    int left = 0;
    for (const PlacedTick& p : axis.placedTicks(60, 6, 0, 900, [](const QString&) { return 900.0; }))
        left += p.labelled;
    EXPECT_EQ(left, 1);
}

}  // namespace
}  // namespace mm::gui
