// SPDX-License-Identifier: GPL-3.0-or-later
// The kernel's window of virtual addresses: drawn to scale, and its areas as a table below. Areas are asked for and
// given back from the panel's title line; choosing one selects its frames everywhere, selecting a frame anywhere shows
// the area that maps it.
#pragma once

#include "gui/views/view.h"
#include "gui/views/vmalloc/window_canvas.h"

class QLineEdit;
class QScrollArea;
class QTableView;
class QToolButton;

namespace mm::gui {

class AreaModel;
class EmptyWords;

class VmallocView : public View {
    Q_OBJECT
public:
    explicit VmallocView(const ViewContext& context, QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot) override;
    void setStatus(const WorkerStatus& status) override;
    QString contextText() const override { return m_contextText; }
    QWidget* titleWidget() override { return m_title; }
    Table table() const override;
    bool hasTable() const override { return true; }
    QString procName() const override { return QStringLiteral("/proc/vmallocinfo"); }
    QString procText() const override;
    void fillMenu(QMenu& menu, QPoint place) override;

    WindowCanvas& canvas() { return *m_canvas; }
    /// The area that is marked.
    std::optional<VirtAddr> chosen() const { return m_chosen; }

private:
    void connectTitle();
    void run(const QString& words);
    void free();
    void rowChanged();
    void choose(VirtAddr area);
    void mark(std::optional<VirtAddr> area);
    void followSelection();
    void restyle();

    SnapshotPtr m_snapshot;
    AreaModel* m_model;
    WindowCanvas* m_canvas;
    QScrollArea* m_scroll;
    QTableView* m_areas;
    EmptyWords* m_empty;
    QWidget* m_parts;
    QLineEdit *m_bytes, *m_phys;
    QToolButton *m_vmalloc, *m_ioremap, *m_free;
    QWidget* m_title;
    std::optional<VirtAddr> m_chosen;
    std::optional<VirtAddr> m_answered;  ///< shown as soon as a snapshot has it
    std::uint64_t m_seenSerial = 0;
    bool m_marking = false;
    QString m_contextText;
};

}  // namespace mm::gui
