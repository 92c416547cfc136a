// SPDX-License-Identifier: GPL-3.0-or-later
// What a view shows in a scrolling canvas, or, while there is nothing to show, the words on what will appear and how to
// get there.
#pragma once

#include <QWidget>

class QScrollArea;

namespace mm::gui {

class EmptyWords;
class Theme;

class CanvasOrWords : public QWidget {
    Q_OBJECT
public:
    /// Takes the canvas; words first, until somebody says that there is something.
    CanvasOrWords(const Theme& theme, QWidget* canvas, const QString& words, QWidget* parent);
    void showCanvas(bool canvas);
    void setWords(const QString& words);

private:
    EmptyWords* m_words;
    QScrollArea* m_scroll;
};

}  // namespace mm::gui
