// SPDX-License-Identifier: GPL-3.0-or-later
// The virtual layout of each architecture and version, and the translations by arithmetic.
#include "engine/pgtable/kernel_layout.h"

#include <gtest/gtest.h>

namespace mm {
namespace {

LayoutInput x86_64(KernelVersion version, bool la57) {
    LayoutInput in;
    in.space = address_space_for(Arch::x86_64, version);
    in.la57 = la57;
    in.image = {0x1000000, 0x4430000};
    return in;
}

LayoutInput i386(bool pae, Pfn max_low_pfn) {
    LayoutInput in;
    in.space = address_space_for(Arch::i386, {6, 1, 0});
    in.pae = pae;
    in.max_low_pfn = max_low_pfn;
    in.image = {0x1000000, 0x1f00000};
    return in;
}

LayoutInput arm64() {
    LayoutInput in;
    in.space = address_space_for(Arch::arm64, {6, 1, 0});
    in.memstart = GiB;
    in.image = {0x40200000, 0x41d00000};
    return in;
}

VirtRange find(const LayoutInput& in, std::string_view name) {
    for (const LayoutArea& area : kernel_layout(in))
        if (area.name == name) return area.range;
    ADD_FAILURE() << "no area " << name;
    return {};
}

void expect_whole(const LayoutInput& in, VirtAddr end) {
    const auto areas = kernel_layout(in);
    ASSERT_FALSE(areas.empty());
    EXPECT_EQ(areas.front().range.start, 0U);
    EXPECT_EQ(areas.back().range.end, end);
    for (std::size_t i = 1; i < areas.size(); ++i)
        EXPECT_EQ(areas[i - 1].range.end, areas[i].range.start) << areas[i].name;
    for (const LayoutArea& area : areas)
        EXPECT_FALSE(area.range.empty()) << area.name;
}

TEST(KernelLayout, CoversTheAddressSpaceWithoutGapOrOverlap) {
    for (const KernelVersion version : {KernelVersion{2, 6, 32}, {4, 9, 0}, {4, 17, 0}, {5, 18, 0}, {6, 1, 0}})
        for (const bool la57 : {false, true})
            if (!la57 || version >= KernelVersion{4, 17, 0}) expect_whole(x86_64(version, la57), ~VirtAddr{0});
    for (const bool pae : {false, true})
        expect_whole(i386(pae, 0x36bfe), 4 * GiB);
    expect_whole(arm64(), ~VirtAddr{0});
}

TEST(KernelLayout, X86Bases) {
    const LayoutInput in = x86_64({6, 1, 0}, false), five = x86_64({6, 1, 0}, true), old = x86_64({4, 17, 0}, false);
    EXPECT_EQ(find(in, "direct map"), (VirtRange{0xffff888000000000, 0xffffc88000000000}));
    EXPECT_EQ(find(in, "LDT remap").start, 0xffff880000000000U);
    EXPECT_EQ(find(in, "kernel image"), (VirtRange{0xffffffff81000000, 0xffffffff84430000}));
    EXPECT_EQ(find(in, "modules").start, 0xffffffffc0000000U);
    EXPECT_EQ(find(five, "direct map"), (VirtRange{0xff11000000000000, 0xff91000000000000}));
    EXPECT_EQ(vmemmap_of(five), 0xffd4000000000000U);
    EXPECT_EQ(find(old, "direct map").start, 0xffff880000000000U);
    EXPECT_EQ(find(old, "LDT remap").start, 0xfffffe8000000000U) << "it moved below the direct map in 4.20";
}

//   ... vmalloc 0xfebfe000) hole [pkmap 0xfec00000 ldt 0xff000000 cpu entry area 0xff400000 ... fixmap 0xfffff000)
TEST(KernelLayout, I386StacksFixedAreasBelowTheTop) {
    const I386Areas two = i386_areas(i386(false, 0x1ffe0)), three = i386_areas(i386(true, 0x36ffe));
    EXPECT_EQ(two.cpu_entry_area, 0xff400000U);
    EXPECT_EQ(two.ldt, 0xff000000U);
    EXPECT_EQ(two.pkmap, 0xfec00000U);
    EXPECT_EQ(two.vmalloc_start, 0xe07e0000U) << "8 MiB above 512 MiB of lowmem";
    EXPECT_EQ(two.maxmem, 0x36bfe000U) << "875 MiB LOWMEM";
    EXPECT_EQ(three.cpu_entry_area, 0xff400000U);
    EXPECT_EQ(three.ldt, 0xff200000U) << "aligned to 2 MiB: a PMD maps half as much";
    EXPECT_EQ(three.maxmem, 0x36ffe000U) << "879 MiB LOWMEM";
    EXPECT_EQ(three.vmalloc_end - three.vmalloc_start, 122880 * KiB) << "VmallocTotal";
}

TEST(KernelLayout, I386LowmemFollowsVmallocAndTheSplit) {
    LayoutInput in = i386(false, 0);
    in.vmalloc_reserve = 256 * MiB + i386_vmalloc_offset;
    EXPECT_EQ(i386_areas(in).maxmem, 0x2e3fe000U) << "739 MiB LOWMEM";
    in.vmalloc_reserve = 128 * MiB;
    in.space.page_offset = 0x80000000;
    EXPECT_EQ(i386_areas(in).maxmem, 0x76bfe000U) << "2G/2G: one GiB more";
    in.highmem = false;
    EXPECT_EQ(i386_areas(in).vmalloc_end, 0xfeffe000U) << "no pkmap without highmem";
    in.vmalloc_reserve = 4 * GiB;
    EXPECT_EQ(i386_areas(in).maxmem, 0U);
}

TEST(KernelLayout, Arm64IsTheTableOfItsDocumentation) {
    EXPECT_EQ(find(arm64(), "linear map"), (VirtRange{0xffff000000000000, 0xffff800000000000}));
    EXPECT_EQ(find(arm64(), "modules"), (VirtRange{0xffff800000000000, 0xffff800008000000}));
    EXPECT_EQ(find(arm64(), "kernel image").start, 0xffff800008000000U);
    EXPECT_EQ(find(arm64(), "fixmap"), (VirtRange{0xfffffbfff0000000, 0xfffffbfffe000000}));
    EXPECT_EQ(find(arm64(), "PCI I/O"), (VirtRange{0xfffffbfffe800000, 0xfffffbffff800000}));
    EXPECT_EQ(find(arm64(), "vmemmap"), (VirtRange{0xfffffc0000000000, 0xfffffe0000000000}));
}

TEST(Translation, DirectMapBothWays) {
    const LayoutInput in = x86_64({6, 1, 0}, false);
    EXPECT_EQ(phys_to_virt(in, 0x1234), VirtAddr{0xffff888000001234});
    EXPECT_EQ(virt_to_phys(in, 0xffff888000001234), PhysAddr{0x1234});
    EXPECT_EQ(virt_to_phys(in, 0xffffffff81000010), PhysAddr{0x1000010}) << "the image has a second address";
    EXPECT_FALSE(virt_to_phys(in, 0xffffc90000000000)) << "vmalloc needs a walk";
    EXPECT_FALSE(phys_to_virt(in, 65 * TiB));
}

TEST(Translation, HighmemHasNoAddress) {
    const LayoutInput in = i386(false, 0x36bfe);
    EXPECT_EQ(phys_to_virt(in, 0x36bfdfff), VirtAddr{0xf6bfdfff});
    EXPECT_FALSE(phys_to_virt(in, 0x36bfe000));
    EXPECT_EQ(virt_to_phys(in, 0xc1000000), PhysAddr{0x1000000});
}

TEST(Translation, Arm64CountsFromTheStartOfMemory) {
    EXPECT_EQ(phys_to_virt(arm64(), 0x40001000), VirtAddr{0xffff000000001000});
    EXPECT_FALSE(phys_to_virt(arm64(), 0x1000)) << "devices below memory are not in the linear map";
    EXPECT_EQ(virt_to_phys(arm64(), 0xffff800008000000), PhysAddr{0x40200000});
    EXPECT_EQ(vmemmap_of(arm64()) + (0x40000000U >> page_shift) * 64, 0xfffffc0000000000U);
}

TEST(AreaAt, FindsEveryAddressAndTheLast) {
    const auto areas = kernel_layout(x86_64({6, 1, 0}, false));
    EXPECT_EQ(area_at(areas, 0)->kind, AreaKind::user);
    EXPECT_EQ(area_at(areas, 0x0000800000000000)->name, "non-canonical hole");
    EXPECT_EQ(area_at(areas, ~VirtAddr{0})->name, "unused hole");
    EXPECT_EQ(area_at(kernel_layout(i386(true, 0x1000)), 4 * GiB), nullptr);
}

}  // namespace
}  // namespace mm
