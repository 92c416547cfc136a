// SPDX-License-Identifier: GPL-3.0-or-later
// What the window may ask of the engine: values, posted to the bridge's mailbox and answered by a newer snapshot (or an
// error). The GUI never waits for an answer.
#pragma once

#include <QString>
#include <variant>

#include "engine/page_alloc/page_allocator.h"
#include "engine/snapshot/history.h"
#include "gui/state/session_info.h"

namespace mm::gui {

struct OpenFile {
    QString path;
};
/// The machine that is open boots anew by the rules of another kernel; "": the one its log names.
struct BootAs {
    QString profile;
};
struct Seek {
    Position to = 0;
};
enum class Step { into, over, out, back, backOver, toStart, toEnd };
struct StepBy {
    Step step{};
};
/// To the nearest event of that kind after or before the cursor; it stays where there is none.
struct SeekKind {
    EventKind kind{};
    bool forward = true;
};
struct RunToStage {
    int stage = 0;
};
/// Advances by itself, one leaf stage a tick, until the end or any other request that moves in time.
struct Play {
    double stagesPerSecond = 4;
};
struct Pause {};
struct Allocate {
    AllocRequest request;
};
struct Free {
    Pfn pfn = 0;
    Order order = 0;
};
/// A command in the words of mmsim --do: "kmalloc 100 GFP_KERNEL".
struct RunCommand {
    QString words;
};
struct StartWorkload {
    QString story{};  ///< one of the engine's named workloads; "": allocations at random, as told below
    std::uint64_t seed = 7;
    unsigned maxOrder = 9;
    unsigned unmovable = 15, movable = 75, reclaimable = 10;  ///< weights
    unsigned meanLifetime = 30000;                            ///< in commands
    unsigned targetPercent = 70;
    double commandsPerSecond = 5000;  ///< 0: as fast as it goes
    std::uint64_t commands = 0;       ///< stops after so many; 0: runs until stopped
};
struct StopWorkload {};
/// What the machine's boot is compared with: the boot by another kernel's rules, or "": what the real kernel printed.
struct CompareWith {
    QString profile;
};

/// Takes back, or does again, the machine's last action.
struct Undo {};
struct Redo {};
/// Branches of the machine's history, by their names. A new one begins at this moment and is the current one.
struct BeginBranch {
    QString name;
};
struct SwitchBranch {
    QString name;
};
struct RenameBranch {
    QString name, to;
};
struct DropBranch {
    QString name;
};
/// All that is open into one file; what runs goes on.
struct SaveSession {
    QString path;
    SessionThings things;   ///< the window's own
    bool autosave = false;  ///< by itself: nobody is told that it was done
};

/// Questions: answered beside the snapshot (see answers.h), without moving in time.
struct AskWhy {
    Position event = 0;
};
struct AskLife {
    Pfn pfn = 0;
};
struct AskPollution {};
/// What the past takes and may take.
struct AskHistory {};
/// From now on the past may take so much; see engine/snapshot/history_budget.h.
struct SetHistoryBudget {
    Bytes budget = 0;
};
/// How that branch ends.
struct AskBranch {
    QString name;
};

using Request =
    std::variant<OpenFile, BootAs, Seek, SeekKind, StepBy, RunToStage, Play, Pause, Allocate, Free, RunCommand,
                 StartWorkload, StopWorkload, CompareWith, Undo, Redo, BeginBranch, SwitchBranch, RenameBranch,
                 DropBranch, SaveSession, AskWhy, AskLife, AskPollution, AskHistory, SetHistoryBudget, AskBranch>;

}  // namespace mm::gui
