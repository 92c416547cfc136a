// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QVBoxLayout>

#include "gui/style/theme.h"
#include "gui/views/registry.h"

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    mm::gui::Theme theme;
    theme.applyToApplication();
    mm::gui::ViewState state;
    QWidget window;
    auto* layout = new QVBoxLayout(&window);
    for (const auto& info : mm::gui::allViews()) {
        auto* view = info.make({theme, state}, &window);
        layout->addWidget(view);
    }
    window.show();
    return QApplication::exec();
}
