// SPDX-License-Identifier: GPL-3.0-or-later
// A view: a widget that draws one aspect of a snapshot. It gets its shared state and ink at construction, snapshots as
// they come (the latest wins; on the GUI thread, must return in a few milliseconds), and asks for engine work by
// requested().
#pragma once

#include <QString>
#include <QWidget>

#include "gui/models/differences.h"
#include "gui/models/table.h"
#include "gui/state/answers.h"
#include "gui/state/request.h"
#include "gui/state/view_state.h"
#include "gui/state/worker_status.h"
#include "gui/style/theme.h"

class QMenu;

namespace mm::gui {

struct ViewContext {
    Theme& theme;
    ViewState& state;
};

class View : public QWidget {
    Q_OBJECT
public:
    explicit View(const ViewContext& context, QWidget* parent = nullptr)
        : QWidget(parent), m_theme(context.theme), m_state(context.state) {}

    virtual void setSnapshot(const SnapshotPtr& snapshot) = 0;
    /// What the engine is doing and what became of the last request; most views need not know.
    virtual void setStatus(const WorkerStatus&) {}
    /// What the engine answered to questions; some may be about what others asked.
    virtual void setAnswers(const Answers&) {}
    /// The machine's boot held against another; null where there is nothing to compare with. Most views need not know.
    virtual void setComparison(const ComparisonPtr&) {}
    /// Grey words at the right of the panel's title: "0 - 512 MiB, 4 GiB". Emit contextChanged() when they change.
    virtual QString contextText() const { return {}; }
    /// Widgets for the panel's title line, made once (combo boxes, small buttons); may be null.
    virtual QWidget* titleWidget() { return nullptr; }
    /// What it shows in rows and columns, for copying and CSV; empty where that says nothing.
    virtual Table table() const { return {}; }
    /// There is one; quick, where making it is not.
    virtual bool hasTable() const { return false; }
    /// The same as the kernel prints it ("/proc/buddyinfo"); procName() names the file, "" where there is none.
    virtual QString procName() const { return {}; }
    virtual QString procText() const { return {}; }
    /// Entries of its own for the context menu at that place of it, before those every panel has.
    virtual void fillMenu(QMenu&, QPoint) {}
    /// Where the view is a plot that draws itself onto paper; false: it is painted as it is on the screen.
    virtual bool savePlotAsPdf(const QString&) const { return false; }

Q_SIGNALS:
    void contextChanged();
    void requested(const mm::gui::Request& request);
    void revealed(const QString& view);  ///< that panel shows more of it

protected:
    Theme& m_theme;
    ViewState& m_state;
};

}  // namespace mm::gui
