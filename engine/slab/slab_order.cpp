// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/slab/slab_order.h"

namespace mm {
namespace {

/// A choice of calculate_slab_order().
struct Chosen {
    SlabShape shape;
    Bytes left_over = 0;
};

class OrderChooser {
public:
    OrderChooser(const CacheRequest& request, SlabFlags flags, Bytes size, const SlabOrderRules& rules)
        : m_request(request), m_flags(flags), m_size(size), m_rules(rules) {}

    /// set_objfreelist_slab_cache(): what a constructor or a reader under RCU left in free objects must stay.
    std::optional<Chosen> in_object() const {
        if (m_request.constructor || (m_flags & slab::typesafe_by_rcu)) return std::nullopt;
        const auto chosen = choose(FreelistPlace::in_object);
        if (!chosen || chosen->shape.objects > m_request.object_size) return std::nullopt;
        return chosen;
    }
    /// set_off_slab_cache(): unless the list fits into what is left over anyway.
    std::optional<Chosen> off_slab() const {
        if (m_flags & slab::noleaktrace) return std::nullopt;
        const auto chosen = choose(FreelistPlace::off_slab);
        if (!chosen || chosen->left_over >= chosen->shape.objects) return std::nullopt;
        return chosen;
    }
    /// set_on_slab_cache().
    std::optional<Chosen> on_slab() const { return choose(FreelistPlace::on_slab); }

private:
    std::optional<Chosen> choose(FreelistPlace place) const {
        std::optional<Chosen> chosen;
        for (Order order = 0; order <= m_rules.kmalloc_max_order; ++order) {
            const SlabEstimate estimate = cache_estimate(order, m_size, place);
            if (estimate.objects == 0) continue;
            if (estimate.objects > slab_obj_max_num) break;
            if (place == FreelistPlace::off_slab && !worth_a_list(estimate.objects)) continue;
            chosen = Chosen{{order, estimate.objects}, estimate.left_over};
            // Higher orders could not be had when caches of the file systems have to shrink.
            if (m_flags & slab::reclaim_account) break;
            if (order >= m_rules.slab_max_order || estimate.left_over * 8 <= page_size << order) break;
        }
        return chosen;
    }
    bool worth_a_list(unsigned objects) const {
        const auto size = m_rules.freelist_cache ? m_rules.freelist_cache(objects) : std::nullopt;
        return size && *size <= m_request.object_size / 2;
    }

    const CacheRequest& m_request;
    const SlabFlags m_flags;
    const Bytes m_size;
    const SlabOrderRules& m_rules;
};

}  // namespace

SlabEstimate cache_estimate(Order order, Bytes size, FreelistPlace place) {
    const Bytes slab = page_size << order;
    const Bytes each = place == FreelistPlace::on_slab ? size + 1 : size;
    return {static_cast<unsigned>(slab / each), slab % each};
}

std::optional<ObjectLayout> slab_layout(const CacheRequest& request, const SlabOrderRules& rules) {
    ObjectLayout layout;
    layout.object_size = request.object_size;
    layout.flags = request.flags & ~slab_ignored_flags;
    layout.align = std::max(request.align, rules.word);
    layout.inuse = align_up(request.object_size, rules.word);
    layout.size = align_up(layout.inuse, layout.align);
    if (layout.size < slab_obj_min_size) layout.size = align_up(slab_obj_min_size, layout.align);
    const OrderChooser chooser(request, layout.flags, layout.size, rules);
    layout.slab.freelist = FreelistPlace::in_object;
    auto chosen = chooser.in_object();
    if (!chosen) layout.slab.freelist = FreelistPlace::off_slab, chosen = chooser.off_slab();
    if (!chosen) layout.slab.freelist = FreelistPlace::on_slab, chosen = chooser.on_slab();
    if (!chosen) return std::nullopt;
    layout.oo = layout.min = chosen->shape;
    layout.slab.freelist_size = chosen->shape.objects;
    layout.slab.colour_off = std::max(rules.cache_line, layout.align);
    layout.slab.colour = static_cast<unsigned>(chosen->left_over / layout.slab.colour_off);
    return layout;
}

ArrayLimits array_limits(Bytes size, unsigned possible_cpus) {
    ArrayLimits limits;
    limits.limit = size > 131072 ? 1 : size > page_size ? 8 : size > 1024 ? 24 : size > 256 ? 54 : 120;
    limits.batchcount = (limits.limit + 1) / 2;
    limits.shared = size <= page_size && possible_cpus > 1 ? 8 : 0;
    return limits;
}

}  // namespace mm
