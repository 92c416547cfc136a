// SPDX-License-Identifier: GPL-3.0-or-later
// What the worker answered to questions (AskWhy, AskLife, AskPollution): the latest of each kind, immutable. Views keep
// those that are about what they show.
#pragma once

#include <QString>
#include <memory>

#include "engine/snapshot/explanation.h"
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

struct BranchAnswer {
    QString name;
    SnapshotPtr end;
};

struct Answers {
    std::shared_ptr<const WhyAnswer> why;
    std::shared_ptr<const LifeAnswer> life;
    std::shared_ptr<const PollutionAnswer> pollution;
    std::shared_ptr<const BranchAnswer> branch;
    friend bool operator==(const Answers&, const Answers&) = default;
};

}  // namespace mm::gui
