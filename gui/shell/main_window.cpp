// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/shell/main_window.h"

#include <QApplication>
#include <QDragEnterEvent>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMimeData>
#include <QVBoxLayout>

#include "gui/shell/machine_menu.h"
#include "gui/shell/panels.h"
#include "gui/shell/top_bar.h"
#include "gui/style/resources.h"
#include "gui/views/stages/stages_view.h"
#include "gui/widgets/banner.h"
#include "gui/widgets/progress_strip.h"
#include "gui/widgets/time_bar.h"

namespace mm::gui {
namespace {

/// A new style sheet takes widgets' fonts back to what they were: it has to come before they restyle themselves, so
/// this connection before theirs.
Theme& appliedBeforeOthers(Theme& theme, QObject* owner) {
    QObject::connect(&theme, &Theme::changed, owner, [&theme] { theme.applyToApplication(); });
    return theme;
}

}  // namespace

MainWindow::MainWindow(Theme& theme, ViewState& state, Bridge& bridge, Memory memory, Views views)
    : m_theme(appliedBeforeOthers(theme, this)),
      m_state(state),
      m_bridge(bridge),
      m_memory(memory),
      m_actions(this),
      m_top(new TopBar(m_actions, theme, this)),
      m_banner(new Banner(theme, this)),
      m_progress(new ProgressStrip(theme, this)),
      m_panels(
          new Panels({theme, state}, views == Views::staged ? Panels::Making::staged : Panels::Making::whole, this)),
      m_time(new TimeBar(theme, {m_actions.previousOfKind, m_actions.nextOfKind},
                         {m_actions.previousMiss, m_actions.nextMiss},
                         {m_actions.previousBookmark, m_actions.nextBookmark}, m_actions.branchMenu, this)) {
    setWindowTitle("mmscope");
    setAcceptDrops(true);
    setMinimumSize(800, 540);
    auto* page = new QWidget(this);
    auto* column = new QVBoxLayout(page);
    auto* inner = new QVBoxLayout;
    inner->setObjectName("inner");
    inner->addWidget(m_progress);
    inner->addWidget(m_banner);
    inner->addWidget(m_panels, 1);
    inner->addWidget(m_time);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_top);
    column->addLayout(inner, 1);
    setCentralWidget(page);

    connectActions();
    connectNotes();
    connectTime();
    connectSession();
    connectFilms();
    connectMark();
    connectBranches();
    connect(m_panels, &Panels::requested, this, &MainWindow::request);
    connect(m_top, &TopBar::searched, this, &MainWindow::search);
    connect(m_top, &TopBar::speedChanged, this, [this] {
        if (m_bridge.status().playing) request(Play{m_top->stepsPerSecond()});
    });
    connect(&bridge, &Bridge::snapshotChanged, this, &MainWindow::snapshotArrived);
    connect(&bridge, &Bridge::statusChanged, this, &MainWindow::statusArrived);
    connect(&bridge, &Bridge::comparisonChanged, this, &MainWindow::comparisonArrived);
    connect(m_progress, &ProgressStrip::cancelled, this, [this] { m_bridge.cancel(); });
    connect(&bridge, &Bridge::answersChanged, this, &MainWindow::answersArrived);
    connect(&theme, &Theme::changed, this, &MainWindow::restyle);
    if (m_memory == Memory::settings) restoreHabits();
    // What is polished by a sheet that was there before it loses its fonts: the sheet comes last, and again for views
    // that were made later.
    m_theme.applyToApplication();
    restyle();
    connect(m_panels, &Panels::filled, &m_theme, &Theme::changed);
    setFocus();
}

MainWindow::~MainWindow() = default;

