// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/notes/notes_view.h"

#include <QHeaderView>
#include <QLabel>
#include <QShortcut>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include "gui/views/notes/notes_model.h"
#include "gui/widgets/moment_list.h"

namespace mm::gui {

NotesView::NotesView(const ViewContext& context, QWidget* parent)
    : View(context, parent),
      m_model(new NotesModel(m_state.notes(), this)),
      m_list(new QTableView(this)),
      m_add(new QToolButton),
      m_empty(
          new QLabel(tr("Bookmarks and notes appear here: Ctrl+D marks this moment and the selected frames"), this)) {
    setAccessibleName(tr("Notes and bookmarks"));
    m_empty->setWordWrap(true);
    m_empty->setAlignment(Qt::AlignTop);
    m_list->setModel(m_model);
    makeList(*m_list);
    m_list->setEditTriggers(QAbstractItemView::EditKeyPressed | QAbstractItemView::DoubleClicked);
    m_list->setAccessibleName(tr("Notes"));
    m_add->setText(tr("Note here"));
    m_add->setToolTip(tr("A note of this moment and the selected frames (Ctrl+D bookmarks without words)"));
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_empty);
    all->addWidget(m_list, 1);
    connect(m_add, &QToolButton::clicked, this, &NotesView::add);
    connect(m_list, &QTableView::clicked, this, [this](const QModelIndex& i) { goTo(i.row()); });
    connect(m_list, &QTableView::activated, this, [this](const QModelIndex& i) { goTo(i.row()); });
    auto* remove = new QShortcut(QKeySequence::Delete, m_list);
    remove->setContext(Qt::WidgetShortcut);
    connect(remove, &QShortcut::activated, this, [this] {
        if (m_list->currentIndex().isValid())
            m_state.notes().remove(static_cast<std::size_t>(m_list->currentIndex().row()));
    });
    connect(&m_state.notes(), &Notes::changed, this, &NotesView::showEmpty);
    connect(&m_theme, &Theme::changed, this, &NotesView::restyle);
    setFocusProxy(m_list);
    restyle();
    showEmpty();
}

QWidget* NotesView::titleWidget() {
    return m_add;
}

void NotesView::setSnapshot(const SnapshotPtr& snapshot) {
    m_snapshot = snapshot;
    m_model->setSnapshot(snapshot);
}

void NotesView::add() {
    if (!m_snapshot) return;
    const std::size_t row = m_state.notes().add({m_snapshot->at, m_state.selection().frames, {}});
    const QModelIndex words = m_model->index(static_cast<int>(row), NotesModel::words);
    m_list->setCurrentIndex(words);
    m_list->edit(words);
}

void NotesView::goTo(int row) {
    const Note& note = m_state.notes().all()[static_cast<std::size_t>(row)];
    m_state.select({.frames = note.frames, .list = {}, .event = note.at});
    Q_EMIT requested(Seek{note.at});
}

void NotesView::showEmpty() {
    const bool any = !m_state.notes().all().empty();
    m_empty->setVisible(!any);
    m_list->setVisible(any);
}

void NotesView::restyle() {
    m_empty->setFont(m_theme.body());
    QPalette palette = m_empty->palette();
    palette.setColor(QPalette::WindowText, m_theme.tokens().dim);
    m_empty->setPalette(palette);
    m_list->setFont(m_theme.mono());
    m_list->horizontalHeader()->setFont(m_theme.small());
    const QFontMetrics metrics(m_theme.mono());
    m_list->verticalHeader()->setMinimumSectionSize(1);
    m_list->verticalHeader()->setDefaultSectionSize(metrics.height() + m_theme.px(5));
    m_list->setColumnWidth(NotesModel::event, metrics.horizontalAdvance("10 000 000") + m_theme.px(16));
    m_list->setColumnWidth(NotesModel::stage, metrics.horizontalAdvance("e820__memory_setup") + m_theme.px(16));
    m_list->setColumnWidth(NotesModel::frames, metrics.horizontalAdvance("pfn 0x1a8c0-0x1a9ff") + m_theme.px(16));
    m_add->setFont(m_theme.small());
}

}  // namespace mm::gui
