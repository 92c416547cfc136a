/* SPDX-License-Identifier: GPL-3.0-or-later
 * Around the kernel's own mm/memblock.c: built by run_oracle.py against the simulator of tools/testing/memblock, which
 * comes from the installed source package. The file is included as text, so that its static state can be reset.
 *
 * Physical memory is an arena of address space that costs nothing until touched: memblock touches only the arrays that it
 * doubles. A BUG_ON comes back to the caller, warnings and printk are silent. */
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/bug.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/memblock.h>
#include "internal.h"

static jmp_buf at_bug;
static char* arena;
static const unsigned long arena_size = 1ul << 40;

#undef printk
#define printk(...) do { } while (0)
#undef pr_warn_ratelimited
#define pr_warn_ratelimited(...) do { } while (0)
#undef BUG_ON
#define BUG_ON(condition) do { if (condition) longjmp(at_bug, 1); } while (0)
#undef WARN_ON
#define WARN_ON(condition) (!!(condition))
#undef WARN_ONCE
#define WARN_ONCE(condition, ...) (!!(condition))
#undef SMP_CACHE_BYTES
#define SMP_CACHE_BYTES 64 /* x86 and arm64; the simulator says 32 */
#undef __va
#define __va(x) ((void*)(arena + (x)))
#undef __pa
#define __pa(x) ((unsigned long)((char*)(x) - arena))

#include "memblock.c"

#include "kernel_memblock.h"

bool movable_node_enabled;

bool slab_is_available(void) { return false; }
void* kmalloc(size_t size, gfp_t flags) { abort(); }
void kfree(void* p) { abort(); }

#define OR_BUG(call) (setjmp(at_bug) ? km_bug : (call))

static struct memblock_type* type_of(int reserved) { return reserved ? &memblock.reserved : &memblock.memory; }

static void reset_type(struct memblock_type* type, struct memblock_region* regions, unsigned long max) {
    type->regions = regions;
    type->cnt = 1;
    type->max = max;
    type->total_size = 0;
    memset(regions, 0, INIT_MEMBLOCK_REGIONS * sizeof(*regions));
    memblock_set_region_node(&regions[0], MAX_NUMNODES);
}

void km_reset(const struct km_settings* settings) {
    if (!arena) {
        arena = mmap(NULL, arena_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (arena == MAP_FAILED) abort();
    }
    if (memblock.memory.regions != memblock_memory_init_regions ||
        memblock.reserved.regions != memblock_reserved_init_regions)
        madvise(arena, arena_size, MADV_DONTNEED);
    reset_type(&memblock.memory, memblock_memory_init_regions, settings->memory_max);
    reset_type(&memblock.reserved, memblock_reserved_init_regions, settings->reserved_max);
    memblock.bottom_up = false;
    memblock.current_limit = MEMBLOCK_ALLOC_ANYWHERE;
    memblock_can_resize = 0;
    system_has_some_mirror = false;
    movable_node_enabled = false;
    mirrored_kernelcore = settings->mirrored_kernelcore;
}

void km_list(int reserved, struct km_array* out) {
    const struct memblock_type* type = type_of(reserved);
    _Static_assert(sizeof(struct km_region) == sizeof(struct memblock_region), "the same layout");
    const bool is_static =
        type->regions == memblock_memory_init_regions || type->regions == memblock_reserved_init_regions;
    out->regions = (const struct km_region*)type->regions;
    out->count = type->regions[0].size ? type->cnt : 0;
    out->max = type->max;
    out->total = type->total_size;
    out->at = is_static ? 0 : __pa(type->regions);
}

void km_allow_resize(void) { memblock_allow_resize(); }
void km_set_bottom_up(int enable) { memblock_set_bottom_up(enable); }
void km_set_movable_node(int enable) { movable_node_enabled = enable; }
void km_set_current_limit(km_u64 limit) { memblock_set_current_limit(limit); }
void km_trim(km_u64 align) { memblock_trim_memory(align); }

int km_add(km_u64 base, km_u64 size, int nid, unsigned flags) {
    if (nid == MAX_NUMNODES && flags == 0) return OR_BUG(memblock_add(base, size));
    return OR_BUG(memblock_add_node(base, size, nid, flags));
}
int km_remove(km_u64 base, km_u64 size) { return OR_BUG(memblock_remove(base, size)); }
int km_reserve(km_u64 base, km_u64 size) { return OR_BUG(memblock_reserve(base, size)); }
int km_free(km_u64 base, km_u64 size) { return OR_BUG(memblock_phys_free(base, size)); }
int km_set_node(km_u64 base, km_u64 size, int reserved, int nid) {
    return OR_BUG(memblock_set_node(base, size, type_of(reserved), nid));
}

static int mark(km_u64 base, km_u64 size, unsigned flag, int set) {
    switch (flag) {
        case MEMBLOCK_HOTPLUG: return set ? memblock_mark_hotplug(base, size) : memblock_clear_hotplug(base, size);
        case MEMBLOCK_NOMAP: return set ? memblock_mark_nomap(base, size) : memblock_clear_nomap(base, size);
        case MEMBLOCK_MIRROR: return memblock_mark_mirror(base, size);
        default: abort();
    }
}
int km_mark(km_u64 base, km_u64 size, unsigned flag, int set) { return OR_BUG(mark(base, size, flag, set)); }

static long long allocate(km_u64 size, km_u64 align, km_u64 start, km_u64 end, int nid, int exact, int retry_low) {
    if (!retry_low) return memblock_alloc_range_nid(size, align, start, end, nid, exact);
    /* phys_to_virt() of the simulator is the identity. */
    return (long long)(exact ? memblock_alloc_exact_nid_raw(size, align, start, end, nid)
                             : memblock_alloc_try_nid_raw(size, align, start, end, nid));
}
long long km_alloc(km_u64 size, km_u64 align, km_u64 start, km_u64 end, int nid, int exact, int retry_low) {
    return OR_BUG(allocate(size, align, start, end, nid, exact, retry_low));
}

int km_is_memory(km_u64 addr) { return memblock_is_memory(addr); }
int km_is_reserved(km_u64 addr) { return memblock_is_reserved(addr); }
int km_is_region_memory(km_u64 base, km_u64 size) { return memblock_is_region_memory(base, size); }
int km_is_region_reserved(km_u64 base, km_u64 size) { return memblock_is_region_reserved(base, size); }
