// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mmzone/lazy_array.h"

#include <sys/mman.h>

#include <cstdio>
#include <cstdlib>

namespace mm {

void* reserve_zeroed(std::size_t bytes) {
    if (bytes == 0) return nullptr;
    void* p = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) {
        std::fprintf(stderr, "mmscope: no address space for %zu bytes of page frames\n", bytes);
        std::abort();
    }
    return p;
}

void release_zeroed(void* p, std::size_t bytes) {
    if (p) munmap(p, bytes);
}

}  // namespace mm
