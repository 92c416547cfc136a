// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/boot_caches.h"

#include <array>

namespace mm {
namespace {

// What a cache is made with; SLAB_PANIC and SLAB_MEM_SPREAD change nothing here.
constexpr unsigned hw = 1, acc = 2, rec = 4, rcu = 8, ctor = 16, usr = 32, whole_line = 64, al256 = 128;

struct BootCache {
    const char* name;
    std::array<Bytes, 4> size;  ///< x86_64, arm64, i386, i386 with PAE; 0: the kernel has no such cache, or merged it
    unsigned how;
};

// Sizes are those of Debian's 6.1, of objects with constructor without the free pointer behind them; task_struct's is
// the architecture's (StackConfig).
constexpr std::array boot_caches{
    BootCache{"vmap_area", {64, 64, 32, 32}, 0},
    BootCache{"mm_struct", {1152, 960, 576, 576}, hw | acc | usr},
    BootCache{"task_group", {640, 640, 384, 384}, 0},
    BootCache{"radix_tree_node", {576, 576, 300, 300}, rec | ctor},
    BootCache{"maple_node", {256, 256, 256, 256}, al256},
    BootCache{"ftrace_event_field", {56, 56, 40, 40}, 0},
    BootCache{"trace_event_file", {96, 96, 56, 56}, 0},
    BootCache{"perf_event", {1232, 1232, 848, 848}, 0},
    BootCache{"numa_policy", {272, 32, 0, 0}, 0},
    BootCache{"shared_policy_node", {48, 48, 0, 0}, 0},
    BootCache{"Acpi-State", {80, 0, 48, 48}, 0},
    BootCache{"Acpi-Operand", {72, 0, 0, 0}, 0},
    BootCache{"pid", {128, 128, 64, 64}, hw | acc},
    BootCache{"anon_vma", {96, 96, 52, 52}, acc | ctor | rcu},
    BootCache{"anon_vma_chain", {64, 64, 32, 32}, acc},
    BootCache{"cred_jar", {192, 192, 128, 128}, hw | acc},
    BootCache{"task_struct", {0, 0, 0, 0}, acc | usr},
    BootCache{"sighand_cache", {2104, 2104, 1308, 1308}, hw | acc | ctor | rcu},
    BootCache{"signal_cache", {1152, 1152, 736, 736}, hw | acc},
    BootCache{"files_cache", {704, 704, 256, 256}, hw | acc},
    BootCache{"fs_cache", {56, 56, 36, 36}, hw | acc},
    BootCache{"vm_area_struct", {152, 152, 72, 80}, acc},
    BootCache{"nsproxy", {72, 72, 40, 40}, acc},
    BootCache{"uts_namespace", {432, 432, 416, 416}, acc | usr},
    BootCache{"key_jar", {0, 0, 160, 160}, hw},
    BootCache{"lsm_file_cache", {24, 24, 16, 16}, 0},
    BootCache{"lsm_inode_cache", {32, 0, 0, 0}, 0},
    BootCache{"iint_cache", {120, 120, 76, 76}, ctor},
    BootCache{"net_namespace", {4480, 4480, 3264, 3264}, acc | whole_line},
    BootCache{"names_cache", {4096, 4096, 4096, 4096}, hw | usr},
    BootCache{"dentry", {192, 192, 128, 128}, rec | acc | usr},
    BootCache{"inode_cache", {632, 632, 412, 412}, rec | acc | ctor},
    BootCache{"filp", {256, 256, 160, 160}, hw | acc},
    BootCache{"mnt_cache", {320, 320, 192, 192}, hw | acc},
    BootCache{"kernfs_node_cache", {128, 128, 80, 80}, 0},
    BootCache{"kernfs_iattrs_cache", {88, 88, 64, 64}, 0},
    BootCache{"shmem_inode_cache", {776, 776, 484, 484}, acc | ctor},
    BootCache{"bdev_cache", {1592, 1592, 988, 988}, hw | acc | rec | ctor},
    BootCache{"sigqueue", {80, 80, 48, 48}, acc},
    BootCache{"seq_file", {120, 120, 0, 72}, acc},
    BootCache{"proc_inode_cache", {704, 704, 452, 452}, rec | acc | ctor},
    BootCache{"pde_opener", {40, 40, 24, 24}, acc},
    BootCache{"proc_dir_entry", {192, 192, 128, 128}, usr},
    BootCache{"taskstats", {416, 416, 416, 416}, 0},
    BootCache{"buffer_head", {104, 104, 64, 64}, rec},
};

std::size_t column_of(const KernelProfile& profile) {
    if (profile.arch == Arch::x86_64) return 0;
    if (profile.arch == Arch::arm64) return 1;
    return profile.pae ? 3 : 2;
}

CacheRequest request_of(const BootCache& cache, Bytes size, const SlabParams& params, const KernelProfile& profile) {
    const auto is = [&](unsigned how) { return (cache.how & how) != 0; };
    CacheRequest request;
    request.name = cache.name;
    request.object_size = size;
    request.align = is(al256) ? 256 : is(whole_line) ? params.cache_line : profile.long_size;
    if (is(hw)) request.flags |= slab::hwcache_align;
    if (is(acc)) request.flags |= slab::account;
    if (is(rec)) request.flags |= slab::reclaim_account;
    if (is(rcu)) request.flags |= slab::typesafe_by_rcu;
    request.constructor = is(ctor);
    if (is(usr)) request.usersize = profile.long_size;  // that some of it may be copied is what counts
    return request;
}

}  // namespace

Outcome<Done> create_boot_caches(SlabAllocator& slabs, const SlabState& state, const StackConfig& tasks,
                                 const KernelProfile& profile, const Tracer& trace) {
    for (const BootCache& cache : boot_caches) {
        const bool task = std::string_view(cache.name) == "task_struct";
        const Bytes size = task ? tasks.task_size : cache.size[column_of(profile)];
        if (size == 0) continue;
        CacheRequest request = request_of(cache, size, state.params, profile);
        if (task) request.align = tasks.task_align;
        const auto made = slabs.kmem_cache_create(request, trace);
        if (!made) return made.error();
        if (!*made) return Error{"no memory for the boot's caches of objects"};
    }
    return Done{};
}

}  // namespace mm
