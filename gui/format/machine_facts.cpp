// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/format/machine_facts.h"

#include <QStringList>
#include <algorithm>
#include <set>

#include "engine/firmware/own_profile.h"
#include "gui/format/format.h"

namespace mm::gui {

Bytes installedMemory(const Machine& machine) {
    Bytes usable = 0;
    for (const E820Entry& entry : machine.map)
        if (entry.type == E820Type::ram) usable += entry.size;
    for (const DeviceTreeMemory& memory : machine.device_tree_memory)
        usable += memory.range.size();
    // Firmware keeps a few MiB for itself: round up to a sixteenth of the size's power of two, at least to 64 MiB.
    Bytes grain = 64 * MiB;
    while (grain * 16 < usable)
        grain *= 2;
    const Bytes rounded = align_up(usable, grain);
    return rounded - usable < grain / 2 + 32 * MiB ? rounded : usable;
}

QString machineFacts(const Machine& machine, const KernelProfile* profile) {
    if (machine.map.empty() && machine.device_tree_memory.empty() && !machine.banner.empty())
        return text(machine.banner);  // a recording: what firmware handed over is not known
    std::set<Nid> nodes;
    for (const SratMemory& memory : machine.srat_memory)
        nodes.insert(memory.nid);
    for (const DeviceTreeMemory& memory : machine.device_tree_memory)
        nodes.insert(memory.nid);
    const std::size_t n = std::max<std::size_t>(1, nodes.size());
    QStringList words{sizeText(installedMemory(machine)), n == 1 ? QString("1 node") : QString("%1 nodes").arg(n),
                      machine.efi                   ? "UEFI"
                      : machine.arch == Arch::arm64 ? "device tree"
                                                    : "BIOS"};
    const KernelVersion& v = machine.version;
    const bool own = !profile || profile == &own_profile(machine);
    if (!own)
        words.push_back("as Linux " + text(profile->name));
    else if (v.major != 0)
        words.push_back(QString("Linux %1.%2").arg(v.major).arg(v.minor));
    return words.join(" · ");
}

}  // namespace mm::gui
