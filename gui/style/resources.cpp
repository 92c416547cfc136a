// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/style/resources.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

namespace mm::gui {

QString resourcePath(const QString& relative) {
    const QString installed = QCoreApplication::applicationDirPath() + "/../share/mmscope/resources";
    if (QFileInfo(installed).isDir()) return QDir(installed).absoluteFilePath(relative);
    return QDir(QStringLiteral(MMSCOPE_SOURCE_RESOURCES)).absoluteFilePath(relative);
}

}  // namespace mm::gui
