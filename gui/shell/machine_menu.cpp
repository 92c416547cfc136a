// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/shell/machine_menu.h"

#include <QDir>
#include <QFileDialog>

#include "gui/style/resources.h"

namespace mm::gui {

QString askForLog(QWidget* parent) {
    return QFileDialog::getOpenFileName(parent, "Open a kernel log or a session", {},
                                        "Kernel logs and sessions (*.mms *.txt *.log dmesg* *.out);;All files (*)");
}

QString askForFolder(QWidget* parent) {
    return QFileDialog::getExistingDirectory(parent, "Open the folder of a capture");
}

QStringList bundledMachines() {
    return QDir(resourcePath("machines")).entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name);
}

void fillMachineMenu(QMenu& menu, const QList<QAction*>& openActions, QAction* quitAction, const QStringList& recent,
                     const std::function<void(const QString& path)>& open) {
    menu.clear();
    for (QAction* action : openActions)
        action ? menu.addAction(action) : void(menu.addSeparator());
    menu.addSection("Bundled machines");
    for (const QString& name : bundledMachines())
        menu.addAction(name, &menu, [open, name] { open(resourcePath("machines/" + name)); });
    if (!recent.isEmpty()) menu.addSection("Recent files");
    for (const QString& path : recent)
        menu.addAction(QDir::toNativeSeparators(path), &menu, [open, path] { open(path); });
    menu.addSeparator();
    menu.addAction(quitAction);
}

}  // namespace mm::gui
