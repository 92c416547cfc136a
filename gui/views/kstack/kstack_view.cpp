// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/kstack/kstack_view.h"

#include <QHeaderView>
#include <QLabel>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include "engine/snapshot/proc_format.h"
#include "gui/format/format.h"
#include "gui/widgets/dim_rows.h"
#include "gui/widgets/empty_words.h"
#include "gui/widgets/moment_list.h"
#include "gui/widgets/table_and_canvas.h"
#include "gui/widgets/title_line.h"

namespace mm::gui {

KstackView::KstackView(const ViewContext& context, QWidget* parent)
    : View(context, parent),
      m_model(new TaskModel(this)),
      m_stacks(new QTableView),
      m_canvas(new StackCanvas(m_theme, m_state, nullptr)),
      m_parts(new TableAndCanvas(m_theme, m_stacks, m_canvas, this)),
      m_empty(new EmptyWords(m_theme,
                             tr("What tasks cost the kernel appears here with the first one: run the boot to its end "
                                "(F5), then press alloc_task above"),
                             this)),
      m_new(titleButton(QStringLiteral("alloc_task"), tr("dup_task_struct(): a task_struct and a kernel stack"))),
      m_free(
          titleButton(QStringLiteral("free_task"), tr("End the marked task: the CPU keeps two stacks for the next"))),
      m_title(titleLine({m_new, m_free})) {
    setAccessibleName(tr("Kernel stacks"));
    m_stacks->setModel(m_model);
    connect(&m_state, &ViewState::markChanged, m_model, [this] { m_model->setMark(m_state.mark()); });
    m_model->setMark(m_state.mark());
    makeList(*m_stacks);
    m_stacks->setItemDelegate(new DimRows(m_theme, TaskModel::waits, true, this));
    m_stacks->setAccessibleName(tr("Tasks and kept stacks"));
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_empty);
    all->addWidget(m_parts, 1);
    connect(m_new, &QToolButton::clicked, this,
            [this] { Q_EMIT requested(RunCommand{QStringLiteral("alloc_task cpu 0")}); });
    connect(m_free, &QToolButton::clicked, this, &KstackView::free);
    connect(m_stacks->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &KstackView::rowChanged);
    connect(&m_state, &ViewState::selectionChanged, this, &KstackView::followSelection);
    connect(&m_theme, &Theme::changed, this, &KstackView::restyle);
    setFocusProxy(m_stacks);
    restyle();
    enable();
    m_parts->hide();
}

QString KstackView::context() const {
    const StackState& stacks = m_snapshot->state.kstack;
    if (!stacks.up) return {};
    const std::size_t kept = static_cast<std::size_t>(m_model->rowCount()) - stacks.tasks->size();
    return tr("%1 of %2")
               .arg(stacks.tasks->size() == 1 ? tr("1 stack") : tr("%1 stacks").arg(stacks.tasks->size()),
                    sizeText(stacks.config.size())) +
           (kept != 0 ? tr(" · %1 kept").arg(kept) : QString());
}

void KstackView::setSnapshot(const SnapshotPtr& snapshot) {
    m_snapshot = snapshot;
    const std::optional<StackRow> before = m_canvas->stack();
    m_model->setSnapshot(snapshot);
    const bool up = m_model->rowCount() != 0;
    m_empty->setVisible(!up);
    m_parts->setVisible(up);
    if (m_answered)
        if (const int row = m_model->rowOfTask(*m_answered); row >= 0) {
            m_answered.reset();
            m_parts->chooseRow(row);
        }
    if (up && m_stacks->currentIndex().row() < 0)
        m_parts->chooseRow(before && m_model->rowOf(*before) >= 0 ? m_model->rowOf(*before) : 0);
    rowChanged();
    if (context() == m_contextText) return;
    m_contextText = context();
    Q_EMIT contextChanged();
}

void KstackView::setStatus(const WorkerStatus& status) {
    if (status.serial == m_seenSerial) return;
    m_seenSerial = status.serial;
    if (!status.answer.task) return;
    m_answered = status.answer.task;
    if (m_snapshot) setSnapshot(m_snapshot);
}

void KstackView::rowChanged() {
    const StackRow* row = m_model->stackAt(m_stacks->currentIndex().row());
    m_canvas->setStack(m_snapshot, row ? std::optional(*row) : std::nullopt,
                       row ? m_model->framesOf(*row) : std::vector<Pfn>{});
    m_parts->words().setText(row ? m_model->summary(*row) : QString());
    enable();
}

void KstackView::enable() {
    m_new->setEnabled(m_snapshot && m_snapshot->booted);
    m_free->setEnabled(m_canvas->stack() && !m_canvas->stack()->kept);
}

void KstackView::free() {
    if (const auto& stack = m_canvas->stack(); stack && !stack->kept)
        Q_EMIT requested(RunCommand{QStringLiteral("free_task %1").arg(stack->task)});
}

void KstackView::followSelection() {
    const PfnRange frames = m_state.selection().frames;
    if (!m_snapshot || frames.empty()) return;
    m_parts->chooseRow(m_model->rowOfFrame(frames.start));
}

void KstackView::resizeEvent(QResizeEvent* event) {
    View::resizeEvent(event);
    m_parts->arrange(*this);
}

Table KstackView::table() const {
    return tableOf(*m_model);
}

QString KstackView::procText() const {
    return m_snapshot ? text(print_tasks(*m_snapshot)) : QString();
}

void KstackView::restyle() {
    m_parts->restyle();
    const QFontMetrics metrics(m_theme.mono());
    const char* widest[]{"1 000", "PID 1234 systemd", "0x123456789a", "0xffffc90000000000"};
    for (int column = 0; column < TaskModel::frames; ++column)
        m_stacks->setColumnWidth(column, metrics.horizontalAdvance(widest[column]) + m_theme.px(14));
    styleTitleLine(*m_title, m_theme);
}

}  // namespace mm::gui
