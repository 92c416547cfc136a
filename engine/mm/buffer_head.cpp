// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mm/buffer_head.h"

#include "engine/mm/fscache.h"

namespace mm {

bool create_empty_buffers(const MmContext& c, Pfn p) {
    if ((c.columns().flags(p) & pg_private) || has_fscache(c, p)) return true;
    const auto object = c.alloc_object(MmObject::buffer_head);
    if (!object) return false;
    c.get_page(p);  // attach_page_private()
    c.state.buffers.set(p, *object);
    c.set_flags(p, pg_private);
    return true;
}

void try_to_free_buffers(const MmContext& c, Pfn p) {
    if (!(c.columns().flags(p) & pg_private)) return;
    const PhysAddr object = c.state.buffers[p];
    c.clear_flags(p, pg_private);  // detach_page_private()
    c.state.buffers.set(p, 0);
    c.put_page(p);
    c.free_object(MmObject::buffer_head, object);
}

}  // namespace mm
