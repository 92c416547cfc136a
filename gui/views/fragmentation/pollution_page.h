// SPDX-License-Identifier: GPL-3.0-or-later
// Pollution: the map of pageblocks and below it the list of those with foreign pages.
#pragma once

#include <QWidget>

#include "gui/models/table.h"
#include "gui/views/fragmentation/pollution_canvas.h"

class QLabel;
class QTableView;

namespace mm::gui {

class PollutionModel;

class PollutionPage : public QWidget {
    Q_OBJECT
public:
    PollutionPage(const Theme& theme, ViewState& state, QWidget* parent);
    void setMap(const SnapshotPtr& snapshot, const std::shared_ptr<const PollutionAnswer>& answer);
    Table table() const;
    PollutionCanvas& canvas() { return *m_canvas; }
    QTableView& list() { return *m_list; }

Q_SIGNALS:
    void asked(Position event);  ///< to the moment after it

private:
    void choose(Pfn pageblock);
    void showSelected();
    void restyle();

    const Theme& m_theme;
    ViewState& m_state;
    QLabel* m_words;
    PollutionCanvas* m_canvas;
    PollutionModel* m_model;
    QTableView* m_list;
};

}  // namespace mm::gui
