// SPDX-License-Identifier: GPL-3.0-or-later
// Bookmarks and notes of this machine: a line each, in the order of time. Click or Enter goes there and selects its
// frames, F2 writes, Delete removes; the button adds one of this moment and the selected frames.
#pragma once

#include "gui/views/view.h"

class QLabel;
class QTableView;
class QToolButton;

namespace mm::gui {

class NotesModel;

class NotesView : public View {
    Q_OBJECT
public:
    explicit NotesView(const ViewContext& context, QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot) override;
    QWidget* titleWidget() override;
    NotesModel& model() { return *m_model; }

private:
    void add();
    void goTo(int row);
    void showEmpty();
    void restyle();

    SnapshotPtr m_snapshot;
    NotesModel* m_model;
    QTableView* m_list;
    QToolButton* m_add;
    QLabel* m_empty;
};

}  // namespace mm::gui
