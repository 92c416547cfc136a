// SPDX-License-Identifier: GPL-3.0-or-later
// Small controls that stand in a panel's title line.
#pragma once

#include <QString>
#include <initializer_list>

class QLineEdit;
class QToolButton;
class QWidget;

namespace mm::gui {

class Theme;

/// what: the tooltip; of a field it is the accessible name too.
QToolButton* titleButton(const QString& words, const QString& what);
/// widest: what it has room for.
QLineEdit* titleField(const QString& words, const QString& widest, const QString& what);
/// Side by side, without margins. Takes them over.
QWidget* titleLine(std::initializer_list<QWidget*> controls);
/// Fonts, gaps and the fields' widths.
void styleTitleLine(QWidget& line, const Theme& theme);

}  // namespace mm::gui
