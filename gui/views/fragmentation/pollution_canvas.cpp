// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/fragmentation/pollution_canvas.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "gui/format/format.h"

namespace mm::gui {

std::size_t mainForeign(const PollutedBlock& block) {
    std::size_t most = 0;
    NrPages pages = 0;
    for (std::size_t c = 0; c < nr_page_classes; ++c)
        if (is_foreign(c, block.type) && block.pages[c] > pages) most = c, pages = block.pages[c];
    return most;
}

QString foreignText(const PollutedBlock& block) {
    QStringList parts;
    for (std::size_t c = 0; c < nr_page_classes; ++c)
        if (is_foreign(c, block.type) && block.pages[c] != 0)
            parts << QStringLiteral("%1 %2").arg(number(block.pages[c]), text(page_class_name(c)));
    return parts.join(QStringLiteral(", "));
}

PollutionCanvas::PollutionCanvas(const Theme& theme, ViewState& state, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_state(state) {
    setAccessibleName(tr("Pageblocks by what does not belong in them"));
    setFocusPolicy(Qt::StrongFocus);
    connect(&m_theme, &Theme::changed, this, qOverload<>(&QWidget::update));
    connect(&m_state, &ViewState::selectionChanged, this, qOverload<>(&QWidget::update));
}

void PollutionCanvas::setMap(const SnapshotPtr& snapshot, std::shared_ptr<const PollutionAnswer> answer) {
    m_answer = std::move(answer);
    m_cells.clear();
    std::unordered_map<Pfn, const PollutedBlock*> polluted;
    if (m_answer)
        for (const PollutedBlock& block : m_answer->map.blocks)
            polluted[block.first] = &block;
    const Zones& zones = snapshot->state.zones;
    for (const ZoneFrames& memory : zones.memory)
        for (Pfn first = align_down(memory.frames.start, pageblock_pages); first < memory.frames.end;
             first += pageblock_pages) {
            if (!m_cells.empty() && m_cells.back().first >= first) continue;
            const auto found = polluted.find(first);
            m_cells.push_back({first, zones.pageblock(first), found == polluted.end() ? nullptr : found->second});
        }
    std::size_t foreign = 0;
    if (m_answer) foreign = m_answer->map.blocks.size();
    setAccessibleDescription(tr("%1 of %2 pageblocks hold pages of another type").arg(foreign).arg(m_cells.size()));
    layOut();
    update();
}

/// The largest cells with which all find room.
void PollutionCanvas::layOut() {
    const double most = m_theme.px(40), area = double(width()) * height();
    m_size = std::min(most, std::sqrt(area / double(std::max<std::size_t>(1, m_cells.size()))));
    while (true) {
        m_columns = std::max(1, static_cast<int>(width() / m_size));
        const auto columns = static_cast<std::size_t>(m_columns);
        const std::size_t rows = (m_cells.size() + columns - 1) / columns;
        if (double(rows) * m_size <= height() || m_size < 1) return;
        m_size *= 0.97;
    }
}

void PollutionCanvas::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    layOut();
}

QRectF PollutionCanvas::rectOf(std::size_t cell) const {
    const auto columns = static_cast<std::size_t>(m_columns);
    return {double(cell % columns) * m_size, double(cell / columns) * m_size, m_size, m_size};
}

QRectF PollutionCanvas::cellOf(Pfn pageblock) const {
    const auto found = std::lower_bound(m_cells.begin(), m_cells.end(), pageblock,
                                        [](const Cell& c, Pfn pfn) { return c.first < pfn; });
    if (found == m_cells.end() || found->first != pageblock) return {};
    return rectOf(static_cast<std::size_t>(found - m_cells.begin()));
}

std::optional<Pfn> PollutionCanvas::pageblockAt(QPointF place) const {
    const int column = static_cast<int>(place.x() / m_size), row = static_cast<int>(place.y() / m_size);
    if (place.x() < 0 || place.y() < 0 || column >= m_columns) return {};
    const auto cell = static_cast<std::size_t>(row) * static_cast<std::size_t>(m_columns) + std::size_t(column);
    if (cell >= m_cells.size()) return {};
    return m_cells[cell].first;
}

void PollutionCanvas::paintCell(QPainter& painter, const Cell& cell, const QRectF& at) const {
    painter.fillRect(at, m_theme.migrate(cell.type, true));
    if (!cell.polluted) return;
    const std::size_t main = mainForeign(*cell.polluted);
    const QColor ink =
        main == pinned_before ? m_theme.tokens().dim : m_theme.migrate(static_cast<MigrateType>(main), false);
    const double share = double(cell.polluted->foreign) / double(pageblock_pages);
    const double high = std::clamp(at.height() * share, std::min(at.height(), double(m_theme.px(3))), at.height());
    painter.fillRect(QRectF(at.left(), at.bottom() - high, at.width(), high), ink);
}

void PollutionCanvas::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const double gap = m_size > 5 ? 1 : 0;
    const Selection& selection = m_state.selection();
    std::vector<QRectF> marked;
    for (std::size_t i = 0; i < m_cells.size(); ++i) {
        const QRectF at = rectOf(i).adjusted(0, 0, -gap, -gap);
        paintCell(painter, m_cells[i], at);
        const PfnRange block{m_cells[i].first, m_cells[i].first + pageblock_pages};
        if (selection.touches(block)) marked.push_back(at);
    }
    painter.setPen(QPen(m_theme.tokens().accent, m_theme.px(1.5)));
    for (const QRectF& at : marked)
        painter.drawRect(at.adjusted(0.5, 0.5, -0.5, -0.5));
}

void PollutionCanvas::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return QWidget::mousePressEvent(event);
    if (const auto pageblock = pageblockAt(event->position())) Q_EMIT chosen(*pageblock);
}

bool PollutionCanvas::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    auto* help = static_cast<QHelpEvent*>(event);
    const auto pageblock = pageblockAt(help->pos());
    QToolTip::hideText();
    if (!pageblock) return true;
    const auto cell = std::lower_bound(m_cells.begin(), m_cells.end(), *pageblock,
                                       [](const Cell& c, Pfn pfn) { return c.first < pfn; });
    QString words =
        tr("pageblock %1, %2").arg(pfnText({*pageblock, *pageblock + pageblock_pages}), text(name_of(cell->type)));
    if (const PollutedBlock* b = cell->polluted) {
        words += tr("\n%1 pages that do not belong here: %2").arg(number(b->foreign), foreignText(*b));
        words += b->since ? tr("\nalways some since event %1").arg(number(*b->since + 1)) : tr("\nfrom the start");
        if (!b->owner.empty()) words += tr("\nthe oldest, %1, by %2").arg(hex(b->oldest_pfn), text(b->owner));
    } else {
        words += tr("\nnothing foreign in it");
    }
    QToolTip::showText(help->globalPos(), words, this);
    return true;
}

}  // namespace mm::gui
