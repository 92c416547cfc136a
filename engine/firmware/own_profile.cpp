// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/firmware/own_profile.h"

namespace mm {

const KernelProfile& own_profile(const Machine& machine) {
    const std::string release = machine.slub ? machine.banner + ' ' + std::string(built_with_slub) : machine.banner;
    return profile_for(machine.arch, machine.version, release, machine.pae);
}

}  // namespace mm
