// SPDX-License-Identifier: GPL-3.0-or-later
// Views as files and as text: pictures (PNG, SVG, PDF), tables (CSV), and what the kernel prints (TXT).
#pragma once

#include <QString>
#include <QStringList>

#include "gui/models/table.h"

class QWidget;

namespace mm::gui {

class View;

/// The sentence for a file that could not be written.
QString couldNot(const QString& path, const QString& why);
/// Whole or not at all. "", or what went wrong.
QString writeText(const QString& path, const QString& text);
/// Of the view, or of a list in it.
Table tableOfView(const View& view);
/// Suffixes it can be saved with, pictures first: "png", "svg", "pdf", and "csv", "txt" where it has such.
QStringList exportFormats(const View& view);
/// Known suffixes, whatever the view.
bool isExportFormat(const QString& suffix);
/// The text of format csv, or of txt: the kernel's own, else the table in columns; "" where there is none.
QString exportText(const View& view, const QString& format);
/// Writes the file by its suffix; frame is what pictures show (the view in its panel). "", or what went wrong.
QString saveView(QWidget& frame, const View& view, const QString& path);
/// A picture of any widget: png, svg or pdf. "", or what went wrong.
QString savePicture(QWidget& widget, const QString& path);

}  // namespace mm::gui
