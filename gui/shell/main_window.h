// SPDX-License-Identifier: GPL-3.0-or-later
// The window: top bar, error banner, panels; it carries requests from them to the bridge and snapshots back, and keeps
// what the user set (layout, theme, zoom, recent files). It knows no single view.
#pragma once

#include <QMainWindow>
#include <QTimer>

#include "gui/bridge/bridge.h"
#include "gui/shell/actions.h"
#include "gui/shell/search.h"
#include "gui/state/view_state.h"

namespace mm::gui {

struct AnimationSpec;
struct Preset;
struct PaletteEntry;
class Banner;
class Palette;
class Panels;
class ProgressStrip;
class Theme;
class TimeBar;
class TimeSlider;
class TopBar;

class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    enum class Memory { settings, none };  ///< none: nothing is read from or written to the user's settings

    enum class Views { whole, staged };  ///< staged: made when the window has been painted once

    MainWindow(Theme& theme, ViewState& state, Bridge& bridge, Memory memory, Views views = Views::whole);
    ~MainWindow() override;

    void openFile(const QString& path);
    /// Somebody else asks the engine for this file: when it comes it is remembered like one that openFile() opened.
    void expectFile(const QString& path) { m_opening = path; }
    /// When the machine that is being opened has something to compare, its comparison comes to the front.
    void showComparisonOfNext() { m_revealNext = true; }
    /// The bundled machine, booting before the eyes.
    void playFirstBoot();
    /// Where one was when the window was last closed. False: nowhere, or the file is gone.
    bool reopenSession();
    /// All that is open, and the window's part of it, into that file.
    void saveSession(const QString& path);
    void arrange(const Preset& preset);
    /// Commands and places to choose from by typing, with words typed already.
    void openPalette(const QString& words = {});
    Palette* palette() { return m_palette; }  ///< null until it was first opened
    Panels& panels() { return *m_panels; }
    TimeSlider& slider();
    Banner& banner() { return *m_banner; }
    ProgressStrip& progress() { return *m_progress; }

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void connectActions();
    void connectTime();
    void connectSession();
    void connectFilms();
    void connectMark();
    void connectBranches();
    void showBranch(const WorkerStatus& status);
    void fillBranchMenu();
    void beginBranch();
    void renameBranch();
    void answersArrived();
    void saveAnimation();
    void film(const AnimationSpec& spec, const QString& view);
    void saveReportAs();
    void sessionOpened();
    void showActions(const WorkerStatus& status);
    void saveSessionFile();
    void saveSessionAs();
    SessionThings sessionThings() const;
    void showTime(const Snapshot& snapshot);
    void selectLastEvent(const Snapshot& snapshot);
    void goToSameKind(bool forward);
    void goToMiss(bool forward);
    void request(const Request& request);
    void step(Step step);
    void playPause();
    void snapshotArrived();
    void statusArrived();
    void search(const QString& what);
    std::vector<PaletteEntry> placesNamed(const QString& words);
    void goTo(const Found& found);
    void comparisonArrived();
    void goToDifference(bool forward);
    void fillCompareMenu();
    void fillKernelMenu();
    void escape();
    void fillOpenMenu();
    void savePanel();
    void saveWindow();
    void copyPanel(const QString& format);
    void connectNotes();
    void openNotes();
    void showFlags();
    void fillLayoutMenu();
    void saveLayoutAs();
    void remember(const QString& path);
    void restoreHabits();
    void saveHabits() const;
    void saveHere() const;
    void keepSession() const;
    bool reopenKept();
    void restyle();
    void openHistoryDialog();
    void showKeys();
    void showAbout();

    Theme& m_theme;
    ViewState& m_state;
    Bridge& m_bridge;
    const Memory m_memory;
    Actions m_actions;
    TopBar* m_top;
    Banner* m_banner;
    ProgressStrip* m_progress;
    Panels* m_panels;
    TimeBar* m_time;
    Palette* m_palette = nullptr;
    std::shared_ptr<const Machine> m_machine;  ///< the one shown; to see when another one arrives
    Position m_markedTotal = 0;                ///< history length the slider's marks were made for
    std::uint64_t m_seenSerial = 0;
    bool m_shownPlaying = false;
    bool m_revealNext = false;
    bool m_followEvent = false;  ///< the next moment was asked for by what led to it: that is selected
    QStringList m_recent;
    QString m_opening;      ///< path asked for, until it is known whether it opened
    QString m_sessionPath;  ///< file of the session; "": none yet
    std::uint64_t m_seenSaves = 0;
    std::shared_ptr<const BranchAnswer> m_seenBranch;  ///< the last one that became A
    bool m_reopening = false;              ///< what was kept by itself is being opened, not a file of the user's
    QString m_path;                        ///< of the machine shown
    QTimer m_saving;                       ///< to the next saving of the session
    std::function<void()> m_afterOpening;  ///< what a session brings back once its machine is there
};

}  // namespace mm::gui
