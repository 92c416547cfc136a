// SPDX-License-Identifier: GPL-3.0-or-later
// The kernels whose rules a machine can be booted by, in the window's menus and lists.
#pragma once

#include <vector>

#include "engine/snapshot/snapshot.h"

namespace mm::gui {

/// Of the snapshot's architecture and, where that differs, its kind of page tables; oldest first.
inline std::vector<const KernelProfile*> kernelChoices(const Snapshot& snapshot) {
    std::vector<const KernelProfile*> choices;
    for (const KernelProfile& profile : all_profiles()) {
        const bool same = !snapshot.profile || profile.pae == snapshot.profile->pae;
        if (profile.arch == snapshot.machine->arch && same) choices.push_back(&profile);
    }
    return choices;
}

}  // namespace mm::gui
