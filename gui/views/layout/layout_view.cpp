// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/layout/layout_view.h"

#include <QLabel>
#include <QScrollArea>
#include <QVBoxLayout>

#include "gui/format/format.h"

namespace mm::gui {

LayoutView::LayoutView(const ViewContext& context, QWidget* parent)
    : View(context, parent),
      m_empty(new QLabel(tr("Open a machine to see what its kernel uses each virtual address for"), this)),
      m_scroll(new QScrollArea(this)),
      m_canvas(new LayoutCanvas(context.theme, nullptr)) {
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setWidgetResizable(true);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_scroll->setWidget(m_canvas);
    m_scroll->hide();
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(m_empty, 1);
    outer->addWidget(m_scroll, 1);
    setFocusProxy(m_canvas);
    connect(m_canvas, &LayoutCanvas::chosen, this, &LayoutView::choose);
    connect(&m_state, &ViewState::selectionChanged, this, &LayoutView::mark);
    connect(&m_state, &ViewState::markChanged, this, [this] {
        if (m_snapshot) setSnapshot(SnapshotPtr(m_snapshot));
    });
    connect(&m_theme, &Theme::changed, this, &LayoutView::restyle);
    restyle();
}

void LayoutView::setSnapshot(const SnapshotPtr& snapshot) {
    m_snapshot = snapshot;
    auto rows = layoutRows(*snapshot);
    if (const SnapshotPtr& mark = m_state.mark(); mark && mark != snapshot)
        compareRows(rows, *mark, *snapshot, m_state.changedSinceMark(snapshot));
    m_empty->setVisible(rows.empty());
    m_scroll->setVisible(!rows.empty());
    m_canvas->setRows(std::move(rows));
    mark();
    const QString context = layoutContext(*snapshot);
    if (context == m_context) return;
    m_context = context;
    Q_EMIT contextChanged();
}

void LayoutView::choose(int row) {
    m_canvas->setCurrent(row);
    const QRect rect = m_canvas->rowRect(row);
    m_scroll->ensureVisible(0, rect.top(), 0, 0);
    m_scroll->ensureVisible(0, rect.bottom(), 0, 0);
    const PfnRange frames = m_canvas->rows()[static_cast<std::size_t>(row)].frames;
    if (frames.empty()) return;
    Selection s;
    s.frames = frames;
    m_state.select(s);
}

void LayoutView::mark() {
    double share = 0;
    const PfnRange frames = m_state.selection().frames;
    const bool one = m_snapshot && m_snapshot->machine && m_snapshot->profile && !frames.empty();
    m_canvas->setMark(one ? rowOfFrame(m_canvas->rows(), *m_snapshot, frames.start, &share) : -1, share);
}

Table LayoutView::table() const {
    Table table{{tr("range"), tr("size"), tr("what"), tr("note"), tr("source")}, {}};
    for (const LayoutRow& row : m_canvas->rows())
        table.rows.push_back({row.range, row.size, text(row.area.name), text(row.area.note), text(row.area.source)});
    return table;
}

void LayoutView::restyle() {
    m_empty->setFont(m_theme.body());
    m_empty->setStyleSheet(QStringLiteral("color: %1").arg(m_theme.tokens().dim.name()));
}

}  // namespace mm::gui
