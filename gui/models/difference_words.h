// SPDX-License-Identifier: GPL-3.0-or-later
// How lists say that something is not what it was at A, the moment that now is compared with (ViewState::mark()).
#pragma once

#include <QCoreApplication>
#include <QString>

namespace mm::gui {

/// Role of rows: true where they are not what they were at A.
inline constexpr int differsRole = Qt::UserRole + 64;

/// A line behind what a tooltip says of now. was: the same at A, "" if it was not there.
inline QString wordsOfMark(const QString& was) {
    return was.isEmpty() ? QCoreApplication::translate("mm::gui::Marks", "\nnot there at A")
                         : QCoreApplication::translate("mm::gui::Marks", "\nat A: %1").arg(was);
}

}  // namespace mm::gui
