// SPDX-License-Identifier: GPL-3.0-or-later
// What an arm64 kernel is handed besides its command line, where the log does not say it: the memory nodes of the
// device tree, and where the boot loader put initrd and device tree. Without firmware that boot loader is QEMU itself
// (hw/arm/boot.c and virt.c of QEMU 7.2, board "linux,dummy-virt"):
//
//      RAM start   [2 MiB: kernel image....)      [+128 MiB or half of RAM: initrd)  [next 2 MiB: device tree, 1 MiB)
//
// With EFI it is the kernel's own stub (drivers/firmware/efi/libstub, Linux 6.1), whose tree ACPI machines keep small:
//
//      Loader Data [2 MiB of room for the tree)[initrd, to 64 KiB)
#pragma once

#include <vector>

#include "engine/firmware/machine.h"
#include "engine/firmware/machine_config.h"

namespace mm {

/// Completes an arm64 machine: memory nodes from config, else from early_nodes; then what follows from them. What is
/// assumed is noted.
void hand_over(Machine& machine, const MachineConfig& config, const std::vector<DeviceTreeMemory>& early_nodes);

}  // namespace mm
