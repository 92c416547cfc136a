// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/experiment/experiment_view.h"

#include <QLabel>
#include <QScrollArea>
#include <QVBoxLayout>

#include "gui/views/experiment/allocate_form.h"
#include "gui/views/experiment/workload_form.h"

namespace mm::gui {
namespace {

QLabel* heading(const QString& words) {
    auto* label = new QLabel(words);
    label->setObjectName("heading");
    return label;
}

}  // namespace

ExperimentView::ExperimentView(const ViewContext& context, QWidget* parent)
    : View(context, parent),
      m_notYet(new QLabel("The page allocator is not up yet at this moment. Press F5 to run the boot to its end.")),
      m_allocate(new AllocateForm(context.theme, context.state, nullptr)),
      m_workload(new WorkloadForm(context.theme, nullptr)) {
    m_notYet->setWordWrap(true);
    auto* page = new QWidget;
    auto* lines = new QVBoxLayout(page);
    lines->setContentsMargins(1, 1, 6, 1);
    lines->addWidget(m_notYet);
    lines->addWidget(heading("By hand"));
    lines->addWidget(m_allocate);
    lines->addSpacing(6);
    lines->addWidget(heading("Workload"));
    lines->addWidget(m_workload);
    lines->addStretch(1);
    auto* scroll = new QScrollArea(this);
    scroll->setAccessibleName(tr("Experiment"));
    scroll->setWidget(page);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(scroll);
    connect(m_allocate, &AllocateForm::requested, this, &View::requested);
    connect(m_workload, &WorkloadForm::requested, this, &View::requested);
    connect(&m_theme, &Theme::changed, this, &ExperimentView::restyle);
    restyle();
}

void ExperimentView::setSnapshot(const SnapshotPtr& snapshot) {
    m_notYet->setVisible(!snapshot->booted);
    m_allocate->setSnapshot(snapshot);
    m_workload->setBooted(snapshot->booted);
}

void ExperimentView::setStatus(const WorkerStatus& status) {
    m_workload->setStatus(status);
    m_commandsDone = status.commandsDone;
    if (status.serial != m_seenSerial) {
        m_seenSerial = status.serial;
        m_allocate->setAnswer(status);
        m_answer = status.error.isEmpty() ? status.notice : status.error;
    }
    const QString context = status.workload ? "workload running" : QString();
    if (context != m_contextText) {
        m_contextText = context;
        Q_EMIT contextChanged();
    }
}

Table ExperimentView::table() const {
    const StartWorkload w = m_workload->request();
    const auto row = [](const QString& name, auto value) { return QStringList{name, QString::number(value)}; };
    return {{tr("setting"), tr("value")},
            {{tr("last answer"), m_answer},
             row(tr("workload: seed"), w.seed),
             row(tr("workload: weight of unmovable"), w.unmovable),
             row(tr("workload: weight of movable"), w.movable),
             row(tr("workload: weight of reclaimable"), w.reclaimable),
             row(tr("workload: largest order"), w.maxOrder),
             row(tr("workload: mean lifetime in commands"), w.meanLifetime),
             row(tr("workload: percent in use"), w.targetPercent),
             row(tr("workload: commands a second (0: all there are)"), w.commandsPerSecond),
             row(tr("workload: commands done"), m_commandsDone)}};
}

void ExperimentView::restyle() {
    for (QLabel* label : findChildren<QLabel*>()) {
        const QString role = label->objectName();
        label->setFont(role == "heading" ? m_theme.title() : role == "note" ? m_theme.small() : m_theme.body());
    }
    QPalette palette = m_notYet->palette();
    palette.setColor(QPalette::WindowText, m_theme.tokens().dim);
    m_notYet->setPalette(palette);
    m_notYet->setFont(m_theme.body());
}

}  // namespace mm::gui
