// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/shell/options.h"

#include <CLI/CLI.hpp>
#include <QFileInfo>
#include <QStringList>
#include <iostream>

#include "engine/snapshot/history_budget.h"
#include "gui/shell/animation.h"
#include "gui/shell/export.h"
#include "gui/views/registry.h"

namespace mm::gui {
namespace {

constexpr int badUsage = 2;

int complain(const QString& sentence) {
    std::cerr << "mmscope: " << sentence.toStdString() << '\n';
    return badUsage;
}

QString viewNames() {
    QStringList names;
    for (const ViewInfo& view : allViews())
        names.push_back(QString::fromLatin1(view.id));
    return names.join(", ");
}

std::optional<QSize> parseSize(const std::string& text) {
    const QStringList parts = QString::fromStdString(text).split('x');
    if (parts.size() != 2) return {};
    bool okWidth = false, okHeight = false;
    const QSize size(parts[0].toInt(&okWidth), parts[1].toInt(&okHeight));
    const bool sane = size.width() >= 64 && size.height() >= 64 && size.width() <= 16384 && size.height() <= 16384;
    return okWidth && okHeight && sane ? std::optional(size) : std::nullopt;
}

constexpr std::uint64_t storyCommands = 20000;

struct Raw {
    std::string file, kernel, stage, story, preset, view, size, theme, screenshot, select, benchPart, benchStart;
    std::vector<std::string> exported;  ///< VIEW FILE
    std::vector<std::string> commands;
    std::uint64_t position = 0, workload = 0;
    std::optional<std::uint64_t> from, to, mark, history;
    unsigned frames = 120, perSecond = 12;
    double zoom = 1;
    bool benchUi = false, json = false;
};

std::variant<Options, int> checked(const Raw& raw, bool hasPosition, bool hasZoom) {
    Options options;
    options.file = QString::fromStdString(raw.file);
    options.kernel = QString::fromStdString(raw.kernel);
    options.stage = QString::fromStdString(raw.stage);
    options.view = QString::fromStdString(raw.view);
    options.screenshot = QString::fromStdString(raw.screenshot);
    options.story = QString::fromStdString(raw.story);
    options.workload = raw.workload == 0 && !raw.story.empty() ? storyCommands : raw.workload;
    for (const std::string& words : raw.commands)
        options.commands.push_back(QString::fromStdString(words));
    options.benchUi = raw.benchUi;
    options.json = raw.json;
    options.benchPart = QString::fromStdString(raw.benchPart);
    options.benchStart = QString::fromStdString(raw.benchStart);
    if ((raw.json || !raw.benchPart.empty()) && !raw.benchUi)
        return complain("--json and --bench-part are words to --bench-ui: they need it.");
    if (hasPosition) options.position = raw.position;
    if (!raw.exported.empty()) {
        const QString view = QString::fromStdString(raw.exported[0]);
        options.exportFile = QString::fromStdString(raw.exported[1]);
        options.report = view == "report";
        options.view = view == "window" || options.report ? QString() : view;
        if (!options.view.isEmpty() && !findView(options.view))
            return complain(QString("--export %1: there is no such view; expected window, report or one of %2.")
                                .arg(options.view, viewNames()));
        const QString suffix = QFileInfo(options.exportFile).suffix().toLower();
        if (options.report ? suffix != "html" && suffix != "pdf" : !isExportFormat(suffix) && !options.films())
            return complain(QString("--export %1: expected a name that ends in %2.")
                                .arg(options.exportFile, options.report
                                                             ? ".html or .pdf"
                                                             : ".png, .svg, .pdf, .csv, .txt, .gif, .mp4 or .webm"));
        if (!options.screenshot.isEmpty())
            return complain("--export and --screenshot both write a file: give one of them.");
    }
    if (raw.history) options.historyBudget = *raw.history * MiB;
    options.from = raw.from;
    options.mark = raw.mark;
    options.to = raw.to;
    options.frames = raw.frames;
    options.perSecond = raw.perSecond;
    if ((raw.from || raw.to) && !options.films())
        return complain("--from and --to are the ends of a film: --export VIEW FILE.gif, .mp4 or .webm.");
    if (raw.frames < 2 || raw.frames > 100000 || raw.perSecond < 1 || raw.perSecond > 120)
        return complain("expected --frames 2 to 100000 and --fps 1 to 120.");
    if (!options.view.isEmpty() && !findView(options.view))
        return complain(
            QString("--view %1: there is no such view; expected one of %2.").arg(options.view, viewNames()));
    if (!raw.preset.empty()) {
        options.preset = presetNamed(QString::fromStdString(raw.preset));
        if (!options.preset)
            return complain(
                QString("--preset %1: expected one of %2.").arg(QString::fromStdString(raw.preset), presetNames()));
        if (!options.view.isEmpty())
            return complain("--preset lays out the window, of which --view shows one part: give one of them.");
    }
    if (!raw.size.empty()) {
        options.size = parseSize(raw.size);
        if (!options.size)
            return complain(
                QString("--size %1: expected WIDTHxHEIGHT in pixels, 64x64 to 16384x16384, such as 1280x800.")
                    .arg(QString::fromStdString(raw.size)));
    }
    if (!raw.theme.empty()) {
        if (raw.theme != "light" && raw.theme != "dark")
            return complain(QString("--theme %1: expected light or dark.").arg(QString::fromStdString(raw.theme)));
        options.dark = raw.theme == "dark";
    }
    if (hasZoom) {
        if (!(raw.zoom >= 0.75 && raw.zoom <= 3))
            return complain(QString("--zoom %1: expected a factor from 0.75 to 3.").arg(raw.zoom));
        options.zoom = raw.zoom;
    }
    if (!raw.select.empty()) {
        bool ok = false;
        const QString digits = QString::fromStdString(raw.select);
        options.select = digits.toULongLong(&ok, digits.startsWith("0x") ? 16 : 10);
        if (!ok) return complain(QString("--select %1: expected a frame number such as 0x1a8c0.").arg(digits));
    }
    if (!options.stage.isEmpty() && options.position)
        return complain("--stage and --position both say where in time to go: give one of them.");
    if (options.acts() && (!options.stage.isEmpty() || options.position))
        return complain("--workload and --do run after the boot: they cannot be combined with --stage or --position.");
    return options;
}

}  // namespace

bool Options::films() const {
    return isAnimationFormat(QFileInfo(exportFile).suffix());
}

std::variant<Options, int> parseOptions(int argc, char** argv) {
    CLI::App app{"mmscope: how Linux lays out memory, from the firmware's map to a running machine"};
    Raw raw;
    app.add_option("FILE", raw.file, "Kernel log (dmesg), or a folder with dmesg.txt; default: the bundled pc-512m");
    app.add_option("--kernel", raw.kernel, "Boot it by the rules of this kernel, such as 4.17");
    app.add_option("--stage", raw.stage, "Go to the end of this boot stage (a kernel function: mem_init)");
    auto* position = app.add_option("--position", raw.position, "Go to the moment after this many events");
    app.add_option("--mark", raw.mark, "Mark the moment after this many events as A, for comparing");
    app.add_option("--view", raw.view, "Show only this view: " + viewNames().toStdString());
    app.add_option("--size", raw.size, "Size in pixels, WIDTHxHEIGHT");
    app.add_option("--theme", raw.theme, "light or dark");
    auto* zoom = app.add_option("--zoom", raw.zoom, "Scale of text and marks, 0.75 to 3");
    app.add_option("--story", raw.story,
                   "Run this workload first, such as kernel-build or kernel-build+leak (see mmsim run --help)");
    app.add_option("--workload", raw.workload,
                   "Run this many commands of it first (20000), without --story of allocations at random; seed 7");
    app.add_option("--history", raw.history, "What the past may take in memory: then old events are forgotten")
        ->check(CLI::Range(least_history_budget / MiB, most_history_budget / MiB))
        ->option_text("MIB");
    app.add_option("--preset", raw.preset, "Lay out the window's panels so: " + presetNames().toStdString());
    app.add_option("--do", raw.commands,
                   "Run this command first, after the workload, such as \"kmalloc 100 GFP_KERNEL\"")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    app.add_option("--select", raw.select, "Select this page frame");
    app.add_option("--screenshot", raw.screenshot, "Write a PNG of the window and exit; needs no display");
    app.add_option(
           "--export", raw.exported,
           "Write a view (or \"window\") to a file and exit: VIEW FILE.png, .svg, .pdf, .csv, .txt, or a stretch of "
           "time as .gif, .mp4, .webm; \"report FILE.html\" or .pdf: everything in one document; needs no display")
        ->expected(2)
        ->allow_extra_args(false)
        ->type_name("VIEW FILE");
    app.add_option("--from", raw.from, "A film begins at the moment after this many events");
    app.add_option("--to", raw.to, "... and ends at this one");
    app.add_option("--frames", raw.frames, "Pictures of a film")->option_text("N [120]");
    app.add_option("--fps", raw.perSecond, "Pictures a second")->option_text("N [12]");
    app.add_flag("--bench-ui", raw.benchUi, "Measure the window's speed, print figures and limits, and exit");
    app.add_flag("--json", raw.json, "With --bench-ui: print JSON");
    app.add_option("--bench-part", raw.benchPart, "With --bench-ui: only this part")
        ->check(CLI::IsMember({"start", "map", "window"}));
    app.add_option("--bench-start", raw.benchStart)->check(CLI::IsMember({"window", "empty"}))->group("");  // hidden
    app.set_version_flag("--version", "mmscope 0.1.0");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        return app.exit(e) == 0 ? 0 : badUsage;
    }
    return checked(raw, position->count() > 0, zoom->count() > 0);
}

}  // namespace mm::gui
