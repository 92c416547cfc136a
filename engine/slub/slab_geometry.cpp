// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/slub/slab_geometry.h"

#include <bit>

namespace mm {
namespace {

constexpr unsigned max_objects_per_page = 32767;  // MAX_OBJS_PER_PAGE: struct slab counts in 15 bits

unsigned order_objects(Order order, Bytes size) {
    return static_cast<unsigned>((page_size << order) / size);
}

/// The lowest order from min_order on that wastes at most 1/fraction of the slab; above max_order if none does.
Order first_order(Bytes size, Order min_order, Order max_order, unsigned fraction) {
    Order order = min_order;
    while (order <= max_order && (page_size << order) % size > (page_size << order) / fraction)
        ++order;
    return order;
}

/// The order where a slab of params.min_order would hold more objects than can be counted.
std::optional<Order> order_of_tiny_objects(Bytes size, Order order) {
    if (order_objects(order, size) <= max_objects_per_page) return std::nullopt;
    return get_order(size * max_objects_per_page) - 1;
}

/// calc_slab_order().
Order calc_slab_order(Bytes size, unsigned min_objects, Order max_order, unsigned fraction, const SlabParams& params) {
    if (const auto tiny = order_of_tiny_objects(size, params.min_order)) return *tiny;
    return first_order(size, std::max(params.min_order, get_order(min_objects * size)), max_order, fraction);
}

unsigned wanted_objects(const SlabParams& params, const KernelProfile& profile) {
    if (params.min_objects != 0) return params.min_objects;
    const bool present = profile.slub.by_present_cpus && params.present_cpus > 1;
    const unsigned cpus = present ? params.present_cpus : params.possible_cpus;
    return 4 * (static_cast<unsigned>(std::bit_width(cpus)) + 1);
}

/// Since 6.7: the wanted objects stand fast, and up to half of the slab may be wasted for them.
Order order_by_objects(Bytes size, const SlabParams& params, unsigned wanted) {
    const unsigned objects = std::min(wanted, std::max(order_objects(params.max_order, size), 1u));
    const Order lowest = std::max(params.min_order, get_order(objects * size));
    if (const auto tiny = order_of_tiny_objects(size, lowest)) return *tiny;
    for (unsigned fraction = 16; fraction > 1; fraction /= 2)
        if (const Order order = first_order(size, lowest, params.max_order, fraction); order <= params.max_order)
            return order;
    return get_order(size);
}

/// Up to 6.6: if all orders waste more than a quarter, fewer objects are tried.
Order order_by_waste(Bytes size, const SlabParams& params, unsigned wanted, Order most) {
    for (unsigned objects = std::min(wanted, order_objects(params.max_order, size)); objects > 1; --objects)
        for (unsigned fraction = 16; fraction >= 4; fraction /= 2) {
            const Order order = calc_slab_order(size, objects, params.max_order, fraction, params);
            if (order <= params.max_order) return order;
        }
    const Order order = calc_slab_order(size, 1, params.max_order, 1, params);
    return order <= params.max_order ? order : calc_slab_order(size, 1, most, 1, params);
}

Bytes word_of(const KernelProfile& profile) {
    return profile.long_size;
}

/// sizeof(struct track): address, stack's handle, CPU, pid, time.
Bytes track_size(const KernelProfile& profile) {
    return align_up(2 * word_of(profile) + 3 * 4, word_of(profile));
}

/// Where the free pointer lies, and what is behind the object for it. Poison, RCU and constructors need the bytes of a
/// free object; red zones of tiny objects do, too.
void place_free_pointer(ObjectLayout& layout, const CacheRequest& request, Bytes word) {
    const bool outside = (layout.flags & (slab::typesafe_by_rcu | slab::poison)) || request.constructor ||
                         ((layout.flags & slab::red_zone) && request.object_size < word);
    layout.offset = outside ? layout.size : align_down(request.object_size / 2, word);
    if (outside) layout.size += word;
}

/// All but the order, from the flags as they are.
void lay_out(ObjectLayout& layout, const CacheRequest& request, const KernelProfile& profile) {
    const Bytes word = word_of(profile);
    layout.red_left_pad = 0;
    layout.size = align_up(request.object_size, word);
    if ((layout.flags & slab::red_zone) && layout.size == request.object_size) layout.size += word;
    layout.inuse = layout.size;
    place_free_pointer(layout, request, word);
    if (layout.flags & slab::store_user) {
        layout.size += 2 * track_size(profile);
        if (layout.flags & slab::kmalloc) layout.size += 4;  // the size that was asked for
    }
    if (layout.flags & slab::red_zone) {
        layout.red_left_pad = align_up(word, layout.align);
        layout.size += word + layout.red_left_pad;
    }
    layout.size = align_up(layout.size, layout.align);
}

}  // namespace

std::optional<Order> calculate_order(Bytes size, const SlabParams& params, const KernelProfile& profile) {
    const unsigned wanted = wanted_objects(params, profile);
    const Order most = profile.max_order - 1;
    const Order order = profile.slub.wastes_up_to_half ? order_by_objects(size, params, wanted)
                                                       : order_by_waste(size, params, wanted, most);
    if (order > most) return std::nullopt;
    return order;
}

std::optional<ObjectLayout> calculate_sizes(const CacheRequest& request, const SlabParams& params,
                                            const KernelProfile& profile) {
    ObjectLayout layout;
    layout.object_size = request.object_size;
    layout.align = std::max(request.align, word_of(profile));
    layout.flags = with_debug_flags(params, request.name, request.flags);
    lay_out(layout, request, profile);
    if (params.low_order_debug && get_order(layout.size) > get_order(layout.object_size)) {
        layout.flags &= ~slab::debug_metadata;
        lay_out(layout, request, profile);
    }
    const auto order = calculate_order(layout.size, params, profile);
    if (!order) return std::nullopt;
    layout.oo = slab_shape(*order, layout.size);
    layout.min = slab_shape(get_order(layout.size), layout.size);
    if (layout.oo.objects == 0) return std::nullopt;
    return layout;
}

}  // namespace mm
