// SPDX-License-Identifier: GPL-3.0-or-later
// Every event of boot and run, one a line, those to come in grey; words and a kind filter them. Clicking a line goes to
// the moment just after it and selects the frames it touched; N and Shift+N go to the next and previous event of the
// same kind.
#pragma once

#include <QTimer>

#include "gui/views/view.h"

class QComboBox;
class QLineEdit;
class QTableView;

namespace mm::gui {

class EventModel;

class EventsView : public View {
    Q_OBJECT
public:
    explicit EventsView(const ViewContext& context, QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot) override;
    QString contextText() const override { return m_contextText; }
    QWidget* titleWidget() override { return m_controls; }
    void fillMenu(QMenu& menu, QPoint place) override;
    Table table() const override;
    bool hasTable() const override { return true; }

    EventModel& model() { return *m_model; }
    /// Still looking through events.
    bool isFiltering() const { return m_scan.isActive(); }

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void refilter();
    void scan();
    void goTo(const QModelIndex& index);
    void goToSameKind(bool forward);
    void showNow();
    void follow();
    void describe();
    void fitNumbers();
    void restyle();

    SnapshotPtr m_snapshot;
    EventModel* m_model;
    QTableView* m_list;
    QWidget* m_controls;
    QComboBox* m_kind;
    QLineEdit* m_words;
    QTimer m_scan, m_follow;
    QString m_contextText;
};

}  // namespace mm::gui
