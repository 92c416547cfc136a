// SPDX-License-Identifier: GPL-3.0-or-later
// How panels are laid out: columns of cells over a strip along the bottom (the time axis
// stands below it, outside of all panels), and the presets that come with the
// window, one a purpose. Views are named by their ids; an id without a view leaves no hole.
//
//      .--------. .--------------. .--------.
//      | cell   | | cell         | | cell   |      a cell shows one view, the others of it are tabs
//      |--------| |--------------| |--------|
//      | cell   | | cell         | | cell   |
//      '--------' '--------------' '--------'
//      .------------------------------------.
//      | strip: tabs                        |
//      '------------------------------------'
#pragma once

#include <QStringList>
#include <span>
#include <vector>

namespace mm::gui {

struct Preset {
    struct Cell {
        QStringList tabs;
        double share;  ///< of the column's height
    };
    struct Column {
        double share;  ///< of the width
        std::vector<Cell> cells;
    };

    QString name;
    QString what;  ///< a sentence for its tooltip
    std::vector<Column> columns;
    QStringList strip;
    double stripShare;  ///< of the height
    double textZoom;    ///< at least: for what is looked at from afar; 0: as it is

    bool knows(const QString& id) const;
    /// The first id of the largest cell: where a panel goes that has no place of its own.
    QString largest() const;
};

/// Boot (the first one), Allocation, Fragmentation, Running, Lecture.
std::span<const Preset> presets();
/// By its name, in whatever case; null: there is none.
const Preset* presetNamed(const QString& name);
QString presetNames();  ///< "Boot, Allocation, ..."

}  // namespace mm::gui
