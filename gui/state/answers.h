// SPDX-License-Identifier: GPL-3.0-or-later
// What the worker answered to questions (AskWhy, AskLife, AskPollution, AskHistory, AskBranch): the latest of each
// kind, immutable. Views keep those that are about what they show.
#pragma once

#include <QString>
#include <memory>
#include <optional>

#include "engine/snapshot/explanation.h"
#include "engine/snapshot/history_budget.h"
#include "engine/snapshot/pollution.h"
#include "engine/snapshot/snapshot.h"

namespace mm::gui {

struct WhyAnswer {
    Position event = 0;
    Explanation explanation;
    QString refusal;  ///< a sentence where there is nothing to explain, else ""
};
struct LifeAnswer {
    Pfn pfn = 0;
    Position total = 0;  ///< events there were
    Biography life;
};
struct PollutionAnswer {
    Position total = 0;
    PollutionMap map;
};

/// Of a machine that runs here; a recording's past is the recording.
struct HistoryAnswer {
    Bytes budget = 0;
    std::optional<HistorySize> size;  ///< none: no machine is open
};

struct BranchAnswer {
    QString name;
    SnapshotPtr end;
};

struct Answers {
    std::shared_ptr<const WhyAnswer> why;
    std::shared_ptr<const LifeAnswer> life;
    std::shared_ptr<const PollutionAnswer> pollution;
    std::shared_ptr<const HistoryAnswer> history;
    std::shared_ptr<const BranchAnswer> branch;
    friend bool operator==(const Answers&, const Answers&) = default;
};

}  // namespace mm::gui
