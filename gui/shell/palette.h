// SPDX-License-Identifier: GPL-3.0-or-later
// The command palette: a card over the window with one line to type into and the commands and places that match.
//
//      .-----------------------------------------.
//      | stov|                                    |
//      |------------------------------------------|
//      | Step over                    Boot    F10 |
//      | To start                     Boot   Home |
//      '-----------------------------------------'
//
// Enter runs, Esc and a click elsewhere close, arrows and Page Up/Down choose while one types on.
#pragma once

#include <QFrame>

#include "gui/shell/palette_model.h"

class QLabel;
class QLineEdit;
class QListView;

namespace mm::gui {

class Theme;

class Palette : public QFrame {
    Q_OBJECT
public:
    /// places: what the typed words name in the machine.
    using Places = std::function<std::vector<PaletteEntry>(const QString& words)>;
    Palette(const Theme& theme, Places places, QWidget* window);

    void open(std::vector<PaletteEntry> commands, const QString& words = {});
    void close();
    QLineEdit& line() { return *m_line; }
    const PaletteModel& model() const { return *m_model; }
    void runCurrent();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void filter();
    void choose(int row);
    void place();
    void restyle();

    const Theme& m_theme;
    Places m_places;
    PaletteModel* m_model;
    QLineEdit* m_line;
    QListView* m_list;
    QLabel* m_nothing;
};

}  // namespace mm::gui
