// SPDX-License-Identifier: GPL-3.0-or-later
// Fragmentation: of one zone by order over time (unusable index, external fragmentation index, largest free block);
// pollution, pages in pageblocks of another type; and how pageblocks changed their types. The last two are asked of the
// engine when they are looked at.
#pragma once

#include "gui/views/fragmentation/frag_canvas.h"
#include "gui/views/fragmentation/pollution_page.h"
#include "gui/views/fragmentation/transitions_canvas.h"
#include "gui/views/view.h"
#include "gui/widgets/zone_picker.h"

class QLabel;
class QStackedWidget;
class QTabBar;

namespace mm::gui {

class FragmentationView : public View {
    Q_OBJECT
public:
    explicit FragmentationView(const ViewContext& context, QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot) override;
    void setStatus(const WorkerStatus& status) override;
    void setAnswers(const Answers& answers) override;
    QWidget* titleWidget() override { return m_controls; }
    QString contextText() const override { return m_contextText; }
    Table table() const override;
    bool hasTable() const override { return true; }
    QString procName() const override;
    QString procText() const override;
    FragCanvas& canvas() { return *m_canvas; }
    PollutionPage& pollution() { return *m_pollution; }
    TransitionsCanvas& transitions() { return *m_transitions; }
    enum Tab { index, pollutionTab, transitionsTab };
    QTabBar& tabs() { return *m_tabs; }

private:
    void showZone();
    void showTab();
    void ask();
    void tell(const QString& context);

    SnapshotPtr m_snapshot;
    const void* m_shownSamples = nullptr;  ///< identity only, of the series on show
    std::size_t m_shownCount = 0;
    Position m_shownEnd = 0;
    ZoneRef m_shownZone{};
    QString m_contextText;
    std::shared_ptr<const PollutionAnswer> m_answer;
    std::shared_ptr<const Machine> m_askedOf;
    Position m_askedAt = 0, m_askedTotal = 0;
    bool m_running = false;
    QWidget* m_controls;
    QTabBar* m_tabs;
    QStackedWidget* m_pages;
    PollutionPage* m_pollution;
    TransitionsCanvas* m_transitions;
    ZonePicker* m_picker;
    FragCanvas* m_canvas;
    QLabel* m_empty;
};

}  // namespace mm::gui
