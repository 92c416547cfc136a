// SPDX-License-Identifier: GPL-3.0-or-later
// mmscope: the window, or with --screenshot or --export what it shows as a file.
#include <QApplication>
#include <QSettings>
#include <algorithm>
#include <iostream>

#include "gui/bench/cold_start.h"
#include "gui/bench/ui_bench.h"
#include "gui/bridge/bridge.h"
#include "gui/plots/plot_yardstick.h"
#include "gui/shell/animation.h"
#include "gui/shell/export.h"
#include "gui/shell/launch.h"
#include "gui/shell/main_window.h"
#include "gui/shell/options.h"
#include "gui/shell/panels.h"
#include "gui/shell/report.h"
#include "gui/style/resources.h"
#include "gui/style/theme.h"
#include "gui/views/registry.h"
#include "gui/widgets/panel.h"

namespace {

using namespace mm::gui;

/// Qt aborts without a display: say it in words before it can. False: there is none and one is needed.
bool prepareDisplay(const Options& options) {
    if (qEnvironmentVariableIsSet("QT_QPA_PLATFORM")) return true;
    if (options.unseen()) return qputenv("QT_QPA_PLATFORM", "offscreen");
    if (qEnvironmentVariableIsSet("DISPLAY") || qEnvironmentVariableIsSet("WAYLAND_DISPLAY")) return true;
    std::cerr
        << "mmscope: there is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set). Start it on a desktop, "
           "over \"ssh -X\", write a picture with \"mmscope --screenshot OUT.png\", or print the boot with "
           "\"mmsim boot FILE --print dmesg\".\n";
    return false;
}

/// A view alone in its frame, fed by the bridge as a panel would be.
QWidget* makeSingleView(const QString& id, Theme& theme, ViewState& state, Bridge& bridge) {
    const ViewInfo* info = findView(id);
    // First the style sheet, which resets fonts, then the widgets that set theirs.
    QObject::connect(&theme, &Theme::changed, &bridge, [&theme] { theme.applyToApplication(); });
    View* view = info->make({theme, state}, nullptr);
    view->setObjectName(id);
    QObject::connect(&bridge, &Bridge::snapshotChanged, view, [view, &bridge] { view->setSnapshot(bridge.latest()); });
    QObject::connect(&bridge, &Bridge::statusChanged, view, [view, &bridge] { view->setStatus(bridge.status()); });
    QObject::connect(&bridge, &Bridge::comparisonChanged, view,
                     [view, &bridge] { view->setComparison(bridge.comparison()); });
    QObject::connect(&bridge, &Bridge::answersChanged, view, [view, &bridge] { view->setAnswers(bridge.answers()); });
    QObject::connect(view, &View::requested, &bridge, [&bridge](const Request& r) { bridge.post(r); });
    QWidget* panel = makePanel(view, QString::fromUtf8(info->title), theme);
    const auto restyle = [&theme, panel] { panel->setFont(theme.body()); };
    theme.applyToApplication();
    restyle();
    QObject::connect(&theme, &Theme::changed, panel, restyle);
    return panel;
}

void applyLook(Theme& theme, const Options& options, const QSize& size) {
    const bool picture = options.unseen();
    const QSettings settings;
    if (!picture) {
        theme.setDark(settings.value("dark", false).toBool());
        theme.setZoom(settings.value("zoom", 1.0).toDouble());
    } else {
        // A picture of a large screen is looked at from as far away as a small one.
        theme.setZoom(std::clamp(size.height() / 900.0, 1.0, 3.0));
    }
    if (options.dark) theme.setDark(*options.dark);
    if (options.zoom) theme.setZoom(*options.zoom);
}

int complain(const QString& sentence) {
    std::cerr << "mmscope: " << sentence.toStdString() << '\n';
    return 2;
}

/// Ends the application when the film is there.
void film(QWidget& window, const Options& options, Bridge& bridge) {
    const mm::Position total = bridge.latest()->total;
    for (const auto& end : {options.from, options.to})
        if (end && *end > total)
            return QApplication::exit(
                complain(QString("--from and --to: there are %1 events; expected 0 to %1.").arg(total)));
    const AnimationSpec spec{options.exportFile, options.from.value_or(0), options.to.value_or(total), options.frames,
                             options.perSecond};
    auto* animation = new Animation(spec, bridge, window, &window);
    QObject::connect(animation, &Animation::finished, &window,
                     [](const QString& problem) { QApplication::exit(problem.isEmpty() ? 0 : complain(problem)); });
    animation->start();
}

/// What the start of the window is measured against.
int showEmptyWindow(const QSize& size) {
    EmptyPlotWindow window;
    window.resize(size);
    quitWhenPainted();
    window.show();
    return QApplication::exec();
}

int write(QWidget& window, const Options& options, ViewState& state, Bridge& bridge) {
    // Layouts and views settle before they are painted; text that wraps needs a second round.
    for (int round = 0; round < 4; ++round)
        QApplication::processEvents();
    QString why;
    if (options.report) {
        why = saveReport(options.exportFile, state, bridge.latest(), bridge.comparison());
    } else if (!options.screenshot.isEmpty()) {
        if (!window.grab().save(options.screenshot))
            why = options.screenshot + ": the picture could not be written there.";
    } else if (const View* view = options.view.isEmpty() ? nullptr : window.findChild<View*>()) {
        why = saveView(window, *view, options.exportFile);
    } else {
        why = mm::gui::savePicture(window, options.exportFile);
    }
    return why.isEmpty() ? 0 : complain(why);
}

}  // namespace

