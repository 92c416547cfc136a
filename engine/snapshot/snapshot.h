// SPDX-License-Identifier: GPL-3.0-or-later
// Snapshot: one moment of a machine, complete and immutable; the only door from the engine to the views. Made by sim's
// Timeline (and later by observe/ for measured machines), handed over as shared_ptr<const Snapshot>, read by any
// thread.
#pragma once

#include <memory>

#include "engine/snapshot/history.h"
#include "engine/snapshot/machine_state.h"

namespace mm {

/// Where the data come from. Views say so; "inferred" and "unknown" are hatched.
enum class Provenance : std::uint8_t { simulated, measured, inferred, unknown };

struct Snapshot {
    std::shared_ptr<const Machine> machine;
    const KernelProfile* profile = nullptr;
    Provenance provenance = Provenance::simulated;

    Position at = 0;      ///< this moment
    Position total = 0;   ///< events known (the future of this moment, where one has stepped back)
    int stage = -1;       ///< index into history.stages(), -1 before the first
    bool booted = false;  ///< all stages done: commands (alloc, free, workload) are possible

    MachineState state;
    FrozenPages pages;  ///< end_pfn() == 0 before the memmap exists
    History history;    ///< everything known, also beyond at

    /// The event that led here; kind stage with empty texts at position 0.
    RecordedEvent last_event() const { return at > 0 ? history.event(at - 1) : RecordedEvent{}; }
};

using SnapshotPtr = std::shared_ptr<const Snapshot>;

/// Hash of everything that is state (not of the history): equal states have equal hashes on every machine.
std::uint64_t state_hash(const MachineState& state, const FrozenPages& pages);

}  // namespace mm
