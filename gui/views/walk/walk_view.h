// SPDX-License-Identifier: GPL-3.0-or-later
// "Page-table walk": an address entered, or that of the selected frame, followed level by level. Keys in the field:
// Return walks, Up and Down go a page on, Page Up and Page Down the size of the page found.
#pragma once

#include "gui/views/view.h"
#include "gui/views/walk/walk_canvas.h"

class QLabel;
class QLineEdit;
class QPushButton;
class QScrollArea;

namespace mm::gui {

class WalkView : public View {
    Q_OBJECT
public:
    explicit WalkView(const ViewContext& context, QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot) override;
    QString contextText() const override { return m_context; }
    QSize sizeHint() const override { return {420, 320}; }
    Table table() const override;
    bool hasTable() const override { return m_snapshot && m_address; }
    QString procName() const override { return QStringLiteral("page-table walk"); }
    QString procText() const override;
    /// What the field says becomes the address; a word of complaint appears if it is none.
    void walkEntered();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void makeParts();
    void followSelection();
    void refresh();
    void restyle();
    void selectFrame();

    SnapshotPtr m_snapshot;
    std::optional<WalkAddress> m_address, m_mapped;  ///< what is walked, and where a process maps the same frame
    QString m_context;
    QLineEdit* m_entry = nullptr;
    QPushButton *m_select = nullptr, *m_process = nullptr;
    QLabel *m_problem = nullptr, *m_empty = nullptr, *m_area = nullptr;
    QScrollArea* m_scroll = nullptr;
    WalkCanvas* m_canvas = nullptr;
};

}  // namespace mm::gui
