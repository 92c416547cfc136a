// SPDX-License-Identifier: GPL-3.0-or-later
// The slab allocator: caches as a table, the slabs of the chosen one below it. Objects are allocated and freed from the
// panel's title line; selecting a frame anywhere shows the slab it is part of.
#pragma once

#include "gui/views/slab/slab_canvas.h"
#include "gui/views/view.h"

class QLineEdit;
class QTableView;
class QToolButton;

namespace mm::gui {

class CacheModel;
class EmptyWords;
class TableAndCanvas;

class SlabView : public View {
    Q_OBJECT
public:
    explicit SlabView(const ViewContext& context, QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot) override;
    void setStatus(const WorkerStatus& status) override;
    QString contextText() const override { return m_contextText; }
    QWidget* titleWidget() override { return m_title; }
    Table table() const override;
    bool hasTable() const override { return true; }
    QString procName() const override { return QStringLiteral("/proc/slabinfo"); }
    QString procText() const override;
    SlabCanvas& canvas() { return *m_canvas; }

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void allocate();
    void free();
    void cacheChanged();
    void showCache(CacheId id);
    void showSlabOf(Pfn pfn);
    void restyle();

    SnapshotPtr m_snapshot;
    CacheModel* m_model;
    QTableView* m_caches;
    SlabCanvas* m_canvas;
    TableAndCanvas* m_parts;
    EmptyWords* m_empty;
    QLineEdit* m_bytes;
    QToolButton *m_allocate, *m_free;
    QWidget* m_title;
    QString m_contextText;
    std::uint64_t m_seenSerial = 0;
    std::optional<PhysAddr> m_answered;  ///< shown as soon as a snapshot has it
};

}  // namespace mm::gui
