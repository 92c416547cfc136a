// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/processes/processes_view.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include "engine/snapshot/mm_counters.h"
#include "engine/snapshot/process_format.h"
#include "gui/format/format.h"
#include "gui/views/processes/process_model.h"
#include "gui/widgets/dim_rows.h"
#include "gui/widgets/moment_list.h"
#include "gui/widgets/table_and_canvas.h"

namespace mm::gui {

ProcessesView::ProcessesView(const ViewContext& context, QWidget* parent)
    : View(context, parent),
      m_model(new ProcessModel(this)),
      m_processes(new QTableView),
      m_canvas(new AreasCanvas(m_theme, m_state, nullptr)),
      m_parts(new TableAndCanvas(m_theme, m_processes, m_canvas, this)),
      m_empty(
          new QLabel(tr("No process runs yet: boot to the end (F5), then press spawn above, or start a workload such "
                        "as kernel-build in the panel Experiment"),
                     this)),
      m_lists(new QLabel(this)),
      m_title(new QWidget),
      m_path(new QLineEdit("/bin/sh")),
      m_spawn(new QToolButton),
      m_exit(new QToolButton) {
    setAccessibleName(tr("Processes"));
    m_empty->setWordWrap(true);
    m_empty->setAlignment(Qt::AlignTop);
    m_lists->setWordWrap(true);
    m_lists->setToolTip(tr("The lists reclaim takes pages from, inactive ones first (struct lruvec, mm/vmscan.c)"));
    m_processes->setModel(m_model);
    m_processes->setItemDelegate(new DimRows(m_theme, this));
    connect(&m_state, &ViewState::markChanged, m_model, [this] { m_model->setMark(m_state.mark()); });
    m_model->setMark(m_state.mark());
    makeList(*m_processes);
    m_processes->horizontalHeader()->setStretchLastSection(false);
    m_processes->horizontalHeader()->setSectionResizeMode(ProcessModel::command, QHeaderView::Stretch);
    m_processes->setAccessibleName(tr("Processes"));
    m_path->setToolTip(tr("The program's path"));
    m_path->setAccessibleName(tr("The program's path"));
    m_spawn->setText(tr("spawn"));
    m_spawn->setToolTip(tr("fork() and execve(): a new process runs the program"));
    m_exit->setText(tr("exit"));
    m_exit->setToolTip(tr("The chosen process ends: exit_group()"));
    auto* title = new QHBoxLayout(m_title);
    title->setContentsMargins(0, 0, 0, 0);
    for (QWidget* widget :
         {static_cast<QWidget*>(m_path), static_cast<QWidget*>(m_spawn), static_cast<QWidget*>(m_exit)})
        title->addWidget(widget);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_empty);
    all->addWidget(m_parts, 1);
    all->addWidget(m_lists);
    connect(m_spawn, &QToolButton::clicked, this, &ProcessesView::spawn);
    connect(m_path, &QLineEdit::returnPressed, this, &ProcessesView::spawn);
    connect(m_exit, &QToolButton::clicked, this, &ProcessesView::exit);
    connect(m_processes->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            &ProcessesView::processChanged);
    connect(&m_state, &ViewState::selectionChanged, this, [this](const Selection& selection) {
        if (!selection.frames.empty()) showUserOf(selection.frames.start);
    });
    connect(&m_theme, &Theme::changed, this, &ProcessesView::restyle);
    setFocusProxy(m_processes);
    restyle();
    m_parts->hide();
}

/// "active anon 12 MiB, inactive anon 3 MiB, ...; 20 MiB in swap".
QString ProcessesView::summary() const {
    const MmState& state = m_snapshot->state.processes;
    QStringList parts;
    for (const auto& [name, words] : {std::pair{"nr_active_anon", tr("active anon")},
                                      {"nr_inactive_anon", tr("inactive anon")},
                                      {"nr_active_file", tr("active file")},
                                      {"nr_inactive_file", tr("inactive file")},
                                      {"nr_unevictable", tr("unevictable")}})
        parts << words + " " + pagesAsSize(node_stat(state, name));
    if (state.swap.on())
        parts << tr("swap %1 of %2").arg(pagesAsSize(state.swap.inuse), pagesAsSize(state.swap.pages - 1));
    return tr("LRU: ") + parts.join(QStringLiteral(" · "));
}

