// SPDX-License-Identifier: GPL-3.0-or-later
// The window's part in exporting: the panel with the focus, or all of it.
#include <QApplication>
#include <QClipboard>
#include <QFileDialog>

#include "gui/shell/export.h"
#include "gui/shell/main_window.h"
#include "gui/shell/panel_menu.h"
#include "gui/shell/panels.h"
#include "gui/widgets/banner.h"

namespace mm::gui {
namespace {

const QString chooseFirst =
    QStringLiteral("Click into the panel that is meant first, or use the menu of its title (right button).");

}  // namespace

void MainWindow::savePanel() {
    View* view = m_panels->focusedView();
    if (!view) return m_banner->showError(chooseFirst);
    saveViewAs(*m_panels->panel(view->objectName()), *view, [this](const QString& why) { m_banner->showError(why); });
}

void MainWindow::saveWindow() {
    QString filter;
    QString path = QFileDialog::getSaveFileName(this, "Save a picture of the window", "mmscope",
                                                "PNG (*.png);;SVG (*.svg);;PDF (*.pdf)", &filter);
    if (path.isEmpty()) return;
    if (QFileInfo(path).suffix().isEmpty()) path += '.' + filter.section(' ', 0, 0).toLower();
    if (const QString why = savePicture(*this, path); !why.isEmpty()) m_banner->showError(why);
}

void MainWindow::copyPanel(const QString& format) {
    const View* view = m_panels->focusedView();
    if (!view) return m_banner->showError(chooseFirst);
    const Table table = tableOfView(*view);
    if (table.empty()) return m_banner->showError(view->accessibleName() + " has no rows and columns to copy.");
    QApplication::clipboard()->setText(format == "csv" ? asCsv(table) : asText(table));
}

}  // namespace mm::gui
