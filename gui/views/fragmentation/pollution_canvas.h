// SPDX-License-Identifier: GPL-3.0-or-later
// All pageblocks as cells in the order of their addresses, pale in their type's colour; what does not belong there
// stands in them in its own colour, as high as its share and never too low to be seen. Click selects the pageblock.
//
//      . . . | # . . _ . .     .  pure   _  a few foreign pages   #  many
#pragma once

#include <QWidget>

#include "gui/state/answers.h"
#include "gui/state/view_state.h"
#include "gui/style/theme.h"

namespace mm::gui {

class PollutionCanvas : public QWidget {
    Q_OBJECT
public:
    PollutionCanvas(const Theme& theme, ViewState& state, QWidget* parent);

    void setMap(const SnapshotPtr& snapshot, std::shared_ptr<const PollutionAnswer> answer);
    QSize sizeHint() const override { return {m_theme.px(360), m_theme.px(120)}; }
    QSize minimumSizeHint() const override { return {m_theme.px(160), m_theme.px(48)}; }
    /// The pageblock at that place; none: outside.
    std::optional<Pfn> pageblockAt(QPointF place) const;
    QRectF cellOf(Pfn pageblock) const;

Q_SIGNALS:
    void chosen(Pfn pageblock);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool event(QEvent* event) override;

private:
    struct Cell {
        Pfn first = 0;
        MigrateType type{};
        const PollutedBlock* polluted = nullptr;
    };
    void layOut();
    QRectF rectOf(std::size_t cell) const;
    void paintCell(QPainter& painter, const Cell& cell, const QRectF& at) const;

    const Theme& m_theme;
    ViewState& m_state;
    std::shared_ptr<const PollutionAnswer> m_answer;
    std::vector<Cell> m_cells;  ///< of all pageblocks in a zone, ascending
    int m_columns = 1;
    double m_size = 8;
};

/// The class most foreign pages of the block are of.
std::size_t mainForeign(const PollutedBlock& block);
/// "3 Unmovable, 1 Reclaimable".
QString foreignText(const PollutedBlock& block);

}  // namespace mm::gui
