// SPDX-License-Identifier: GPL-3.0-or-later
// The area of panels: one QDockWidget for each registered view, movable, tabbable and floatable, laid out by a
// Preset at first. A view that does not exist leaves no hole: its neighbours take its place.
//
// Staged, no view is made before the window has been painted once (or before somebody asks for it): the window is there
// at once, what it shows a moment later.
#pragma once

#include <QDockWidget>
#include <QMainWindow>
#include <map>

#include "gui/shell/presets.h"
#include "gui/views/registry.h"
#include "gui/widgets/panel.h"

class QMenu;

namespace mm::gui {

class TabContexts;

class Panels : public QMainWindow {
    Q_OBJECT
public:
    enum class Making { whole, staged };
    Panels(const ViewContext& context, Making making, QWidget* parent = nullptr);
    ~Panels() override;

    void setSnapshot(const SnapshotPtr& snapshot);
    void setStatus(const WorkerStatus& status);
    void setComparison(const ComparisonPtr& comparison);
    void setAnswers(const Answers& answers);

    /// Every panel to its place in it; those it does not know are closed.
    void arrange(const Preset& preset);
    const Preset& preset() const { return *m_preset; }
    void resetLayout() { arrange(*m_preset); }
    /// False (and the default layout) where nothing fitting was saved.
    bool restoreLayout(const QByteArray& saved);
    QByteArray saveLayout() const;
    void addToggles(QMenu& menu);
    QDockWidget* panel(const QString& id) const;
    View* view(const QString& id);            ///< made if it was not
    View* madeView(const QString& id) const;  ///< null if it was not
    /// Brings the panel to the front of its tabs, or back where it was closed.
    void reveal(const QString& id);
    /// All panels of a comparison, which are closed until there is one.
    void revealComparison();

    /// The panel with the keyboard's focus; null: none has it.
    View* focusedView() const;
    /// The keyboard to the next open panel, in reading order; brings it to the front of its tabs.
    void focusNext(bool forward);

Q_SIGNALS:
    void requested(const mm::gui::Request& request);
    void failed(const QString& sentence);  ///< a file could not be written
    void made(mm::gui::View* view);        ///< its objectName() is its id
    void filled();                         ///< staged: all views are there now

protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    struct Panel {
        const ViewInfo* info = nullptr;
        QDockWidget* dock = nullptr;
        View* view = nullptr;  ///< null: not made yet
        bool stale = true;     ///< has not seen the latest snapshot, because it was hidden
    };
    void markFocus();
    void showMenu(const QString& id, QPoint global);
    void addPanel(const ViewInfo& info);
    void make(Panel& panel);
    void fill();
    void refresh(Panel& panel);
    void showTitles();
    void showTitlesSoon();
    QString wordsForTab(const QString& title) const;
    std::vector<QDockWidget*> present(const QStringList& ids) const;
    void placeStrays();
    void proportion();
    void releaseStrip();

    const ViewContext m_context;
    Theme& m_theme;
    std::map<QString, Panel> m_panels;
    SnapshotPtr m_snapshot;
    WorkerStatus m_status;
    ComparisonPtr m_comparison;
    Answers m_answers;
    TabContexts* m_tabContexts;
    bool m_filling = false, m_titlesStale = false;
    const Preset* m_preset = nullptr;
    bool m_proportioned = false, m_restored = false;
};

}  // namespace mm::gui
