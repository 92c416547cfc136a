// SPDX-License-Identifier: GPL-3.0-or-later
// What the worker says beside snapshots: what it is doing, and what became of the last requests.
#pragma once

#include <QString>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "engine/snapshot/history.h"
#include "engine/types/units.h"

namespace mm::gui {

/// Moments after which a recording's page frame was not the predicted one, ascending.
using MissesPtr = std::shared_ptr<const std::vector<Position>>;

/// A workload that can be started by its name.
struct StoryInfo {
    QString name, teaches;
    friend bool operator==(const StoryInfo&, const StoryInfo&) = default;
};

/// A branch of the machine's history.
struct BranchRow {
    QString name;
    std::size_t commands = 0, shared = 0;  ///< shared: with the current one
    bool current = false;
    friend bool operator==(const BranchRow&, const BranchRow&) = default;
};

/// What a command answered, where it makes something that has no frames of its own or not only those.
struct CommandAnswer {
    std::optional<PhysAddr> object;       ///< of the slab allocator
    std::optional<VirtAddr> area;         ///< of vmalloc
    std::optional<std::uint64_t> percpu;  ///< a per-CPU pointer
    std::optional<unsigned> task;         ///< a new task's number
    friend bool operator==(const CommandAnswer&, const CommandAnswer&) = default;
};

struct WorkerStatus {
    std::vector<StoryInfo> stories;  ///< the same all the time
    QString task;                    ///< what takes long just now, "" nothing: "opening big-recording"
    double done = 0;                 ///< of it, 0 to 1
    bool playing = false, workload = false, busy = false;
    bool picturesDone = false;        ///< the strip along the time axis has no gaps
    std::uint64_t commandsDone = 0;   ///< of the running workload
    QString undo, redo;               ///< what would be taken back, or done again: "alloc_pages order 3"; "": nothing
    std::vector<BranchRow> branches;  ///< empty: of a recording there are none
    QString savedAs;                  ///< where the session was saved last, at the user's wish
    std::uint64_t saves = 0;          ///< how often
    QString error;                    ///< "" none; a whole sentence (file, line, what was expected)
    QString notice;                   ///< e.g. "allocated pfn 0x1a8c0, order 3"
    std::optional<PfnRange> result;   ///< the frames the notice is about
    CommandAnswer answer;
    std::uint64_t serial = 0;  ///< rises with each new error or notice, so that the same words count again
    friend bool operator==(const WorkerStatus&, const WorkerStatus&) = default;
};

}  // namespace mm::gui
