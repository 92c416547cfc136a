// SPDX-License-Identifier: GPL-3.0-or-later
// The application's style sheet, written from the theme's tokens: ordinary widgets (buttons, menus, tabs, scroll bars)
// look the same in every view. Views paint their own content and need nothing from here.
#pragma once

#include <QString>

namespace mm::gui {

class Theme;

QString styleSheetFor(const Theme& theme);

}  // namespace mm::gui
