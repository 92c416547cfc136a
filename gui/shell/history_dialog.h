// SPDX-License-Identifier: GPL-3.0-or-later
// How much memory the past of the machine takes, part by part, and how much it may take.
#pragma once

#include <QDialog>

#include "engine/types/units.h"

class QLabel;
class QSpinBox;

namespace mm::gui {

class Bridge;
class Theme;

class HistoryDialog : public QDialog {
    Q_OBJECT
public:
    HistoryDialog(Theme& theme, Bridge& bridge, QWidget* parent);

    QSpinBox& budget() { return *m_budget; }  ///< in MiB

Q_SIGNALS:
    void chosen(mm::Bytes budget);

private:
    void ask();
    void answered();

    static constexpr int partCount = 4;
    Bridge& m_bridge;
    QLabel* m_takes[partCount + 1];  ///< the last: all of it
    QLabel* m_may[partCount + 1];
    QSpinBox* m_budget;
    bool m_filled = false;  ///< what may be taken has come; from then on it is the user's
};

}  // namespace mm::gui
