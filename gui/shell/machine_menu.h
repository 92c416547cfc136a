// SPDX-License-Identifier: GPL-3.0-or-later
// The Open menu: a file dialog, the bundled machines, recent files.
#pragma once

#include <QMenu>
#include <functional>

namespace mm::gui {

/// Asks for a kernel log; "" if the user changed their mind.
QString askForLog(QWidget* parent);
/// Asks for a folder of a capture.
QString askForFolder(QWidget* parent);
/// Folder names under resources/machines, sorted.
QStringList bundledMachines();
void fillMachineMenu(QMenu& menu, const QList<QAction*>& openActions, QAction* quitAction, const QStringList& recent,
                     const std::function<void(const QString& path)>& open);

}  // namespace mm::gui
