// SPDX-License-Identifier: GPL-3.0-or-later
// The window's part in going somewhere by name: the search box and the command palette.
#include <QLineEdit>

#include "gui/format/format.h"
#include "gui/shell/main_window.h"
#include "gui/shell/palette.h"
#include "gui/shell/panel_menu.h"
#include "gui/shell/panels.h"
#include "gui/widgets/banner.h"

namespace mm::gui {
namespace {

QString plainWords(const QAction& action) {
    return action.text().remove('&');
}

QString keysOf(const QAction& action) {
    // The transport's plain keys (Home, Space) are no shortcuts; they are written in the action's data.
    const QString written = action.data().toString();
    return written.isEmpty() ? action.shortcut().toString(QKeySequence::NativeText) : written.section(", ", 0, 0);
}

void addMenu(std::vector<PaletteEntry>& entries, QMenu& menu, const QString& group) {
    Q_EMIT menu.aboutToShow();  // menus that are filled when they open
    for (QAction* action : menu.actions()) {
        if (action->menu()) {
            addMenu(entries, *action->menu(), group + " · " + plainWords(*action));
            continue;
        }
        // Panels come by themselves: a palette shows them, where the menu's tick would also close them.
        if (action->isSeparator() || qobject_cast<QDockWidget*>(action->parent())) continue;
        const bool tick = action->isCheckable();
        entries.push_back({plainWords(*action) + (tick ? (action->isChecked() ? ": off" : ": on") : ""), group,
                           keysOf(*action), action->isEnabled(), [action] { action->trigger(); }});
    }
}

}  // namespace

void MainWindow::openPalette(const QString& words) {
    std::vector<PaletteEntry> entries;
    for (QMenu* menu : {m_actions.editMenu, m_actions.bootMenu, m_actions.viewMenu, m_actions.compareMenu,
                        m_actions.openMenu, m_actions.helpMenu})
        addMenu(entries, *menu, menu->title().remove('&'));
    for (const ViewInfo& info : allViews()) {
        const QString id = QString::fromLatin1(info.id);
        entries.push_back({QString("Show %1").arg(QString::fromUtf8(info.title)), "Panel", {}, true, [this, id] {
                               m_panels->reveal(id);
                           }});
    }
    entries.push_back({plainWords(*m_actions.search), "Search", keysOf(*m_actions.search), true,
                       [this] { m_actions.search->trigger(); }});
    if (!m_palette)
        m_palette = new Palette(
            m_theme, [this](const QString& typed) { return placesNamed(typed); }, this);
    m_palette->open(std::move(entries), words);
}

std::vector<PaletteEntry> MainWindow::placesNamed(const QString& words) {
    std::vector<PaletteEntry> entries;
    const SnapshotPtr now = m_bridge.latest();
    if (!now || words.trimmed().size() < 2) return entries;
    QString why;
    for (const Found& found : findPlaces(words, *now, &why))
        entries.push_back({inWords(found, *now), "Place", {}, true, [this, found] { goTo(found); }});
    return entries;
}

void MainWindow::goTo(const Found& found) {
    if (const auto* frame = std::get_if<FoundFrame>(&found)) {
        m_state.select({.frames = {frame->pfn, frame->pfn + 1}, .list = {}, .event = {}});
        m_panels->reveal("page");
    } else if (const auto* stage = std::get_if<FoundStage>(&found)) {
        request(RunToStage{stage->stage});
    } else if (const auto* moment = std::get_if<FoundMoment>(&found)) {
        m_state.select({.frames = moment->frames, .list = {}, .event = moment->at});
        request(Seek{moment->at});
    }
}

void MainWindow::search(const QString& what) {
    const SnapshotPtr now = m_bridge.latest();
    if (!now) return;
    QString why;
    const Found found = findPlace(what, *now, &why);
    if (!why.isEmpty() && std::holds_alternative<std::monostate>(found)) return m_banner->showError(why);
    goTo(found);
    m_banner->hide();
    setFocus();
}

}  // namespace mm::gui
