// SPDX-License-Identifier: GPL-3.0-or-later
// The stages that make the kernel's large hash tables: early ones out of memblock, late ones out of the page allocator
// or, spread over several nodes' memory (hashdist), out of vmalloc. A late table's place is not modelled.
// Follows fs/dcache.c, fs/inode.c, fs/namespace.c, kernel/futex/core.c, net/ipv4, lib/stackdepot.c, Linux 6.1.
#include <fmt/format.h>

#include <algorithm>

#include "engine/firmware/command_line.h"
#include "engine/page_alloc/system_hash.h"
#include "engine/sim/boot_context.h"

namespace mm {
namespace {

HashMemory hash_memory(const BootContext& c) {
    return {c.state.nr_kernel_pages, c.state.nr_all_pages, c.profile.long_size == 8};
}

/// page_alloc_init(): hashdist is on for 64-bit NUMA kernels, and off again where one node has all memory.
bool is_distributed(const BootContext& c) {
    if (!c.profile.numa || c.profile.long_size < 8) return false;
    const auto& nodes = c.state.zones.nodes;
    const auto has_memory = [](const Node& node) { return node.present != 0; };
    if (std::count_if(nodes.begin(), nodes.end(), has_memory) == 1) return false;
    const auto param = find_param(c.machine.command_line, "hashdist");
    return !param || simple_strtoull(*param) != 0;
}

void add_table(BootContext& c, std::string_view name, const HashSize& size, PhysAddr at, std::string_view kind) {
    c.state.hash_tables.push_back({std::string(name), size.entries, size.bytes, at});
    c.trace.event({.kind = EventKind::hash_alloc, .touched = {at, at ? at + size.bytes : at}},
                  fmt::format("{}, {} entries", name, size.entries));
    c.trace.printk(hash_line(name, size, c.profile.log.linear_hashes ? kind : ""));
}

void early_table(BootContext& c, std::string_view name) {
    const HashSize size = size_of(system_hash(name, c.machine.command_line), hash_memory(c));
    add_table(c, name, size, c.alloc_small(size.bytes, "hash tables", "alloc_large_system_hash"), "linear");
}

HashSize late_table(BootContext& c, const SystemHash& hash) {
    const HashSize size = size_of(hash, hash_memory(c));
    // vmalloc_huge(): a 2 MiB mapping where each node's share is that large.
    const Bytes per_node = size.bytes / std::max<std::size_t>(1, c.state.zones.nodes.size());
    const bool virt = size.order >= c.profile.max_order || is_distributed(c);
    add_table(c, hash.name, size, 0, !virt ? "linear" : per_node >= 2 * MiB ? "vmalloc hugepage" : "vmalloc");
    return size;
}

HashSize late_table(BootContext& c, std::string_view name) {
    return late_table(c, system_hash(name, c.machine.command_line));
}

/// Kept stack traces: page_owner=on, or slub_debug with user tracking (U; all of its checks when it names none).
bool wants_stack_depot(std::string_view command_line) {
    const auto owner = find_param(command_line, "page_owner");
    if (owner && (*owner == "on" || *owner == "1" || *owner == "y" || *owner == "Y")) return true;
    const auto slub = find_param(command_line, "slub_debug");
    if (!slub) return false;
    const std::string flags = slub->substr(0, slub->find(','));
    return flags.empty() || flags.find_first_of("uU") != std::string::npos;
}

}  // namespace

namespace boot {

void vfs_caches_init_early(BootContext& c) {
    if (is_distributed(c)) {
        c.trace.event({.kind = EventKind::kernel_note},
                      "several nodes: the large hash tables come from vmalloc, after boot");
        return;
    }
    early_table(c, "Dentry cache");
    early_table(c, "Inode-cache");
}

void stack_depot_early_init(BootContext& c) {
    if (wants_stack_depot(c.machine.command_line)) early_table(c, "stackdepot");
}

void vfs_caches_init(BootContext& c) {
    if (is_distributed(c)) {
        late_table(c, "Dentry cache");
        late_table(c, "Inode-cache");
    }
    late_table(c, "Mount-cache");
    late_table(c, "Mountpoint-cache");
}

void futex_init(BootContext& c) {
    SystemHash hash = system_hash("futex", c.machine.command_line);
    std::uint64_t buckets = hash.entries;
    while (buckets < hash.entries * c.machine.possible_cpus)
        buckets *= 2;
    hash.entries = hash.low_limit = hash.high_limit = buckets;
    late_table(c, hash);
}

void dquot_init(BootContext& c) {
    c.trace.printk(fmt::format("VFS: Dquot-cache hash table entries: {} (order 0, {} bytes)",
                               page_size / c.profile.long_size, page_size));
}

void inet_init(BootContext& c) {
    for (const auto name : {"IP idents", "tcp_listen_portaddr_hash", "Table-perturb"})
        late_table(c, name);
    const HashSize established = late_table(c, "TCP established");
    SystemHash bind = system_hash("TCP bind", c.machine.command_line);
    bind.entries = established.entries;
    late_table(c, bind);
    for (const auto name : {"MPTCP token", "UDP", "UDP-Lite"})
        late_table(c, name);
}

}  // namespace boot
}  // namespace mm
