/* SPDX-License-Identifier: GPL-3.0-or-later
 * The kernel's memblock as a shared library in user space: what kernel_memblock.c exports. Only scalars cross, so that
 * the C++ side needs none of the kernel's headers. Addresses are physical ones; 0 is "no memory". */
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

enum km_bug { km_bug = -1000 }; /* what a call returns when the kernel would have stopped at a BUG_ON */

struct km_region {
    unsigned long long base, size;
    unsigned flags;
    int nid;
};

/* One entry a list: 0 memory, 1 reserved. */
struct km_array {
    const struct km_region* regions;
    unsigned long count, max;
    unsigned long long total, at; /* at: the array's physical address, 0 for the static one */
};

struct km_settings {
    unsigned long memory_max, reserved_max; /* at most 128 */
    int mirrored_kernelcore;
};

typedef unsigned long long km_u64;

void km_reset(const struct km_settings* settings);
void km_list(int reserved, struct km_array* out);

void km_allow_resize(void);
void km_set_bottom_up(int enable);
void km_set_movable_node(int enable);
void km_set_current_limit(km_u64 limit);
void km_trim(km_u64 align);

int km_add(km_u64 base, km_u64 size, int nid, unsigned flags);
int km_remove(km_u64 base, km_u64 size);
int km_reserve(km_u64 base, km_u64 size);
int km_free(km_u64 base, km_u64 size);
int km_set_node(km_u64 base, km_u64 size, int reserved, int nid);
int km_mark(km_u64 base, km_u64 size, unsigned flag, int set);

/* memblock_alloc_range_nid(), or memblock_alloc_internal() with retry_low. Negative: km_bug. */
long long km_alloc(km_u64 size, km_u64 align, km_u64 start, km_u64 end, int nid, int exact, int retry_low);
int km_is_memory(km_u64 addr);
int km_is_reserved(km_u64 addr);
int km_is_region_memory(km_u64 base, km_u64 size);
int km_is_region_reserved(km_u64 base, km_u64 size);

#ifdef __cplusplus
}
#endif
