// SPDX-License-Identifier: GPL-3.0-or-later
// The bar across the top: which machine, the transport, where in time, speed, search, menus.
#pragma once

#include <QWidget>

#include "engine/snapshot/snapshot.h"
#include "gui/shell/actions.h"
#include "gui/state/worker_status.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QToolButton;

namespace mm::gui {

class Theme;

class TopBar : public QWidget {
    Q_OBJECT
public:
    TopBar(const Actions& actions, const Theme& theme, QWidget* parent = nullptr);

    void setSnapshot(const Snapshot& snapshot);
    double stepsPerSecond() const;
    QLineEdit& search() { return *m_search; }

Q_SIGNALS:
    void speedChanged();
    void searched(const QString& what);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    QToolButton* transportButton(QAction* action);
    QToolButton* menuButton(QMenu* menu);
    void restyle();
    void showPosition();
    QString positionText(Position at) const;
    void holdEventWidth();

    const Theme& m_theme;
    QLabel *m_name, *m_facts, *m_event;
    QComboBox* m_speed;
    QLineEdit* m_search;
    std::vector<QToolButton*> m_transport;
    Position m_at = 0, m_total = 0;
};

}  // namespace mm::gui
