// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/slab_common/size_classes.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace mm {

unsigned kmalloc_shift_high(const KernelProfile& profile) {
    if (profile.slab_design == SlabDesign::slub) return page_shift + 1;
    return std::min(profile.max_order + page_shift - 1, nr_kmalloc_classes - 1);
}

Bytes kmalloc_max_cache_size(const KernelProfile& profile) {
    return Bytes{1} << kmalloc_shift_high(profile);
}

Bytes kmalloc_min_size(const KernelProfile& profile) {
    const Bytes least = profile.slab_design == SlabDesign::slub ? 8 : Bytes{1} << profile.slab.kmalloc_shift_low;
    return std::max(least, profile.slub.kmalloc_min_align);
}

Bytes kmalloc_class_size(unsigned index, const KernelProfile& profile) {
    const Bytes least = kmalloc_min_size(profile);
    if (index == 1) return least <= 32 ? 96 : 0;
    if (index == 2) return least <= 64 ? 192 : 0;
    if (index < 3 || index > kmalloc_shift_high(profile)) return 0;
    const Bytes size = Bytes{1} << index;
    return size < least ? 0 : size;
}

unsigned kmalloc_index(Bytes size, const KernelProfile& profile) {
    const Bytes least = kmalloc_min_size(profile);
    if (size <= least) return static_cast<unsigned>(std::bit_width(least)) - 1;
    if (size > 64 && size <= 96 && least <= 32) return 1;
    if (size > 128 && size <= 192 && least <= 64) return 2;
    return static_cast<unsigned>(std::bit_width(size - 1));
}

KmallocType kmalloc_type(Gfp flags, const KernelProfile& profile) {
    if (!(flags & (gfp::dma | gfp::reclaimable | gfp::account))) [[likely]]
        return KmallocType::normal;
    if ((flags & gfp::dma) && profile.zone_dma) return KmallocType::dma;
    const SlubRules& has = profile.slub;
    if ((flags & gfp::reclaimable) && has.kmalloc_reclaim) return KmallocType::reclaim;
    return (flags & gfp::account) && has.kmalloc_cgroup ? KmallocType::cgroup : KmallocType::normal;
}

CacheId kmalloc_slab(const SlabState& state, Bytes size, Gfp flags, const KernelProfile& profile) {
    return state.kmalloc[static_cast<std::size_t>(kmalloc_type(flags, profile))][kmalloc_index(size, profile)];
}

std::string kmalloc_name(KmallocType type, unsigned index, const KernelProfile& profile) {
    static constexpr std::array<std::string_view, nr_kmalloc_types> prefixes{"kmalloc", "kmalloc-cg", "kmalloc-rcl",
                                                                             "dma-kmalloc"};
    const Bytes size = kmalloc_class_size(index, profile);
    return size < 1024 || !profile.slub.kmalloc_reclaim
               ? fmt::format("{}-{}", prefixes[static_cast<unsigned>(type)], size)
               : fmt::format("{}-{}k", prefixes[static_cast<unsigned>(type)], size / 1024);
}

}  // namespace mm
