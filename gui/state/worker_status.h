// SPDX-License-Identifier: GPL-3.0-or-later
// What the worker says beside snapshots: what it is doing, and what became of the last requests.
#pragma once

#include <QString>
#include <cstdint>
#include <optional>

#include "engine/types/units.h"

namespace mm::gui {

struct WorkerStatus {
    bool playing = false, workload = false, busy = false;
    std::uint64_t commandsDone = 0;  ///< of the running workload
    QString error;                   ///< "" none; a whole sentence (file, line, what was expected)
    QString notice;                  ///< e.g. "allocated pfn 0x1a8c0, order 3"
    std::optional<PfnRange> result;  ///< the frames the notice is about
    std::uint64_t serial = 0;        ///< rises with each new error or notice, so that the same words count again
    friend bool operator==(const WorkerStatus&, const WorkerStatus&) = default;
};

}  // namespace mm::gui
