// SPDX-License-Identifier: GPL-3.0-or-later
// Geometry of SLAB's slabs. The numbers expected are those that kernels with CONFIG_SLAB print in /proc/slabinfo.
#include "engine/slab/slab_order.h"

#include <gtest/gtest.h>

#include <bit>

namespace mm {
namespace {

/// kmalloc() has all its classes; lists of at most 8 KiB objects are never themselves off slab.
SlabOrderRules rules(Order max_order = 1) {
    SlabOrderRules r;
    r.slab_max_order = max_order;
    r.freelist_cache = [](Bytes size) { return std::optional(std::bit_ceil(std::max<Bytes>(size, 32))); };
    return r;
}

CacheRequest of_size(Bytes size, SlabFlags flags = 0, Bytes align = 0) {
    CacheRequest r;
    r.name = "c";
    r.object_size = size;
    r.flags = flags;
    r.align = calculate_alignment(flags, align, size, 64, 8);
    return r;
}

struct Expected {
    Bytes asked;
    SlabFlags flags;
    Bytes objsize;
    unsigned objects, pages;
    FreelistPlace freelist;
};

constexpr SlabFlags hw = slab::hwcache_align;

TEST(SlabOrder, IsThatOfRealCaches) {
    for (const Expected& e : {
             Expected{32, hw, 32, 124, 1, FreelistPlace::on_slab},      // kmalloc-32
             Expected{64, hw, 64, 64, 1, FreelistPlace::in_object},     // kmalloc-64
             Expected{96, hw, 128, 32, 1, FreelistPlace::in_object},    // kmalloc-96
             Expected{192, hw, 192, 21, 1, FreelistPlace::in_object},   // kmalloc-192
             Expected{1024, hw, 1024, 4, 1, FreelistPlace::in_object},  // kmalloc-1024
             Expected{8192, hw, 8192, 1, 2, FreelistPlace::in_object},  // kmalloc-8192
             Expected{4 * MiB, hw, 4 * MiB, 1, 1024, FreelistPlace::in_object},
             Expected{56, hw, 64, 63, 1, FreelistPlace::on_slab},                         // fs_cache
             Expected{104, slab::reclaim_account, 104, 39, 1, FreelistPlace::in_object},  // buffer_head
             Expected{576, slab::reclaim_account, 576, 7, 1, FreelistPlace::in_object},   // radix_tree_node
             Expected{2104, hw, 2112, 3, 2, FreelistPlace::in_object},
             Expected{1, 0, 16, 240, 1, FreelistPlace::on_slab},  // SLAB_OBJ_MIN_SIZE
         }) {
        const auto l = slab_layout(of_size(e.asked, e.flags), rules());
        ASSERT_TRUE(l) << e.asked;
        EXPECT_EQ(e.objsize, l->size) << e.asked;
        EXPECT_EQ(e.objects, l->oo.objects) << e.asked;
        EXPECT_EQ(e.pages, 1u << l->oo.order) << e.asked;
        EXPECT_EQ(e.freelist, l->slab.freelist) << e.asked;
    }
}

TEST(SlabOrder, AConstructorKeepsTheListOutOfTheObjects) {
    CacheRequest r = of_size(600);  // 6 objects, 496 bytes are left over: there is room for six indices
    r.constructor = true;
    EXPECT_EQ(FreelistPlace::on_slab, slab_layout(r, rules())->slab.freelist);
    // 4 objects fill the page: the list goes off the slab, to an object of 32 bytes.
    r = of_size(1024);
    r.constructor = true;
    const auto l = slab_layout(r, rules());
    EXPECT_EQ(FreelistPlace::off_slab, l->slab.freelist);
    EXPECT_EQ(4u, l->oo.objects);
    EXPECT_EQ(4u, l->slab.freelist_size);
    r.flags |= slab::noleaktrace;  // never off the slab: 3 objects, or 7 in two pages
    EXPECT_EQ(FreelistPlace::on_slab, slab_layout(r, rules())->slab.freelist);
    EXPECT_EQ(7u, slab_layout(r, rules())->oo.objects);
    r.flags = slab::typesafe_by_rcu;
    r.constructor = false;
    EXPECT_EQ(FreelistPlace::off_slab, slab_layout(r, rules())->slab.freelist) << "readers may still look into it";
}

TEST(SlabOrder, RisesUntilAnEighthIsWastedAtMost) {
    EXPECT_EQ(0u, slab_layout(of_size(1500), rules(0))->oo.order) << "slab_max_order=0";
    EXPECT_EQ(1u, slab_layout(of_size(1500), rules(1))->oo.order) << "a page wastes 1096 bytes, two 692";
    EXPECT_EQ(0u, slab_layout(of_size(1500, slab::reclaim_account), rules(1))->oo.order);
    EXPECT_EQ(1u, slab_layout(of_size(5000), rules(0))->oo.order) << "one has to fit";
    EXPECT_FALSE(slab_layout(of_size(5 * MiB), rules()));
    EXPECT_EQ((SlabEstimate{124, 4}), cache_estimate(0, 32, FreelistPlace::on_slab));
    EXPECT_EQ((SlabEstimate{128, 0}), cache_estimate(0, 32, FreelistPlace::off_slab));
}

//  |colour 0|object ..|  |64 bytes|object ..|  |128 bytes|object ..|
TEST(SlabOrder, WhatIsLeftOverBecomesColours) {
    const auto l = slab_layout(of_size(632, hw), rules());  // 6 objects of 640: 256 bytes are left
    EXPECT_EQ(64u, l->slab.colour_off);
    EXPECT_EQ(4u, l->slab.colour);
    const auto wide =
        slab_layout(of_size(600, 0, 256), rules());  // 5 of 768: 256 are left, and aligned objects stay so
    EXPECT_EQ(256u, wide->slab.colour_off);
    EXPECT_EQ(1u, wide->slab.colour);
}

TEST(SlabOrder, TheCommandLineHasItsOwnWords) {
    const KernelProfile& slab = profile_for(Arch::x86_64, {4, 17, 0});
    const KernelProfile& slub = profile_for(Arch::x86_64, {6, 1, 0});
    Machine machine;
    EXPECT_EQ(std::nullopt, slab_params(machine, slab).slab_max_order);
    machine.command_line = "slab_max_order=30 noaliencache slab_nomerge slub_max_order=0 slub_debug";
    const SlabParams params = slab_params(machine, slab);
    EXPECT_EQ(10u, params.slab_max_order) << "the largest block";
    EXPECT_TRUE(params.noaliencache && params.nomerge);
    EXPECT_EQ(0u, params.debug) << "a word of SLUB";
    EXPECT_EQ(0u, slab_params(machine, slub).max_order);
    EXPECT_FALSE(slab_params(machine, slub).noaliencache);
    machine.command_line = "slab_max_order=-1";
    EXPECT_EQ(0u, slab_params(machine, slab).slab_max_order);
}

TEST(SlabOrder, LimitsOfArraysFollowTheSize) {
    EXPECT_EQ((ArrayLimits{120, 60, 8}), array_limits(256, 4));
    EXPECT_EQ((ArrayLimits{54, 27, 8}), array_limits(1024, 4));
    EXPECT_EQ((ArrayLimits{24, 12, 8}), array_limits(4096, 4));
    EXPECT_EQ((ArrayLimits{8, 4, 0}), array_limits(8192, 4));
    EXPECT_EQ((ArrayLimits{1, 1, 0}), array_limits(262144, 4));
    EXPECT_EQ((ArrayLimits{120, 60, 0}), array_limits(64, 1)) << "nobody to share with";
}

}  // namespace
}  // namespace mm
