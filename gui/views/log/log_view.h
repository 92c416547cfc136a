// SPDX-License-Identifier: GPL-3.0-or-later
// What the simulated kernel has printed so far. Clicking a line (or Enter on it) goes to the moment it was printed;
// typing into the filter keeps the lines that contain it; Ctrl+C copies.
#pragma once

#include "gui/views/view.h"

class QLineEdit;
class QListView;
class QSortFilterProxyModel;

namespace mm::gui {

class LogModel;

class LogView : public View {
    Q_OBJECT
public:
    explicit LogView(const ViewContext& context, QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot) override;
    QString contextText() const override { return m_contextText; }
    QWidget* titleWidget() override;
    QString procName() const override { return QStringLiteral("dmesg"); }
    QString procText() const override;

private:
    void goTo(const QModelIndex& index);
    void copy();
    void restyle();
    void say();

    SnapshotPtr m_snapshot;
    LogModel* m_model;
    QSortFilterProxyModel* m_filtered;
    QListView* m_list;
    QLineEdit* m_filter;
    QString m_contextText;
};

}  // namespace mm::gui
