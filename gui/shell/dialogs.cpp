// SPDX-License-Identifier: GPL-3.0-or-later
// The two small dialogs of the help menu.
#include <QDialog>
#include <QDialogButtonBox>
#include <QGridLayout>
#include <QLabel>
#include <QMessageBox>

#include "gui/shell/main_window.h"
#include "gui/style/theme.h"

namespace mm::gui {

void MainWindow::showKeys() {
    QDialog dialog(this);
    dialog.setWindowTitle("Keys");
    auto* grid = new QGridLayout(&dialog);
    grid->setHorizontalSpacing(m_theme.px(24));
    grid->setVerticalSpacing(m_theme.px(5));
    grid->setContentsMargins(m_theme.px(20), m_theme.px(16), m_theme.px(20), m_theme.px(16));
    int row = 0;
    for (const auto& [keys, what] : m_actions.keyRows()) {
        auto* left = new QLabel(keys, &dialog);
        left->setFont(m_theme.mono());
        grid->addWidget(left, row, 0);
        auto* right = new QLabel(what, &dialog);
        right->setFont(m_theme.body());
        grid->addWidget(right, row++, 1);
    }
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, &dialog);
    connect(buttons, &QDialogButtonBox::rejected, &dialog, &QDialog::reject);
    grid->addWidget(buttons, row, 0, 1, 2);
    dialog.exec();
}

void MainWindow::showAbout() {
    QMessageBox::about(
        this, "About mmscope",
        "<h3>mmscope</h3><p>How Linux lays out memory: from the firmware's map, through every boot stage, "
        "to a running, fragmenting machine.</p><p>Free software under the GNU General Public License, "
        "version 3 or later (GPL-3.0-or-later). It comes with no warranty.</p><p>Built with Qt " QT_VERSION_STR
        " and QCustomPlot.</p>");
}

}  // namespace mm::gui