void ProcessesView::setSnapshot(const SnapshotPtr& snapshot) {
    m_snapshot = snapshot;
    const MmState& state = snapshot->state.processes;
    const Pid before = m_canvas->process();
    m_model->setSnapshot(snapshot);
    const bool any = !state.tasks->empty();
    m_empty->setVisible(!any);
    m_parts->setVisible(any);
    m_lists->setVisible(any);
    m_lists->setText(any ? summary() : QString());
    m_spawn->setEnabled(snapshot->booted);
    if (any && m_model->rowOf(before) < 0)
        showProcess(state.tasks->rbegin()->first);
    else if (any && m_processes->currentIndex().row() < 0)
        showProcess(before);
    m_canvas->setSnapshot(snapshot);
    describe();
    m_exit->setEnabled(any);
    const QString context =
        any ? tr("%1 · %2 anonymous · %3 of files")
                  .arg(state.tasks->size() == 1 ? tr("1 process") : tr("%1 processes").arg(state.tasks->size()))
                  .arg(pagesAsSize(node_stat(state, "nr_anon_pages")), pagesAsSize(node_stat(state, "nr_file_pages")))
            : QString();
    if (context == m_contextText) return;
    m_contextText = context;
    Q_EMIT contextChanged();
}

void ProcessesView::spawn() {
    Q_EMIT requested(RunCommand{QStringLiteral("spawn ") + m_path->text().trimmed()});
}

void ProcessesView::exit() {
    if (m_canvas->process()) Q_EMIT requested(RunCommand{QStringLiteral("exit %1").arg(m_canvas->process())});
}

void ProcessesView::processChanged() {
    const Pid pid = m_model->pidAt(m_processes->currentIndex().row());
    if (!pid) return;
    m_canvas->setProcess(pid);
    describe();
}

/// What is shown below, and what its colours are.
void ProcessesView::describe() {
    const Mm* mm = m_snapshot ? m_snapshot->state.processes.mm_of(m_canvas->process()) : nullptr;
    const auto mark = [](const QColor& colour, const QString& words) {
        return QStringLiteral("&nbsp; <span style=\"color:%1\">\u25a0</span> %2").arg(colour.name(), words);
    };
    const QString legend = mark(m_theme.migrate(MigrateType::movable, false), tr("anonymous")) +
                           mark(m_theme.migrate(MigrateType::reclaimable, false), tr("of a file")) +
                           mark(m_theme.tokens().holeHatch, tr("in swap"));
    m_parts->words().setText(mm ? tr("%1 · %2 areas · %3 of addresses, %4 in memory")
                                          .arg(text(mm->exe))
                                          .arg(mm->areas.size())
                                          .arg(pagesAsSize(mm->total_vm), pagesAsSize(mm->resident())) +
                                      legend
                                : QString());
}

void ProcessesView::showProcess(Pid pid) {
    m_parts->chooseRow(m_model->rowOf(pid));
}

void ProcessesView::showUserOf(Pfn pfn) {
    if (!m_snapshot) return;
    const auto use = useOfFrame(*m_snapshot, pfn);
    if (!use) return;
    showProcess(use->pid);
    m_parts->reveal(m_canvas->rowOf(use->area));
}

void ProcessesView::resizeEvent(QResizeEvent* event) {
    View::resizeEvent(event);
    m_parts->arrange(*this, 1400);
}

Table ProcessesView::table() const {
    return tableOf(*m_model);
}

QString ProcessesView::procName() const {
    return m_canvas->process() ? QStringLiteral("/proc/%1/maps").arg(m_canvas->process()) : QString();
}

QString ProcessesView::procText() const {
    return m_snapshot && m_canvas->process() ? text(print_maps(*m_snapshot, m_canvas->process())) : QString();
}

void ProcessesView::restyle() {
    m_empty->setFont(m_theme.body());
    QPalette palette = m_empty->palette();
    palette.setColor(QPalette::WindowText, m_theme.tokens().dim);
    m_empty->setPalette(palette);
    m_lists->setFont(m_theme.small());
    m_lists->setPalette(palette);
    m_parts->restyle();
    const QFontMetrics metrics(m_theme.mono());
    m_processes->setColumnWidth(ProcessModel::pid, metrics.horizontalAdvance("32768") + m_theme.px(14));
    for (int column = ProcessModel::resident; column < ProcessModel::columns; ++column)
        m_processes->setColumnWidth(column, metrics.horizontalAdvance("999.9 MiB") + m_theme.px(12));
    for (QWidget* widget :
         {static_cast<QWidget*>(m_path), static_cast<QWidget*>(m_spawn), static_cast<QWidget*>(m_exit)})
        widget->setFont(m_theme.small());
    m_path->setFixedWidth(metrics.horizontalAdvance("/usr/bin/editor") + m_theme.px(16));
    describe();
}

}  // namespace mm::gui
