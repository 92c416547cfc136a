// SPDX-License-Identifier: GPL-3.0-or-later
// The context menu of a view: copy as text, CSV and the kernel's format, save to a file.
#pragma once

#include <QMenu>
#include <functional>

namespace mm::gui {

class View;

/// frame: what pictures show. complain: says what went wrong.
void fillPanelMenu(QMenu& menu, QWidget& frame, const View& view, const std::function<void(const QString&)>& complain);
/// Asks for a name and saves. Nothing happens where the user changes their mind.
void saveViewAs(QWidget& frame, const View& view, const std::function<void(const QString&)>& complain);

}  // namespace mm::gui
