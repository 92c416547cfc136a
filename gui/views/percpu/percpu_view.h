// SPDX-License-Identifier: GPL-3.0-or-later
// Per-CPU memory: its chunks as a table, the units of the chosen one below it. Allocations are made and freed from the
// panel's title line; selecting a frame anywhere shows the chunk that it is part of.
#pragma once

#include "gui/views/percpu/units_canvas.h"
#include "gui/views/view.h"

class QLineEdit;
class QTableView;
class QToolButton;

namespace mm::gui {

class ChunkModel;
class EmptyWords;
class TableAndCanvas;

class PercpuView : public View {
    Q_OBJECT
public:
    explicit PercpuView(const ViewContext& context, QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot) override;
    void setStatus(const WorkerStatus& status) override;
    QString contextText() const override { return m_contextText; }
    QWidget* titleWidget() override { return m_title; }
    Table table() const override;
    bool hasTable() const override { return true; }
    QString procName() const override { return QStringLiteral("/sys/kernel/debug/percpu_stats"); }
    QString procText() const override;
    UnitsCanvas& canvas() { return *m_canvas; }

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void allocate();
    void free();
    void chunkChanged();
    void showChunk(ChunkId id);
    void showPointer(std::uint64_t pointer);
    void followSelection();
    void restyle();

    SnapshotPtr m_snapshot;
    ChunkModel* m_model;
    QTableView* m_chunks;
    UnitsCanvas* m_canvas;
    TableAndCanvas* m_parts;
    EmptyWords* m_empty;
    QLineEdit* m_bytes;
    QToolButton *m_allocate, *m_free;
    QWidget* m_title;
    QString m_contextText;
    std::uint64_t m_seenSerial = 0;
    std::optional<std::uint64_t> m_answered;  ///< a pointer; shown as soon as a snapshot has it
};

}  // namespace mm::gui
