// SPDX-License-Identifier: GPL-3.0-or-later
// "struct page": everything known about the selected frame (or the one under the pointer, if none is selected), flags
// bit by bit, with the way to the head of its block and a button that frees it; and of the selected one its biography,
// asked of the engine when it is looked at.
#pragma once

#include "gui/views/page/life_list.h"
#include "gui/views/page/page_rows.h"
#include "gui/views/view.h"

class QGridLayout;
class QLabel;
class QPushButton;
class QScrollArea;
class QTabBar;

namespace mm::gui {

class FlagsStrip;

class PageView : public View {
    Q_OBJECT
public:
    explicit PageView(const ViewContext& context, QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot) override;
    QString contextText() const override;
    std::optional<Pfn> shownFrame() const;
    QSize sizeHint() const override { return {300, 280}; }
    Table table() const override;
    bool hasTable() const override { return shownFrame() && m_snapshot; }
    QWidget* titleWidget() override { return m_tabs; }
    void setStatus(const WorkerStatus& status) override;
    void fillMenu(QMenu& menu, QPoint place) override;
    void setAnswers(const Answers& answers) override;
    LifeList& lifeList() { return *m_life; }
    /// Fields or biography.
    QTabBar& tabs() { return *m_tabs; }

private:
    void makeParts();
    void refresh();
    void showRows(const std::vector<PageRow>& rows);
    void ink();
    void goTo(Pfn pfn);
    bool showsLife() const;
    void askLife();

    SnapshotPtr m_snapshot;
    std::optional<FrameBlock> m_block;
    QString m_context;
    QLabel* m_empty = nullptr;
    QScrollArea* m_scroll = nullptr;
    QWidget* m_body = nullptr;
    FlagsStrip* m_flags = nullptr;
    QGridLayout* m_grid = nullptr;
    std::vector<std::pair<QLabel*, QLabel*>> m_rows;
    QPushButton *m_head = nullptr, *m_free = nullptr;
    QTabBar* m_tabs = nullptr;
    LifeList* m_life = nullptr;
    std::shared_ptr<const Machine> m_askedOf;
    Pfn m_asked = no_pfn;
    Position m_askedTotal = 0;
    bool m_running = false;
};

}  // namespace mm::gui
