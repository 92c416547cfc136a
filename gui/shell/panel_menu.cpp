// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/shell/panel_menu.h"

#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QPointer>

#include "gui/shell/export.h"
#include "gui/views/view.h"

namespace mm::gui {

void fillPanelMenu(QMenu& menu, QWidget& frame, const View& view, const std::function<void(const QString&)>& complain) {
    const auto copy = [&menu](const QString& words, std::function<QString()> what) {
        menu.addAction(words, &menu, [what = std::move(what)] { QApplication::clipboard()->setText(what()); });
    };
    // Made when chosen: a table of a long run is large.
    if (exportFormats(view).contains("csv")) {
        copy(QObject::tr("Copy as text"), [&view] { return asText(tableOfView(view)); });
        copy(QObject::tr("Copy as CSV"), [&view] { return asCsv(tableOfView(view)); });
    }
    if (!view.procName().isEmpty())
        copy(QObject::tr("Copy as %1").arg(view.procName()), [&view] { return view.procText(); });
    menu.addAction(QObject::tr("Copy picture"), &menu,
                   [&frame] { QApplication::clipboard()->setPixmap(frame.grab()); });
    menu.addSeparator();
    menu.addAction(QObject::tr("Save as…"), &menu, [&frame, &view, complain] { saveViewAs(frame, view, complain); });
}

void saveViewAs(QWidget& frame, const View& view, const std::function<void(const QString&)>& complain) {
    QStringList filters;
    for (const QString& format : exportFormats(view))
        filters << QString("%1 (*.%2)").arg(format.toUpper(), format);
    QString filter;
    QString path = QFileDialog::getSaveFileName(&frame, QObject::tr("Save %1").arg(view.accessibleName()),
                                                view.objectName(), filters.join(";;"), &filter);
    if (path.isEmpty()) return;
    if (QFileInfo(path).suffix().isEmpty()) path += '.' + filter.section(' ', 0, 0).toLower();
    if (const QString why = saveView(frame, view, path); !why.isEmpty()) complain(why);
}

}  // namespace mm::gui
