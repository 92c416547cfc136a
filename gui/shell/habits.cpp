// SPDX-License-Identifier: GPL-3.0-or-later
// The window's part in remembering: layouts, looks, recent files, and where one was when it was closed.
#include <QFileInfo>
#include <QInputDialog>
#include <QSettings>

#include "gui/format/format.h"
#include "gui/shell/history_dialog.h"
#include "gui/shell/main_window.h"
#include "gui/shell/panels.h"
#include "gui/style/resources.h"
#include "gui/style/theme.h"

namespace mm::gui {
namespace {

constexpr qsizetype mostRecent = 8;
constexpr auto savingDelay = std::chrono::milliseconds(1500);
const QString historyKey = QStringLiteral("historyBudget");  ///< in bytes
const QString layoutGroup = QStringLiteral("layouts");

QString numberOf(std::uint64_t value) {
    return QString::number(value);  // QSettings would round what does not fit into a double
}

}  // namespace

void MainWindow::restoreHabits() {
    const QSettings settings;
    m_recent = settings.value("recent").toStringList();
    m_theme.setHighContrastTextures(settings.value("letters", false).toBool());
    m_actions.letters->setChecked(m_theme.letters());
    if (const auto kept = settings.value(historyKey).toULongLong(); kept > 0) request(SetHistoryBudget{kept});
    if (const Preset* preset = presetNamed(settings.value("arrangement").toString())) m_panels->arrange(*preset);
    if (!restoreGeometry(settings.value("geometry").toByteArray())) resize(1440, 900);
    m_panels->restoreLayout(settings.value("panels").toByteArray());
    // However the window ends, at most this much is missing when it opens again.
    m_saving.setSingleShot(true);
    m_saving.setInterval(savingDelay);
    const auto soon = [this] {
        if (!m_saving.isActive()) m_saving.start();
    };
    connect(&m_saving, &QTimer::timeout, this, &MainWindow::saveHere);
    connect(&m_bridge, &Bridge::snapshotChanged, this, soon);
    connect(&m_state, &ViewState::selectionChanged, this, soon);
    connect(&m_state, &ViewState::zoomChanged, this, soon);
}

void MainWindow::saveHabits() const {
    QSettings settings;
    settings.setValue("geometry", saveGeometry());
    settings.setValue("arrangement", m_panels->preset().name);
    settings.setValue("panels", m_panels->saveLayout());
    settings.setValue("recent", m_recent);
    settings.setValue("dark", m_theme.dark());
    settings.setValue("zoom", m_theme.zoom());
    settings.setValue("letters", m_theme.letters());
    saveHere();
}

void MainWindow::saveHere() const {
    QSettings settings;
    const SnapshotPtr now = m_bridge.latest();
    settings.setValue("session/file", now ? m_path : QString());
    settings.setValue("session/position", numberOf(now ? now->at : 0));
    settings.setValue("session/selected", QStringList{numberOf(m_state.selection().frames.start),
                                                      numberOf(m_state.selection().frames.end)});
    keepSession();
    settings.setValue("session/zoomed", QStringList{numberOf(m_state.zoom().start), numberOf(m_state.zoom().end)});
}

bool MainWindow::reopenSession() {
    const QSettings settings;
    if (reopenKept()) return true;
    const QString path = settings.value("session/file").toString();
    if (path.isEmpty() || !QFileInfo::exists(path)) return false;
    const auto pair = [&](const char* key) {
        const QStringList words = settings.value(key).toStringList();
        return std::pair(words.value(0).toULongLong(), words.value(1).toULongLong());
    };
    openFile(path);
    m_revealNext = false;  // the layout is as it was left
    request(Seek{settings.value("session/position").toString().toULongLong()});
    const auto [first, last] = pair("session/selected");
    const auto [from, to] = pair("session/zoomed");
    m_afterOpening = [this, frames = PfnRange{first, last}, zoomed = PhysRange{from, to}] {
        if (!frames.empty()) m_state.select({.frames = frames, .list = {}, .event = {}});
        m_state.setZoom(zoomed);
    };
    return true;
}

void MainWindow::remember(const QString& path) {
    m_path = QFileInfo(path).absoluteFilePath();
    if (path.startsWith(resourcePath("machines"))) return;
    m_recent.removeAll(m_path);
    m_recent.prepend(m_path);
    m_recent = m_recent.first(std::min(m_recent.size(), mostRecent));
}

void MainWindow::arrange(const Preset& preset) {
    m_panels->arrange(preset);
    if (m_theme.zoom() < preset.textZoom) m_theme.setZoom(preset.textZoom);
}

void MainWindow::openHistoryDialog() {
    auto* dialog = new HistoryDialog(m_theme, m_bridge, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &HistoryDialog::chosen, this, [this](Bytes budget) {
        request(SetHistoryBudget{budget});
        if (m_memory == Memory::settings) QSettings().setValue(historyKey, numberOf(budget));
    });
    dialog->open();
}

void MainWindow::fillLayoutMenu() {
    QMenu& menu = *m_actions.layoutMenu;
    menu.clear();
    for (std::size_t i = 0; i < m_actions.presets.size(); ++i)
        menu.addAction(m_actions.presets[i]);
    menu.addSeparator();
    QSettings settings;
    settings.beginGroup(layoutGroup);
    for (const QString& name : m_memory == Memory::settings ? settings.childKeys() : QStringList())
        menu.addAction(name, this, [this, name] {
            m_panels->restoreLayout(QSettings().value(layoutGroup + '/' + name).toByteArray());
        });
    menu.addSeparator();
    menu.addAction(m_actions.saveLayout);
    menu.addAction(m_actions.resetLayout);
}

void MainWindow::saveLayoutAs() {
    QString name = QInputDialog::getText(this, "Save this layout", "Name of the layout:").trimmed();
    name.replace('/', '-');  // a slash would be a group of settings
    if (!name.isEmpty() && m_memory == Memory::settings)
        QSettings().setValue(layoutGroup + '/' + name, m_panels->saveLayout());
}

}  // namespace mm::gui
