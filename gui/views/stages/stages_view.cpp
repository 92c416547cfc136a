// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/stages/stages_view.h"

#include <QKeyEvent>
#include <QLabel>
#include <QMouseEvent>
#include <QScrollBar>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "gui/format/format.h"
#include "gui/views/stages/stage_delegate.h"

namespace mm::gui {

StagesView::StagesView(const ViewContext& context, QWidget* parent)
    : View(context, parent), m_tree(new QTreeWidget(this)), m_where(new QLabel(this)) {
    m_tree->setHeaderHidden(true);
    m_tree->setRootIsDecorated(false);
    m_tree->setItemDelegate(new StageDelegate(m_theme, m_tree));
    m_tree->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_tree->setUniformRowHeights(true);
    m_tree->setExpandsOnDoubleClick(false);
    m_tree->setAccessibleName("Boot stages");
    m_tree->installEventFilter(this);
    m_tree->viewport()->installEventFilter(this);
    m_where->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_where->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_tree, 1);
    layout->addWidget(m_where);
    connect(m_tree, &QTreeWidget::itemDoubleClicked, this, [this](QTreeWidgetItem* item) { runTo(item); });
    connect(&m_theme, &Theme::changed, this, &StagesView::restyle);
    setFocusProxy(m_tree);
    restyle();
}

void StagesView::rebuild(const History& history) {
    m_table = {{tr("stage"), tr("file"), tr("depth"), tr("first event"), tr("last event")}, {}};
    for (std::size_t i = 0; i < history.stages().size(); ++i) {
        const StageInfo& stage = history.stages()[i];
        const StageSpan& span = history.spans()[i];
        m_table.rows.push_back({text(stage.name), text(stage.file), QString::number(stage.depth),
                                QString::number(span.first), QString::number(span.last)});
    }
    m_tree->clear();
    m_items.clear();
    m_running = nullptr;
    m_current = -2;
    const std::vector<StageInfo>& stages = history.stages();
    for (std::size_t i = 0; i < stages.size(); ++i) {
        const StageInfo& stage = stages[i];
        auto* item = stage.parent < 0 ? new QTreeWidgetItem(m_tree)
                                      : new QTreeWidgetItem(m_items.at(static_cast<std::size_t>(stage.parent)));
        item->setText(0, text(stage.name));
        item->setToolTip(0, QString("%1()\n%2\nDouble click: run to its end").arg(text(stage.name), text(stage.file)));
        item->setData(0, stageIndexRole, static_cast<int>(i));
        if (item->parent()) item->parent()->setData(0, stageGroupRole, true);
        m_items.push_back(item);
    }
    m_tree->expandAll();
}

void StagesView::setSnapshot(const SnapshotPtr& snapshot) {
    if (snapshot->machine != m_machine || m_items.size() != snapshot->history.stages().size()) {
        m_machine = snapshot->machine;
        rebuild(snapshot->history);
    }
    update(*snapshot);
}

void StagesView::update(const Snapshot& snapshot) {
    const std::vector<StageSpan>& spans = snapshot.history.spans();
    Position bootEnd = 0;
    for (const StageSpan& span : spans)
        bootEnd = std::max(bootEnd, span.last);
    const bool running = snapshot.booted && snapshot.total > bootEnd;
    const int current = running && snapshot.at > bootEnd ? static_cast<int>(m_items.size()) : snapshot.stage;
    int done = 0, leaves = 0;
    for (std::size_t i = 0; i < m_items.size() && i < spans.size(); ++i) {
        const int index = static_cast<int>(i);
        const bool isDone = index < current || (index == current && snapshot.at >= spans[i].last);
        const StageMark mark = index == current ? StageMark::current : isDone ? StageMark::done : StageMark::future;
        m_items[i]->setData(0, stageMarkRole, static_cast<int>(mark));
        if (m_items[i]->childCount() > 0) continue;
        ++leaves;
        if (isDone) ++done;
    }
    if (running && !m_running) {
        m_running = new QTreeWidgetItem(m_tree, {"run"});
        m_running->setToolTip(0, "What was allocated and freed after the boot. Double click: to its end");
        m_running->setData(0, stageIndexRole, -1);
    } else if (!running && m_running) {
        delete std::exchange(m_running, nullptr);
    }
    if (m_running)
        m_running->setData(0, stageMarkRole,
                           static_cast<int>(snapshot.at > bootEnd ? StageMark::current : StageMark::future));
    if (current != m_current) {
        m_current = current;
        QTreeWidgetItem* item = current >= 0 && current < static_cast<int>(m_items.size())
                                    ? m_items[static_cast<std::size_t>(current)]
                                    : m_running;
        if (item)
            m_tree->scrollToItem(item, QAbstractItemView::PositionAtCenter);
        else
            m_tree->scrollToTop();
    }
    const EventKind kind = snapshot.last_event().event.kind;
    const bool hasStage = snapshot.stage >= 0 && snapshot.stage < static_cast<int>(m_items.size());
    const bool recording = snapshot.history.stages().empty();
    QString where = recording ? "A recording has no boot stages" : "power-on";
    if (snapshot.at > 0 && kind != EventKind::stage && !kernel_function_of(kind).empty())
        where = text(kernel_file_of(kind)) + "  " + text(kernel_function_of(kind));
    else if (hasStage)
        where = text(snapshot.history.stages()[static_cast<std::size_t>(snapshot.stage)].file);
    m_where->setText(where.section('/', -1));  // the folder is in the tooltip
    m_where->setToolTip(where);
    const QString context = recording                      ? QStringLiteral("recording")
                            : done == leaves && leaves > 0 ? (running ? "running" : "booted")
                                                           : QString("%1 of %2 done").arg(done).arg(leaves);
    if (context != m_contextText) {
        m_contextText = context;
        Q_EMIT contextChanged();
    }
}

void StagesView::runTo(const QTreeWidgetItem* item) {
    if (!item) return;
    if (const int stage = item->data(0, stageIndexRole).toInt(); stage >= 0)
        Q_EMIT requested(RunToStage{stage});
    else
        Q_EMIT requested(StepBy{Step::toEnd});
}

void StagesView::runToSelected() {
    runTo(m_tree->currentItem());
}

bool StagesView::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_tree && event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
            runToSelected();
            return true;
        }
        // Space plays, as everywhere else in the window, instead of toggling a selection nobody needs.
        if (key->key() == Qt::Key_Space) {
            event->ignore();
            return QWidget::event(event);
        }
    }
    if (watched == m_tree->viewport() && event->type() == QEvent::MouseButtonPress) {
        const QPoint at = static_cast<QMouseEvent*>(event)->position().toPoint();
        QTreeWidgetItem* item = m_tree->itemAt(at);
        if (item && item->childCount() > 0 && at.x() < m_tree->visualItemRect(item).left() + m_theme.px(18))
            item->setExpanded(!item->isExpanded());
    }
    return View::eventFilter(watched, event);
}

void StagesView::restyle() {
    m_tree->setIndentation(m_theme.px(11));
    m_where->setFont(m_theme.mono());
    m_where->setStyleSheet(QString("color: %1; border-top: 1px solid %2; padding-top: %3px;")
                               .arg(m_theme.tokens().dim.name(), m_theme.tokens().line.name())
                               .arg(m_theme.px(6)));
    m_tree->doItemsLayout();
    m_tree->viewport()->update();
}

}  // namespace mm::gui
