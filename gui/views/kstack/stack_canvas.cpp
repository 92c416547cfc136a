// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/kstack/stack_canvas.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>

#include "gui/format/format.h"

namespace mm::gui {

StackCanvas::StackCanvas(const Theme& theme, ViewState& state, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_state(state) {
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    setAccessibleName(tr("The stack's pages"));
    connect(&m_state, &ViewState::selectionChanged, this, qOverload<>(&QWidget::update));
    connect(&m_theme, &Theme::changed, this, &QWidget::updateGeometry);
}

void StackCanvas::setStack(const SnapshotPtr& snapshot, const std::optional<StackRow>& row, std::vector<Pfn> frames) {
    m_snapshot = snapshot;
    m_row = row;
    m_frames = std::move(frames);
    updateGeometry();
    update();
}

/// Of a block its physical address: the direct map has it somewhere else on each machine.
VirtAddr StackCanvas::lowEnd() const {
    return inWindow() ? m_row->stack.stack : phys_of(m_row->stack.pfn);
}

QSize StackCanvas::sizeHint() const {
    const auto lines = static_cast<int>(m_frames.size()) + 4;
    return {m_theme.px(420), static_cast<int>(line(lines).top())};
}

QRectF StackCanvas::line(int index) const {
    const double left = QFontMetricsF(m_theme.mono()).horizontalAdvance("0xffffc90000000000") + m_theme.px(14);
    const double high = m_theme.px(26);
    return {left, m_theme.px(4) + index * high, double(m_theme.px(132)), high - 1};
}

QRectF StackCanvas::pageRect(std::size_t page) const {
    return line(static_cast<int>(m_frames.size() - page));
}

QRectF StackCanvas::taskRect() const {
    return line(static_cast<int>(m_frames.size()) + 2).translated(0, m_theme.px(8));
}

void StackCanvas::paintBox(QPainter& painter, const QRectF& box, const QBrush& fill, const QString& words,
                           bool chosen) const {
    painter.fillRect(box, fill);
    painter.setFont(m_theme.mono());
    painter.setPen(m_theme.textOn(fill.color()));
    painter.drawText(box, Qt::AlignCenter, words);
    if (!chosen) return;
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(m_theme.tokens().accent, m_theme.px(2)));
    painter.drawRect(box.adjusted(1, 1, -1, -1));
}

void StackCanvas::paintLine(QPainter& painter, const QRectF& box, VirtAddr address, const QString& note) const {
    painter.setFont(m_theme.mono());
    painter.setPen(m_theme.tokens().text);
    painter.drawText(QRectF(0, box.top(), box.left() - m_theme.px(10), box.height()),
                     int{Qt::AlignRight} | int{Qt::AlignVCenter}, hex(address));
    painter.setFont(m_theme.small());
    painter.setPen(m_theme.tokens().dim);
    const QRectF room(box.right() + m_theme.px(10), box.top(), width() - box.right() - m_theme.px(12), box.height());
    painter.drawText(room, int{Qt::AlignLeft} | int{Qt::AlignVCenter},
                     QFontMetricsF(m_theme.small()).elidedText(note, Qt::ElideRight, room.width()));
}

void StackCanvas::paintGuard(QPainter& painter, const QRectF& box, VirtAddr address, const QString& note) const {
    painter.fillRect(box, m_theme.hatch());
    paintLine(painter, box, address, note);
}

QString StackCanvas::noteOf(std::size_t page) const {
    if (page + 1 == m_frames.size()) return tr("begins at the upper end, grows down  ↓");
    return page == 0 ? tr("the lowest word is STACK_END_MAGIC") : QString();
}

void StackCanvas::paintEvent(QPaintEvent* event) {
    QPainter painter(this);
    painter.fillRect(event->rect(), m_theme.tokens().panel);
    if (!m_row || m_frames.empty()) return;
    const VirtAddr low = lowEnd();
    if (inWindow())
        paintGuard(painter, line(0), low + phys_of(NrPages{m_frames.size()}),
                   tr("guard page of this area: not mapped"));
    const QColor used = m_theme.migrate(MigrateType::unmovable, false);
    for (std::size_t page = 0; page < m_frames.size(); ++page) {
        const Pfn pfn = m_frames[page];
        paintLine(painter, pageRect(page), low + phys_of(NrPages{page}), noteOf(page));
        paintBox(painter, pageRect(page), used, tr("pfn %1").arg(hex(pfn)),
                 m_state.selection().touches({pfn, pfn + 1}));
    }
    const QRectF below = line(static_cast<int>(m_frames.size()) + 1);
    if (inWindow())
        paintGuard(painter, below, low - page_size, tr("never mapped: an overflow faults here"));
    else
        paintLine(painter, below, low - page_size, tr("no guard page: an overflow writes into another's memory"));
    if (m_row->kept) return;
    const bool chosen = m_state.selection().object == m_row->stack.at;
    paintLine(painter, taskRect(), m_row->stack.at,
              tr("an object of %1 bytes").arg(number(m_snapshot->state.kstack.config.task_size)));
    paintBox(painter, taskRect(), m_theme.state(PageState::reserved), QStringLiteral("task_struct"), chosen);
}

std::optional<std::size_t> StackCanvas::pageAt(QPointF at) const {
    for (std::size_t page = 0; page < m_frames.size(); ++page)
        if (const QRectF rect = pageRect(page); at.y() >= rect.top() && at.y() < rect.bottom()) return page;
    return std::nullopt;
}

void StackCanvas::selectPage(std::size_t page) {
    const Pfn pfn = m_frames[page];
    m_state.select({.frames = {pfn, pfn + 1}, .list = {}, .event = {}});
    setAccessibleDescription(tr("page %1 of the stack: frame %2").arg(page).arg(hex(pfn)));
}

void StackCanvas::selectTask() {
    const Pfn pfn = pfn_down(m_row->stack.at);
    m_state.select({.frames = {pfn, pfn + 1}, .list = {}, .event = {}, .object = m_row->stack.at});
}

void StackCanvas::mousePressEvent(QMouseEvent* event) {
    if (!m_row) return QWidget::mousePressEvent(event);
    if (const auto page = pageAt(event->position())) return selectPage(*page);
    if (!m_row->kept && taskRect().top() <= event->position().y() && event->position().y() < taskRect().bottom())
        selectTask();
}

/// Up and down the pages.
void StackCanvas::keyPressEvent(QKeyEvent* event) {
    const bool up = event->key() == Qt::Key_Up;
    if (m_frames.empty() || (!up && event->key() != Qt::Key_Down)) return QWidget::keyPressEvent(event);
    for (std::size_t page = 0; page < m_frames.size(); ++page)
        if (m_state.selection().touches({m_frames[page], m_frames[page] + 1}))
            return selectPage(up ? std::min(page + 1, m_frames.size() - 1) : page - std::min<std::size_t>(page, 1));
    selectPage(m_frames.size() - 1);
}

bool StackCanvas::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    QToolTip::hideText();
    if (const auto page = m_row ? pageAt(help->pos()) : std::nullopt)
        QToolTip::showText(help->globalPos(),
                           tr("%1: frame %2\nalloc_thread_stack_node(), kernel/fork.c")
                               .arg(hex(lowEnd() + phys_of(NrPages{*page})), hex(m_frames[*page])),
                           this);
    return true;
}

}  // namespace mm::gui
