// SPDX-License-Identifier: GPL-3.0-or-later
// The random workload's dials: seed, rate, mix of orders and migrate types, lifetime, how full memory shall be.
#pragma once

#include <QWidget>

#include "gui/views/view.h"

class QComboBox;
class QLabel;
class QPushButton;
class QSpinBox;

namespace mm::gui {

class WorkloadForm : public QWidget {
    Q_OBJECT
public:
    WorkloadForm(Theme& theme, QWidget* parent);

    void setBooted(bool booted);
    void setStatus(const WorkerStatus& status);
    StartWorkload request() const;  ///< as the fields are now

Q_SIGNALS:
    void requested(const mm::gui::Request& request);

private:
    void restyle();
    void storyChanged();

    Theme& m_theme;
    QSpinBox *m_seed, *m_maxOrder, *m_lifetime, *m_target, *m_unmovable, *m_movable, *m_reclaimable;
    QComboBox *m_story, *m_also, *m_rate;  ///< m_also: another one that runs at the same time
    QLabel* m_teaches;
    QWidget* m_dials;  ///< of the random mix alone
    QPushButton* m_run;
    QLabel* m_done;
    bool m_booted = false, m_running = false;
};

}  // namespace mm::gui
