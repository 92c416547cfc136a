// SPDX-License-Identifier: GPL-3.0-or-later
// Everything the window can do, as QActions with keys and tooltips, and the menus they are in. What they do is
// connected by the window. Function keys are shortcuts; plain keys (arrows, Home, End, Space) are offered to the
// focused widget first and reach the window only when it does not want them (MainWindow::keyPressEvent).
#pragma once

#include <QAction>
#include <QMenu>
#include <optional>
#include <vector>

#include "gui/state/request.h"
#include "gui/widgets/glyphs.h"

namespace mm::gui {

class Theme;

/// One way of moving in time.
struct Transport {
    QAction* action = nullptr;
    Glyph glyph{};
    std::optional<Step> step;  ///< none: play/pause
    bool inBar = false;        ///< has a button in the top bar
};

struct Actions {
    explicit Actions(QWidget* owner);

    std::vector<Transport> transport;
    QAction *play, *runToCurrent;
    QAction *saveAnimation, *saveReport;
    QAction *saveSession, *saveSessionAs, *undo, *redo;
    QAction *open, *openFolder, *saveLayout, *savePanel, *saveWindow, *copyText, *copyCsv, *palette, *search,
        *toggleTheme, *letters, *zoomIn, *zoomOut, *zoomReset, *resetLayout, *keys, *about, *quit;
    QAction *nextOfKind, *previousOfKind, *nextMiss, *previousMiss;
    QAction *why, *bookmark, *nextBookmark, *previousBookmark, *nextPanel, *previousPanel;
    QAction *mark, *clearMark, *goToMark;
    QAction *branchHere, *renameBranch, *historyBudget;
    QAction *showComparison, *nextDifference, *previousDifference;
    QMenu *openMenu, *editMenu, *bootMenu, *kernelMenu, *branchMenu, *compareMenu, *viewMenu, *layoutMenu, *helpMenu;
    std::vector<QAction*> presets;  ///< one each, in their order

    /// What steps step over: stages and commands of a machine, or allocations of a recording.
    void speakOf(bool recording);
    /// Icons in the theme's ink; play or pause.
    void paintIcons(const Theme& theme, bool playing);
    /// Rows "keys" - "what they do" for the overview.
    std::vector<std::pair<QString, QString>> keyRows() const;
    /// What a plain key means for time; nothing for other keys.
    static std::optional<Step> stepOfKey(int key, Qt::KeyboardModifiers modifiers);
};

}  // namespace mm::gui
