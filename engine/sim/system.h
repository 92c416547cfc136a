// SPDX-License-Identifier: GPL-3.0-or-later
// System: one simulated machine, state and all. Commands go in, events and log lines come out through the sink.
#pragma once

#include <memory>

#include "engine/sim/command.h"
#include "engine/snapshot/snapshot.h"

namespace mm {

/// What an alloc_pages answered.
struct CommandResult {
    Pfn pfn = no_pfn;
};

/// Small state plus the picture of all frames: what a keyframe holds.
struct Keyframe {
    MachineState state;
    FrozenPages pages;
};

class System {
public:
    System(std::shared_ptr<const Machine> machine, const KernelProfile& profile);

    const Machine& machine() const { return *m_machine; }
    const std::shared_ptr<const Machine>& machine_ptr() const { return m_machine; }
    const KernelProfile& profile() const { return *m_profile; }
    const MachineState& state() const { return m_state; }
    const PageColumns& pages() const { return m_pages; }

    Outcome<CommandResult> execute(const Command& command, EventSink* sink);

    Keyframe freeze();
    void restore(const Keyframe& keyframe);
    Broken check() const;  ///< every room's check() and what must hold between them

private:
    friend struct BootAccess;
    std::shared_ptr<const Machine> m_machine;
    const KernelProfile* m_profile;
    MachineState m_state;
    PageColumns m_pages;
};

}  // namespace mm
