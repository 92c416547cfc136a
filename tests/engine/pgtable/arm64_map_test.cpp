// SPDX-License-Identifier: GPL-3.0-or-later
// arm64's page tables of drawn memory: which leaves map what, how many tables that takes, and that NOMAP memory has no
// place in the linear map.
#include "engine/pgtable/arm64_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mm {
namespace {

using ::testing::ElementsAre;

class Arm64Map : public ::testing::Test {
protected:
    Arm64Map() {
        image.stext = GiB + 2 * MiB;
        image.etext = image.stext + 4 * MiB;
        image.init_begin = image.etext + 2 * MiB;
        image.inittext_end = image.init_begin + MiB;
        image.data = image.init_begin + 2 * MiB;
        image.end = image.data + 2 * MiB;
        image.virt_stext = 0xffff800008000000;
    }
    const DirectMap& build(bool page_mappings_only) {
        map = arm64_paging_init(
            {.image = image, .memstart = GiB, .page_mappings_only = page_mappings_only}, memblock,
            [this] { return 64 * MiB + page_size * tables++; }, Tracer());
        return map;
    }
    /// Size of the leaf that maps it in the linear map; 0 unmapped.
    Bytes leaf_at(PhysAddr phys) const {
        const Walk walk = map.tables.walk(arm64_page_offset + (phys - GiB));
        if (walk.phys) {
            EXPECT_EQ(*walk.phys, phys);
        }
        return walk.leaf_size;
    }

    Arm64Image image;
    Memblock memblock;
    DirectMap map;
    Bytes tables = 0;
};

//   1G [2 MiB][text, rodata = read-only, 6 MiB)[data, all other RAM ................) 2G
//   page       2M blocks all the same            pages
TEST_F(Arm64Map, PagesOnlySaveForTheImagesReadOnlyPart) {
    memblock.add(GiB, GiB);
    build(true);
    EXPECT_EQ(leaf_at(GiB), page_size);
    EXPECT_EQ(leaf_at(image.stext), 2 * MiB);
    EXPECT_EQ(leaf_at(image.init_begin - page_size), 2 * MiB);
    EXPECT_EQ(leaf_at(image.data), page_size);
    EXPECT_EQ(leaf_at(2 * GiB - page_size), page_size);
    EXPECT_THAT(map.pfn_mapped, ElementsAre(PfnRange{pfn_down(GiB), pfn_down(2 * GiB)}));
    // linear map: PUD, PMD, and a PTE table each 2 MiB but the image's three; image: PUD, PMD and one PTE table for
    // init text's and data's first MiB.
    EXPECT_EQ(tables, 2 + (512 - 3) + 2 + 1);
}

//   1G [........) 2G [1G block) 3G
TEST_F(Arm64Map, BlocksAsLargeAsAddressesAllow) {
    memblock.add(GiB, 2 * GiB);
    build(false);
    EXPECT_EQ(leaf_at(GiB + 32 * MiB), 2 * MiB) << "the image splits the first GiB";
    EXPECT_EQ(leaf_at(2 * GiB), GiB);
    EXPECT_EQ(leaf_at(3 * GiB - page_size), GiB);
}

//   1G [RAM) 1.5G [NOMAP) 1.5G+2M [RAM) 2G
TEST_F(Arm64Map, MemoryNotToBeMappedIsNot) {
    memblock.add(GiB, GiB);
    const PhysAddr hole = GiB + 512 * MiB;
    memblock.mark(hole, 2 * MiB, memblock_nomap, true);
    build(false);
    EXPECT_EQ(leaf_at(hole), 0u);
    EXPECT_EQ(leaf_at(hole - page_size), 2 * MiB);
    EXPECT_EQ(leaf_at(hole + 2 * MiB), 2 * MiB);
    EXPECT_THAT(map.pfn_mapped, ElementsAre(PfnRange{pfn_down(GiB), pfn_down(hole)},
                                            PfnRange{pfn_down(hole + 2 * MiB), pfn_down(2 * GiB)}));
    EXPECT_EQ(memblock.memory().size(), 3u) << "the image's own mark is taken off again";
}

TEST_F(Arm64Map, TheImageHasItsOwnAddresses) {
    memblock.add(GiB, GiB);
    build(true);
    const auto phys_of_image = [this](PhysAddr at) {
        return map.tables.walk(image.virt_stext + (at - image.stext)).phys;
    };
    EXPECT_EQ(phys_of_image(image.stext), image.stext);
    EXPECT_EQ(phys_of_image(image.data), image.data);
    EXPECT_FALSE(phys_of_image(image.end));
    EXPECT_EQ(map.tables.check(), Broken{});
}

TEST_F(Arm64Map, TheIdentityMapTakesFourTables) {
    Bytes pages = 0;
    arm64_create_idmap([&] { return page_size * ++pages; });
    EXPECT_EQ(pages, 4u);
}

}  // namespace
}  // namespace mm
