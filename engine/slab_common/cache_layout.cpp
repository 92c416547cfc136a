// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/slab_common/cache_layout.h"

namespace mm {

SlabShape slab_shape(Order order, Bytes size) {
    return {order, static_cast<unsigned>((page_size << order) / size)};
}

Bytes calculate_alignment(SlabFlags flags, Bytes align, Bytes size, Bytes cache_line, Bytes word) {
    if (flags & slab::hwcache_align) {
        Bytes line = cache_line;
        while (size <= line / 2)
            line /= 2;
        align = std::max(align, line);
    }
    return align_up(std::max(align, word), word);
}

}  // namespace mm