int main(int argc, char** argv) {
    auto parsed = parseOptions(argc, argv);
    if (const int* code = std::get_if<int>(&parsed)) return *code;
    const Options& options = std::get<Options>(parsed);
    if (!prepareDisplay(options)) return 2;

    QApplication app(argc, argv);
    QApplication::setOrganizationName("mmscope");
    QApplication::setApplicationName("mmscope");
    const bool picture = options.writes(), measured = !options.benchStart.isEmpty();
    const QSize size = options.size.value_or(QSize(1440, 900));

    if (options.benchStart == coldStartEmpty) return showEmptyWindow(size);
    Theme::prepareApplication();
    Theme theme;
    applyLook(theme, options, size);
    if (options.benchUi) return runUiBench(theme, options.file, options.benchPart, options.json);
    ViewState state;
    Bridge bridge;
    std::unique_ptr<QWidget> window;
    MainWindow* mainWindow = nullptr;
    if (options.view.isEmpty()) {
        mainWindow = new MainWindow(theme, state, bridge,
                                    options.unseen() ? MainWindow::Memory::none : MainWindow::Memory::settings,
                                    picture ? MainWindow::Views::whole : MainWindow::Views::staged);
        window.reset(mainWindow);
    } else {
        window.reset(makeSingleView(options.view, theme, state, bridge));
    }
    if (mainWindow && options.onlyFile()) mainWindow->showComparisonOfNext();
    if (mainWindow && options.preset) mainWindow->arrange(*options.preset);
    if (picture || options.size || !mainWindow) window->resize(size);
    if (measured) quitWhenPainted();
    window->show();

    Launch launch(options, bridge, state);
    if (mainWindow && !picture && options.plain()) {
        if (measured || !mainWindow->reopenSession()) mainWindow->playFirstBoot();
        return QApplication::exec();
    }
    QObject::connect(&launch, &Launch::failed, &app, [](const QString& sentence) {
        std::cerr << "mmscope: " << sentence.toStdString() << '\n';
        QApplication::exit(2);
    });
    if (picture)
        QObject::connect(&launch, &Launch::arrived, &app, [&] {
            options.films() ? film(*window, options, bridge)
                            : QApplication::exit(write(*window, options, state, bridge));
        });
    if (mainWindow) mainWindow->expectFile(options.file.isEmpty() ? resourcePath("machines/pc-512m") : options.file);
    launch.start();
    return QApplication::exec();
}
