// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/shell/actions.h"

#include <QWidget>

#include "gui/shell/presets.h"
#include "gui/style/theme.h"

namespace mm::gui {
namespace {

struct TransportRow {
    const char* text;
    const char* what;
    const char* recorded;   ///< the same of a recording
    const char* shortcuts;  ///< separated by blanks
    const char* plainKey;   ///< as written for people
    Glyph glyph;
    std::optional<Step> step;
    bool inBar;
};

constexpr TransportRow transportRows[]{
    {"To start", "Back to power-on, before the first event", "To the start of the recording", "", "Home",
     Glyph::toStart, Step::toStart, true},
    {"Back over", "To the end of the stage before", "To the allocation before", "F9 Shift+F10", "Ctrl+Left",
     Glyph::backOver, Step::backOver, true},
    {"Step back", "To the event before", "To the event before", "Shift+F9", "Left", Glyph::stepBack, Step::back, true},
    {"Play",
     "Time runs by itself, step by step; again to pause",
     "Time runs by itself, allocation by allocation; again to pause",
     "",
     "Space",
     Glyph::play,
     {},
     true},
    {"Step into", "The next event", "The next event", "F11", "Right", Glyph::stepInto, Step::into, true},
    {"Step over", "To the end of this stage, or of the next one", "To the next allocation", "F10", "Ctrl+Right",
     Glyph::stepOver, Step::over, true},
    {"Step out", "To the end of the stage around this one",
     "To the next allocation that was predicted wrong, or the end", "Shift+F11", "", Glyph::stepOut, Step::out, false},
    {"Run to end", "To the last known event", "To the end of the recording", "F5", "End", Glyph::toEnd, Step::toEnd,
     true},
};

QAction* add(QWidget* owner, const QString& text, const QKeySequence& key, const QString& what) {
    auto* action = new QAction(text, owner);
    action->setShortcut(key);
    action->setShortcutContext(Qt::ApplicationShortcut);  // floating panels are windows of their own
    const QString keyText = key.toString(QKeySequence::NativeText);
    action->setToolTip(keyText.isEmpty() ? what : QString("%1 (%2)").arg(what, keyText));
    owner->addAction(action);
    return action;
}

void say(QAction& action, const TransportRow& row, const char* what, const QString& keys) {
    action.setToolTip(QString("<b>%1</b> (%2)<br>%3").arg(row.text, keys, what));
    action.setStatusTip(what);
}

Transport makeTransport(QWidget* owner, const TransportRow& row) {
    QList<QKeySequence> keys;
    QStringList words;
    for (const QString& word : QString::fromLatin1(row.shortcuts).split(' ', Qt::SkipEmptyParts)) {
        keys.push_back(QKeySequence(word));
        words.push_back(word);
    }
    if (*row.plainKey) words.push_back(QString::fromLatin1(row.plainKey));
    auto* action = new QAction(QString::fromLatin1(row.text), owner);
    action->setShortcuts(keys);
    action->setShortcutContext(Qt::ApplicationShortcut);
    say(*action, row, row.what, words.join(", "));
    action->setData(words.join(", "));
    owner->addAction(action);
    return {action, row.glyph, row.step, row.inBar};
}

}  // namespace

Actions::Actions(QWidget* owner)
    : openMenu(new QMenu("&File", owner)),
      editMenu(new QMenu("&Edit", owner)),
      bootMenu(new QMenu("&Boot", owner)),
      kernelMenu(new QMenu("As another &kernel", owner)),
      branchMenu(new QMenu("Branches", owner)),
      compareMenu(new QMenu("&Compare", owner)),
      viewMenu(new QMenu("&View", owner)),
      layoutMenu(new QMenu("&Layout", owner)),
      helpMenu(new QMenu("&Help", owner)) {
    for (const TransportRow& row : transportRows) {
        transport.push_back(makeTransport(owner, row));
        if (!row.step) play = transport.back().action;
        bootMenu->addAction(transport.back().action);
    }
    bootMenu->addSeparator();
    runToCurrent = add(owner, "Run to selected stage", QKeySequence("Ctrl+Return"),
                       "To the end of the stage selected in the tree");
    bootMenu->addAction(runToCurrent);
    bootMenu->addMenu(kernelMenu);

    showComparison = add(owner, "Real and computed", QKeySequence("F8"), "Log, zones and maps, real beside computed");
    nextDifference = add(owner, "Next difference", QKeySequence("F7"), "To the next difference from the real kernel");
    previousDifference = add(owner, "Previous difference", QKeySequence("Shift+F7"), "To the difference before");
    compareMenu->addActions({showComparison, nextDifference, previousDifference});

    mark = add(owner, "Mark this moment as A", QKeySequence("Ctrl+M"),
               "What comes is compared with it: on the map, in the free lists, in numbers");
    goToMark = add(owner, "Go to A", {}, "To the marked moment");
    clearMark = add(owner, "Forget A", QKeySequence("Ctrl+Shift+M"), "Nothing is compared any more");
    compareMenu->addSeparator();
    branchHere = add(owner, "Branch here", QKeySequence("Ctrl+B"),
                     "Another history of this machine begins at this moment; the one there is stays as it is");
    historyBudget =
        add(owner, "Memory for the past…", {}, "How much memory the past of this machine takes and may take");
    renameBranch = add(owner, "Rename this branch…", {}, "Another name for the branch one is in");
    open = add(owner, "Open kernel log…", QKeySequence::Open, "Open a machine: its kernel log");
    openFolder = add(owner, "Open capture folder…", QKeySequence("Ctrl+Shift+O"),
                     "Open a machine: a folder with its kernel log and what else was captured of it");
    saveSession = add(owner, "Save session", QKeySequence::Save,
                      "The machine, what was done with it, notes and layout as one file");
    saveSessionAs = add(owner, "Save session as…", QKeySequence("Ctrl+Shift+S"), "The same under another name");
    saveAnimation = add(owner, "Export animation…", {}, "A stretch of time as GIF, MP4 or WebM");
    saveReport = add(owner, "Export report…", {}, "Views, tables, notes and the log as one HTML or PDF document");
    undo = add(owner, "Undo", QKeySequence::Undo, "Takes back the last action on the machine");
    redo = add(owner, "Redo", QKeySequence("Ctrl+Shift+Z"), "Does again what was taken back");
    redo->setShortcuts({QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")});
    undo->setEnabled(false);
    redo->setEnabled(false);
    palette =
        add(owner, "Command palette…", QKeySequence("Ctrl+K"), "Any command or place by typing a part of its name");
    search =
        add(owner, "Go to…", QKeySequence::Find, "Go to a frame, an address, a stage, a line of the log or an event");
    toggleTheme = add(owner, "Dark theme", QKeySequence("Ctrl+T"), "Light or dark theme");
    toggleTheme->setCheckable(true);
    letters = add(owner, "Letters on marks", QKeySequence("Ctrl+L"), "Letters beside colours: U M R H");
    letters->setCheckable(true);
    zoomIn = add(owner, "Larger text", QKeySequence::ZoomIn, "Larger text");
    zoomIn->setShortcuts({QKeySequence("Ctrl++"), QKeySequence("Ctrl+=")});
    zoomOut = add(owner, "Smaller text", QKeySequence::ZoomOut, "Smaller text");
    zoomReset = add(owner, "Normal text", QKeySequence("Ctrl+0"), "Text at 100 %");
    for (const Preset& preset : mm::gui::presets()) {
        const auto number = presets.size() + 1;
        presets.push_back(add(owner, preset.name, QKeySequence(QString("Ctrl+%1").arg(number)), preset.what));
    }
    why = add(owner, "Why this allocation?", QKeySequence("Shift+F1"),
              "Why the request of the selected event, or of this moment, got its block or none");
    bootMenu->addSeparator();
    bootMenu->addAction(why);
    bookmark = add(owner, "Bookmark this moment", QKeySequence("Ctrl+D"), "Keeps this moment and the selected frames");
    nextBookmark = add(owner, "Next bookmark", QKeySequence("Ctrl+PgDown"), "To the next bookmarked moment");
    previousBookmark = add(owner, "Previous bookmark", QKeySequence("Ctrl+PgUp"), "To the bookmarked moment before");
    bootMenu->addSeparator();
    bootMenu->addActions({bookmark, nextBookmark, previousBookmark});
    nextOfKind = add(owner, "Next event of this kind", QKeySequence("F3"),
                     "To the next event of the kind of the one selected, or of the last one");
    previousOfKind =
        add(owner, "Previous event of this kind", QKeySequence("Shift+F3"), "To the event of the same kind before");
    nextMiss = add(owner, "Next miss", QKeySequence("F4"),
                   "In a recording: to the next page frame that was not the predicted one");
    previousMiss = add(owner, "Previous miss", QKeySequence("Shift+F4"),
                       "In a recording: to the page frame before that was not the predicted one");
    bootMenu->addSeparator();
    bootMenu->addActions({nextOfKind, previousOfKind, nextMiss, previousMiss});
    nextPanel = add(owner, "Next panel", QKeySequence("F6"), "The keyboard to the next panel");
    previousPanel = add(owner, "Previous panel", QKeySequence("Shift+F6"), "The keyboard to the panel before");
    savePanel = add(owner, "Save panel as…", QKeySequence("Ctrl+E"),
                    "The panel with the focus as a picture (PNG, SVG, PDF), table (CSV) or text");
    saveWindow =
        add(owner, "Save picture of the window…", QKeySequence("Ctrl+Shift+E"), "The whole window as PNG, SVG or PDF");
    copyText = add(owner, "Copy panel as text", QKeySequence("Ctrl+Shift+C"), "The panel with the focus, in columns");
    copyCsv = add(owner, "Copy panel as CSV", {}, "The panel with the focus, for spreadsheets");
    saveLayout = add(owner, "Save this layout…", {}, "Keep the panels as they are now under a name");
    resetLayout = add(owner, "Reset layout", {}, "All panels back to where they were at first");
    keys = add(owner, "Keys", QKeySequence("F1"), "All keys of the window");
    about = add(owner, "About mmscope", {}, "Version and licence");
    quit = add(owner, "Quit", QKeySequence::Quit, "Close the window");
    helpMenu->addActions({palette, keys, about});
    editMenu->addActions({undo, redo});
    editMenu->addMenu(branchMenu);
    editMenu->addAction(historyBudget);
    editMenu->addSeparator();
    editMenu->addActions({copyText, copyCsv});
    editMenu->addSeparator();
    editMenu->addActions({search, palette});
}

void Actions::speakOf(bool recording) {
    for (std::size_t i = 0; i < transport.size(); ++i)
        say(*transport[i].action, transportRows[i], recording ? transportRows[i].recorded : transportRows[i].what,
            transport[i].action->data().toString());
}

void Actions::paintIcons(const Theme& theme, bool playing) {
    for (const Transport& t : transport) {
        const bool isPlay = !t.step;
        const Glyph glyph = isPlay && playing ? Glyph::pause : t.glyph;
        t.action->setIcon(
            glyphIcon(glyph, isPlay ? theme.tokens().accent : theme.tokens().text, theme.tokens().faint, theme.px(16)));
        t.action->setIconVisibleInMenu(true);
    }
    for (QAction* action : {nextOfKind, nextMiss, nextBookmark, previousOfKind, previousMiss, previousBookmark}) {
        const bool next = action == nextOfKind || action == nextMiss || action == nextBookmark;
        action->setIcon(
            glyphIcon(next ? Glyph::after : Glyph::before, theme.tokens().text, theme.tokens().faint, theme.px(12)));
        action->setIconVisibleInMenu(false);
    }
    play->setText(playing ? "Pause" : "Play");
    toggleTheme->setChecked(theme.dark());
    toggleTheme->setIcon(glyphIcon(Glyph::halfMoon, theme.tokens().text, theme.tokens().faint, theme.px(16)));
    toggleTheme->setIconVisibleInMenu(false);
}

std::vector<std::pair<QString, QString>> Actions::keyRows() const {
    std::vector<std::pair<QString, QString>> rows;
    for (const Transport& t : transport)
        rows.emplace_back(t.action->data().toString(), t.action->statusTip());
    rows.emplace_back("Page Up, Page Down", "On the time slider: a twentieth of the history");
    for (const QAction* action : {runToCurrent,
                                  why,
                                  showComparison,
                                  nextDifference,
                                  previousDifference,
                                  open,
                                  openFolder,
                                  saveSession,
                                  saveSessionAs,
                                  undo,
                                  redo,
                                  branchHere,
                                  savePanel,
                                  palette,
                                  search,
                                  nextOfKind,
                                  previousOfKind,
                                  nextMiss,
                                  previousMiss,
                                  bookmark,
                                  nextBookmark,
                                  previousBookmark,
                                  toggleTheme,
                                  letters,
                                  zoomIn,
                                  zoomOut,
                                  zoomReset,
                                  keys}) {
        QString what = action->toolTip();
        what.truncate(what.lastIndexOf(" ("));
        rows.emplace_back(action->shortcut().toString(QKeySequence::NativeText), what);
    }
    for (const QAction* action : presets)
        rows.emplace_back(action->shortcut().toString(QKeySequence::NativeText),
                          "Panels laid out for: " + action->text());
    rows.emplace_back("Enter", "In the stage tree: run to that stage");
    rows.emplace_back("Esc", "Deselect, then show all of memory again");
    return rows;
}

std::optional<Step> Actions::stepOfKey(int key, Qt::KeyboardModifiers modifiers) {
    const bool ctrl = modifiers.testFlag(Qt::ControlModifier);
    if (modifiers & ~(Qt::ControlModifier | Qt::KeypadModifier)) return {};
    switch (key) {
        case Qt::Key_Right:
            return ctrl ? Step::over : Step::into;
        case Qt::Key_Left:
            return ctrl ? Step::backOver : Step::back;
        case Qt::Key_Backspace:
            return Step::back;
        case Qt::Key_Home:
            return Step::toStart;
        case Qt::Key_End:
            return Step::toEnd;
        default:
            return {};
    }
}

}  // namespace mm::gui
