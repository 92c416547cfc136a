// SPDX-License-Identifier: GPL-3.0-or-later
// A chunk's units, a row for each CPU, all of the same pattern: what is allocated is taken at one offset in all of
// them. A click chooses the allocation under it and selects the page of that CPU's unit everywhere.
//
//      CPU 0   |static......|reserved|##.#####....|          the first chunk: boot's memory
//      CPU 1   |static......|reserved|##.#####....|
//      CPU 0   |####....|........|////////|////////|         a chunk made later: / has no pages yet
#pragma once

#include <QWidget>
#include <optional>

#include "gui/state/view_state.h"
#include "gui/style/theme.h"

class QPainter;

namespace mm::gui {

class UnitsCanvas : public QWidget {
    Q_OBJECT
public:
    UnitsCanvas(const Theme& theme, ViewState& state, QWidget* parent);

    void setSnapshot(const SnapshotPtr& snapshot);
    void setChunk(ChunkId id);
    ChunkId chunk() const { return m_chunk; }
    /// First bit of the allocation that was clicked or answered last, if it is there.
    std::optional<int> allocation() const { return m_allocation; }
    void setAllocation(std::optional<int> bit);
    /// The per-CPU pointer of that bit: what free_percpu wants.
    std::uint64_t pointerOf(int bit) const;

    /// Where a CPU's unit is drawn, and where the bit is in it.
    QRectF unitOf(unsigned cpu) const;
    double xOf(int bit) const;
    /// The frame of a page of the chunk in the CPU's unit; no_pfn: it has none.
    Pfn frameOf(unsigned cpu, std::size_t page) const;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {m_theme.px(200), sizeHint().height()}; }

Q_SIGNALS:
    void allocationChanged();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    struct Place {
        unsigned cpu;
        int bit;  ///< of the chunk; below 0 or past its end: not this chunk's
    };
    const PercpuChunk* shown() const;
    const PercpuState& percpu() const { return m_snapshot->state.percpu; }
    bool ofBoot() const { return m_chunk == percpu().first || m_chunk == percpu().reserved; }
    /// Bytes of a unit before the chunk's first page.
    Bytes before() const;
    /// Bytes of a unit that are drawn: to the end of boot's memory, or some way past the last page that has memory.
    Bytes drawn() const;
    double rowHeight() const;
    void measure();
    void relayout();
    std::optional<Place> placeAt(QPointF at) const;
    std::optional<int> allocationAt(int bit) const;
    QString words(const Place& place) const;
    void choose(const Place& place);
    void paintUnit(QPainter& painter, const PercpuChunk& chunk, unsigned cpu) const;
    void paintBoot(QPainter& painter, const QRectF& unit) const;
    void paintPages(QPainter& painter, const PercpuChunk& chunk, unsigned cpu, const QRectF& unit) const;
    void paintLegend(QPainter& painter) const;

    const Theme& m_theme;
    ViewState& m_state;
    SnapshotPtr m_snapshot;
    ChunkId m_chunk = no_chunk;
    std::optional<int> m_allocation;
    std::vector<float> m_taken;  ///< by pixel of a unit: which share of its bits
};

}  // namespace mm::gui
