// SPDX-License-Identifier: GPL-3.0-or-later
// The chosen file's pages in the order of the file, and below them the slots of the swap area. A click on a page that
// is in memory selects its frame everywhere.
//
//      [a][a][i][i][D][ ][ ][/][/]     a active, i inactive, D dirty, / evicted, blank: not read
//      swap  [s][s][ ][c] ...          s swapped out, c in memory, too
#pragma once

#include <QWidget>

#include "gui/state/view_state.h"
#include "gui/style/theme.h"
#include "gui/views/cache/page_grid.h"

namespace mm::gui {

class CacheCanvas : public QWidget {
    Q_OBJECT
public:
    CacheCanvas(const Theme& theme, ViewState& state, QWidget* parent);

    void setSnapshot(const SnapshotPtr& snapshot);
    void setFile(FileId id);
    FileId file() const { return m_file; }
    const PageGrid& pages() const { return m_pages; }
    const PageGrid& swapSlots() const { return m_slots; }
    /// Where a page of the file is drawn.
    QRectF rectOfPage(std::uint64_t index) const { return m_pages.rectOf(m_pages.cellOf(index)); }
    /// In words, what a cell of the file holds.
    QString words(std::size_t cell) const;
    QString slotWords(std::size_t cell) const;
    QSize sizeHint() const override { return {m_theme.px(420), static_cast<int>(m_height) + 1}; }
    QSize minimumSizeHint() const override { return {m_theme.px(200), sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    enum Use { notRead, evicted, inactive, active, dirty, uses };
    enum SlotUse { freeSlot, swapped, cached, slotUses };

    const File* shown() const;
    void relayout();
    void count();
    void countPages(const File& file);
    void countSlots();
    Use useOf(PageSlot slot) const;
    /// Pages of the file's cell that are in memory.
    std::vector<Pfn> framesOf(std::size_t cell) const;
    std::vector<Pfn> framesOfSlots(std::size_t cell) const;
    void choose(std::vector<Pfn> frames);
    /// The cell of the first selected frame that is of this file.
    std::optional<std::size_t> chosen() const;
    std::array<QBrush, uses> inks() const;
    std::array<QBrush, slotUses> slotInks() const;
    void paintCells(QPainter& painter, const QRect& part) const;
    void paintWords(QPainter& painter) const;

    const Theme& m_theme;
    ViewState& m_state;
    SnapshotPtr m_snapshot;
    FileId m_file = no_id;
    PageGrid m_pages, m_slots;
    double m_legend = 0, m_swapCaption = 0, m_swapLegend = 0, m_height = 0;  ///< tops of lines, and the end
    std::vector<Shares<uses>> m_shares;
    std::vector<Shares<slotUses>> m_slotShares;
    bool m_counted = false;  ///< the shares are this moment's
};

}  // namespace mm::gui
