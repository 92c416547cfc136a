// SPDX-License-Identifier: GPL-3.0-or-later
// TimeAxis: something that has happened and can be looked at at any moment: a simulated machine's timeline, a replayed
// recording. Whoever only walks in time and looks needs no more than this.
#pragma once

#include <span>

#include "engine/snapshot/explanation.h"
#include "engine/snapshot/pollution.h"
#include "engine/types/outcome.h"

namespace mm {

class TimeAxis {
public:
    virtual ~TimeAxis() = default;

    virtual Position cursor() const = 0;
    virtual Position total() const = 0;
    virtual void seek(Position position) = 0;  ///< clamped to total()
    /// Each step returns the new cursor. What "over" and "out" step over is the axis' business.
    virtual Position step_into() = 0;       ///< the next event
    virtual Position step_over() = 0;       ///< to the end of the current step, or of the next one if at an end
    virtual Position step_out() = 0;        ///< to the end of what the current step is part of
    virtual Position step_back() = 0;       ///< the event before
    virtual Position step_back_over() = 0;  ///< to the end of the step before
    virtual SnapshotPtr snapshot() = 0;

    /// Why the request that the event belongs to ended as it did; the cursor stays. Error: it belongs to none.
    virtual Outcome<Explanation> explain(Position event) = 0;
    /// Moments right after which what really happened and what was computed differ, ascending.
    virtual std::span<const Position> misses() const { return {}; }
    /// Who made an event, and when.
    virtual Moment moment(Position event) = 0;
    /// The frame's whole life, also beyond the cursor.
    virtual Biography biography(Pfn pfn) = 0;
    /// At the cursor.
    virtual PollutionMap pollution() = 0;
};

}  // namespace mm
