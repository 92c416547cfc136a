// SPDX-License-Identifier: GPL-3.0-or-later
// The area of panels: one QDockWidget for each registered view, movable, tabbable and floatable, laid out by an
// Preset at first. A view that does not exist leaves no hole: its neighbours take its place.
#pragma once

#include <QDockWidget>
#include <QMainWindow>
#include <map>

#include "gui/shell/presets.h"
#include "gui/views/registry.h"
#include "gui/widgets/panel.h"

class QMenu;

namespace mm::gui {

class Panels : public QMainWindow {
    Q_OBJECT
public:
    explicit Panels(const ViewContext& context, QWidget* parent = nullptr);
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
    View* view(const QString& id) const;
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

protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    struct Panel {
        QDockWidget* dock = nullptr;
        View* view = nullptr;
        bool stale = true;  ///< has not seen the latest snapshot, because it was hidden
    };
    void markFocus();
    void showMenu(const QString& id, QPoint global);
    void addPanel(const QString& id, const QString& title, View& view);
    void refresh(Panel& panel);
    void showTitles();
    std::vector<QDockWidget*> present(const QStringList& ids) const;
    void placeStrays();
    void proportion();
    void releaseStrip();

    Theme& m_theme;
    std::map<QString, Panel> m_panels;
    SnapshotPtr m_snapshot;
    const Preset* m_preset = nullptr;
    bool m_proportioned = false;
};

}  // namespace mm::gui
