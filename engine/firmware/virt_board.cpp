// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/firmware/virt_board.h"

#include <algorithm>
#include <set>

namespace mm {
namespace {

constexpr Bytes initrd_distance = 128 * MiB, blob_align = 2 * MiB, blob_size = MiB;  // FDT_MAX_SIZE
/// The kernel's EFI stub: MAX_FDT_SIZE, EFI_ALLOC_ALIGN.
constexpr Bytes stub_tree_room = 2 * MiB, stub_align = 64 * KiB;
/// unflatten_device_tree(): struct device_node and struct property of 6.1, and how much of them the board's tree takes
/// with one CPU and one memory node.
constexpr Bytes device_node = 200, property = 104, one_cpu_tree = 40056;

/// A node of the tree with its name property, which unflattening makes up.
constexpr Bytes tree_node(Bytes name_with_unit, Bytes name, Bytes properties) {
    return align_up(device_node + name_with_unit + 1, 8) + properties * property + align_up(property + name + 1, 8);
}

/// What each further CPU (cpu@N, and coreN in cpu-map) and each memory node with its numa-node-id adds.
Bytes tree_size(std::size_t cpus, std::size_t nodes) {
    Bytes size = one_cpu_tree + (cpus - 1) * (tree_node(5, 3, 5) + tree_node(5, 5, 1));
    if (nodes > 1) size += (nodes - 1) * tree_node(15, 6, 3) + (cpus + 1) * property;
    return size;
}

PhysRange span_of(const std::vector<DeviceTreeMemory>& memory) {
    PhysRange span = memory.front().range;
    for (const DeviceTreeMemory& m : memory)
        span = {std::min(span.start, m.range.start), std::max(span.end, m.range.end)};
    return span;
}

void place_by_qemu(Machine& machine, Bytes initrd_bytes) {
    const PhysRange ram = span_of(machine.device_tree_memory);
    const PhysAddr initrd = align_up(ram.start + std::min(ram.size() / 2, initrd_distance), page_size);
    if (initrd_bytes != 0) machine.ramdisk = PhysRange{initrd, initrd + initrd_bytes};
    const PhysAddr blob = align_up(initrd + initrd_bytes, blob_align);
    if (blob + blob_size <= ram.end) machine.device_tree_blob = {blob, blob + blob_size};
    std::set<Nid> nodes;
    for (const DeviceTreeMemory& m : machine.device_tree_memory)
        nodes.insert(m.nid);
    machine.device_tree_size = tree_size(machine.possible_cpus, nodes.size());
}

/// What "Freeing initrd memory: 964K" leaves to guess: the last page that is not full.
Bytes initrd_size(const Machine& machine, Bytes known) {
    const auto& freed = machine.late_frees;
    const auto it = std::find_if(freed.begin(), freed.end(), [](const LateFree& f) { return f.what == "initrd"; });
    return known != 0 || it == freed.end() ? known : it->size + 1;
}

/// efi_load_initrd() and allocate_new_fdt_and_exit_boot() take the highest free pieces, one after the other; the map
/// shows them as one.
void place_by_efi_stub(Machine& machine, Bytes initrd_bytes) {
    const Bytes initrd = machine.efi_tables.initrd ? initrd_size(machine, initrd_bytes) : 0;
    const Bytes taken = stub_tree_room + align_up(initrd, stub_align);
    for (const EfiMemDesc& desc : machine.efi_map) {
        if (desc.type != "Loader Data" || desc.range.size() != taken) continue;
        machine.device_tree_blob = {desc.range.start, desc.range.start + page_size};
        if (initrd == 0) return;
        const PhysAddr start = desc.range.start + stub_tree_room;
        machine.ramdisk = PhysRange{start, start + initrd};
        return;
    }
    if (machine.efi_tables.initrd)
        machine.notes.push_back("The EFI memory map does not tell where the initrd lies: its memory is taken as free.");
}

}  // namespace

void hand_over(Machine& machine, const MachineConfig& config, const std::vector<DeviceTreeMemory>& early_nodes) {
    machine.device_tree_memory = config.device_tree_memory;
    if (machine.device_tree_memory.empty() && machine.efi_map.empty()) {
        machine.device_tree_memory = early_nodes;
        machine.notes.push_back(
            "The log lists no memory of the firmware: the kernel's \"Early memory node ranges\" are taken instead.");
    }
    if (machine.efi && !machine.efi_map.empty()) return place_by_efi_stub(machine, config.initrd_bytes);
    if (machine.device_tree_memory.empty()) return;
    const bool virt = machine.machine_model.empty() || machine.machine_model == "linux,dummy-virt";
    if (machine.efi || !virt) return;
    place_by_qemu(machine, config.initrd_bytes);
}

}  // namespace mm
