// SPDX-License-Identifier: GPL-3.0-or-later
// The command line of mmscope, parsed and checked as far as it can be without a machine.
#pragma once

#include <QSize>
#include <QString>
#include <QStringList>
#include <optional>
#include <variant>

#include "engine/snapshot/history.h"
#include "engine/types/units.h"
#include "gui/shell/presets.h"

namespace mm::gui {

struct Options {
    QString file;    ///< "" : the bundled machine
    QString kernel;  ///< whose rules; "": the one its log names
    QString stage;
    std::optional<Position> position;
    std::optional<Position> mark;    ///< the moment A that what follows is compared with
    QString view;                    ///< "": the whole window
    const Preset* preset = nullptr;  ///< how the window's panels are laid out; null: as for a boot
    std::optional<QSize> size;
    std::optional<bool> dark;
    std::optional<double> zoom;
    QString story;                       ///< a named workload; "": allocations at random
    std::uint64_t workload = 0;          ///< commands of it, seed 7
    QStringList commands;                ///< run after it, in the words of mmsim --do
    std::optional<Bytes> historyBudget;  ///< none: as the user set it, or the default
    std::optional<Pfn> select;
    QString screenshot;                ///< "": a window
    std::optional<Position> from, to;  ///< of a film; none: the whole history
    unsigned frames = 120, perSecond = 12;
    bool report = false;  ///< the file is a report
    QString exportFile;   ///< "": none; the view is in view, "" for the whole window
    bool benchUi = false, json = false;
    QString benchPart;   ///< "": all; else start, map or window
    QString benchStart;  ///< "": not started only to be measured; else what to show

    /// The file is a film.
    bool films() const;
    /// Something is written and no window opened.
    bool writes() const { return !screenshot.isEmpty() || !exportFile.isEmpty(); }
    /// Nobody looks at what is shown.
    bool unseen() const { return writes() || benchUi || !benchStart.isEmpty(); }

    /// Something is done after the boot.
    bool acts() const { return workload > 0 || !commands.isEmpty(); }
    /// A machine was named and no moment of it: what matters is how it compares.
    bool onlyFile() const { return !file.isEmpty() && stage.isEmpty() && !position && !acts() && !select; }
    /// Nothing was asked for: the first start.
    bool plain() const { return file.isEmpty() && stage.isEmpty() && !position && !acts() && !select; }
};

/// Options, or the exit code after help (0) or a message on stderr (2).
std::variant<Options, int> parseOptions(int argc, char** argv);

}  // namespace mm::gui
