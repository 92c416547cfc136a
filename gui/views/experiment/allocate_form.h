// SPDX-License-Identifier: GPL-3.0-or-later
// alloc_pages() and __free_pages() by hand. What was allocated here is remembered in a list, so that it can be freed by
// a click.
#pragma once

#include <QWidget>

#include "gui/views/view.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QListWidget;
class QPushButton;
class QSpinBox;

namespace mm::gui {

class AllocateForm : public QWidget {
    Q_OBJECT
public:
    AllocateForm(Theme& theme, ViewState& state, QWidget* parent);

    void setSnapshot(const SnapshotPtr& snapshot);
    void setAnswer(const WorkerStatus& status);

Q_SIGNALS:
    void requested(const mm::gui::Request& request);

private:
    void allocate();
    void free();
    void selectionChanged();
    void restyle();

    Theme& m_theme;
    ViewState& m_state;
    SnapshotPtr m_snapshot;
    QSpinBox *m_order, *m_freeOrder;
    QComboBox *m_gfp, *m_type, *m_node;
    QLabel *m_nodeLabel, *m_answer;
    QLineEdit* m_pfn;
    QPushButton *m_allocate, *m_free;
};

}  // namespace mm::gui
