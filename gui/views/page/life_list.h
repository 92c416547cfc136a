// SPDX-License-Identifier: GPL-3.0-or-later
// The biography of a frame as a list; a click goes to the moment.
#pragma once

#include <QTableView>

#include "gui/style/theme.h"
#include "gui/views/page/life_model.h"

namespace mm::gui {

class LifeList : public QTableView {
    Q_OBJECT
public:
    explicit LifeList(const Theme& theme, QWidget* parent = nullptr);
    LifeModel& lifeModel() { return *m_model; }
    void setLife(std::shared_ptr<const LifeAnswer> life, Position at);

Q_SIGNALS:
    void asked(Position event);

private:
    void goTo(const QModelIndex& index);
    void restyle();

    const Theme& m_theme;
    LifeModel* m_model;
};

}  // namespace mm::gui