void MainWindow::connectActions() {
    for (const Transport& t : m_actions.transport)
        connect(t.action, &QAction::triggered, this, [this, by = t.step] { by ? step(*by) : playPause(); });
    connect(m_actions.runToCurrent, &QAction::triggered, this, [this] {
        if (auto* stages = qobject_cast<StagesView*>(m_panels->view("stages"))) stages->runToSelected();
    });
    connect(m_actions.open, &QAction::triggered, this, [this] {
        if (const QString path = askForLog(this); !path.isEmpty()) openFile(path);
    });
    connect(m_actions.openMenu, &QMenu::aboutToShow, this, &MainWindow::fillOpenMenu);
    connect(m_actions.why, &QAction::triggered, m_panels, [this] { m_panels->reveal("why"); });
    connect(m_actions.showComparison, &QAction::triggered, m_panels, &Panels::revealComparison);
    connect(m_actions.nextDifference, &QAction::triggered, this, [this] { goToDifference(true); });
    connect(m_actions.previousDifference, &QAction::triggered, this, [this] { goToDifference(false); });
    connect(m_actions.compareMenu, &QMenu::aboutToShow, this, &MainWindow::fillCompareMenu);
    connect(m_actions.kernelMenu, &QMenu::aboutToShow, this, &MainWindow::fillKernelMenu);
    connect(m_actions.search, &QAction::triggered, this, [this] {
        m_top->search().setFocus(Qt::ShortcutFocusReason);
        m_top->search().selectAll();
    });
    connect(m_actions.palette, &QAction::triggered, this, [this] { openPalette(); });
    connect(m_actions.toggleTheme, &QAction::triggered, this, [this] { m_theme.setDark(!m_theme.dark()); });
    connect(m_actions.letters, &QAction::toggled, this, [this](bool on) { m_theme.setHighContrastTextures(on); });
    connect(m_actions.zoomIn, &QAction::triggered, this, [this] { m_theme.setZoom(m_theme.zoom() * 1.1); });
    connect(m_actions.zoomOut, &QAction::triggered, this, [this] { m_theme.setZoom(m_theme.zoom() / 1.1); });
    connect(m_actions.zoomReset, &QAction::triggered, this, [this] { m_theme.setZoom(1); });
    connect(m_actions.openFolder, &QAction::triggered, this, [this] {
        if (const QString path = askForFolder(this); !path.isEmpty()) openFile(path);
    });
    for (std::size_t i = 0; i < m_actions.presets.size(); ++i)
        connect(m_actions.presets[i], &QAction::triggered, this, [this, i] { arrange(presets()[i]); });
    connect(m_actions.nextPanel, &QAction::triggered, this, [this] { m_panels->focusNext(true); });
    connect(m_actions.previousPanel, &QAction::triggered, this, [this] { m_panels->focusNext(false); });
    connect(m_actions.savePanel, &QAction::triggered, this, &MainWindow::savePanel);
    connect(m_actions.saveWindow, &QAction::triggered, this, &MainWindow::saveWindow);
    connect(m_actions.copyText, &QAction::triggered, this, [this] { copyPanel("txt"); });
    connect(m_actions.copyCsv, &QAction::triggered, this, [this] { copyPanel("csv"); });
    connect(m_panels, &Panels::failed, this, [this](const QString& why) { m_banner->showError(why); });
    connect(m_actions.layoutMenu, &QMenu::aboutToShow, this, &MainWindow::fillLayoutMenu);
    connect(m_actions.saveLayout, &QAction::triggered, this, &MainWindow::saveLayoutAs);
    connect(m_actions.resetLayout, &QAction::triggered, m_panels, &Panels::resetLayout);
    connect(m_actions.historyBudget, &QAction::triggered, this, &MainWindow::openHistoryDialog);
    connect(m_actions.keys, &QAction::triggered, this, &MainWindow::showKeys);
    connect(m_actions.about, &QAction::triggered, this, &MainWindow::showAbout);
    connect(m_actions.quit, &QAction::triggered, this, &QWidget::close);
    m_panels->addToggles(*m_actions.viewMenu->addMenu("&Panels"));  // more of them than a small screen is high
    m_actions.viewMenu->addMenu(m_actions.layoutMenu);
    m_actions.viewMenu->addActions(
        {m_actions.nextPanel, m_actions.previousPanel, m_actions.toggleTheme, m_actions.letters});
    m_actions.viewMenu->addSeparator();
    m_actions.viewMenu->addActions({m_actions.zoomIn, m_actions.zoomOut, m_actions.zoomReset});
    m_actions.viewMenu->addSeparator();
    m_actions.viewMenu->addActions({m_actions.savePanel, m_actions.saveWindow, m_actions.copyText, m_actions.copyCsv});
}

void MainWindow::request(const Request& request) {
    m_bridge.post(request);
}

void MainWindow::step(Step step) {
    request(StepBy{step});
}

void MainWindow::playPause() {
    if (m_bridge.status().playing) return request(Pause{});
    const SnapshotPtr now = m_bridge.latest();
    if (now && now->at >= now->total) step(Step::toStart);  // at the end, play means: once more
    request(Play{m_top->stepsPerSecond()});
}

void MainWindow::openFile(const QString& path) {
    m_opening = path;
    // The bundled machines are for looking at; a log of one's own is opened to see how far it is understood.
    m_revealNext = !path.startsWith(resourcePath("machines"));
    request(OpenFile{path});
}

void MainWindow::playFirstBoot() {
    openFile(resourcePath("machines/pc-512m"));
    step(Step::toStart);
    request(Play{m_top->stepsPerSecond()});
}

void MainWindow::snapshotArrived() {
    const SnapshotPtr snapshot = m_bridge.latest();
    if (snapshot->machine != m_machine) {
        m_machine = snapshot->machine;
        m_state.clearSelection();
        m_state.setZoom({});
        if (m_state.mark() && m_state.mark()->machine != m_machine) m_state.setMark(nullptr);
        m_actions.speakOf(snapshot->history.stages().empty());
        m_banner->hide();
        setWindowTitle(QString::fromStdString(m_machine->name) + " – mmscope");
        if (const QString path = std::exchange(m_opening, {}); !path.isEmpty() && !m_reopening) remember(path);
        openNotes();
        sessionOpened();
        if (m_afterOpening) std::exchange(m_afterOpening, {})();
        m_markedTotal = 0;
        m_followEvent = false;
    }
    if (const auto chosen = m_state.selection().event; chosen && *chosen > snapshot->total) m_state.clearSelection();
    if (std::exchange(m_followEvent, false)) selectLastEvent(*snapshot);
    showTime(*snapshot);
    m_top->setSnapshot(*snapshot);
    m_panels->setSnapshot(snapshot);
}

void MainWindow::statusArrived() {
    const WorkerStatus& status = m_bridge.status();
    if (std::exchange(m_shownPlaying, status.playing) != status.playing) m_actions.paintIcons(m_theme, status.playing);
    m_panels->setStatus(status);
    showActions(status);
    showBranch(status);
    if (status.serial != m_seenSerial) {
        m_seenSerial = status.serial;
        if (!status.error.isEmpty()) {
            m_opening.clear();
            m_reopening = false;
            m_afterOpening = {};
            m_banner->showError(status.error);
        } else {
            if (status.notice.endsWith("was cancelled")) m_opening.clear();
            m_banner->hide();
        }
    }
}

void MainWindow::escape() {
    if (m_progress->isVisible())
        m_progress->cancel();
    else if (m_banner->isVisible())
        m_banner->hide();
    else if (m_state.selection() != Selection{})
        m_state.clearSelection();
    else
        m_state.setZoom({});
    setFocus();
}

void MainWindow::keyPressEvent(QKeyEvent* event) {
    if (const auto by = Actions::stepOfKey(event->key(), event->modifiers())) return step(*by);
    if (event->key() == Qt::Key_Space) return playPause();
    if (event->key() == Qt::Key_Escape) return escape();
    QMainWindow::keyPressEvent(event);
}

void MainWindow::fillOpenMenu() {
    fillMachineMenu(*m_actions.openMenu,
                    {m_actions.open, m_actions.openFolder, nullptr, m_actions.saveSession, m_actions.saveSessionAs,
                     m_actions.saveAnimation, m_actions.saveReport, m_actions.savePanel, m_actions.saveWindow},
                    m_actions.quit, m_recent, [this](const QString& path) { openFile(path); });
}

void MainWindow::restyle() {
    setFont(m_theme.body());  // what has no font of its own grows with the text
    m_actions.paintIcons(m_theme, m_bridge.status().playing);
    auto* inner = centralWidget()->layout()->itemAt(1)->layout();
    const int gap = m_theme.px(8);
    inner->setContentsMargins(gap, gap, gap, gap);
    inner->setSpacing(gap);
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (m_memory == Memory::settings) saveHabits();
    QMainWindow::closeEvent(event);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls()) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
    const QList<QUrl> urls = event->mimeData()->urls();
    if (!urls.isEmpty() && urls.first().isLocalFile()) openFile(urls.first().toLocalFile());
}

}  // namespace mm::gui
