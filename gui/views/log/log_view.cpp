// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/log/log_view.h"

#include <QApplication>
#include <QClipboard>
#include <QLineEdit>
#include <QListView>
#include <QScrollBar>
#include <QShortcut>
#include <QSortFilterProxyModel>
#include <QVBoxLayout>
#include <algorithm>

#include "engine/snapshot/proc_format.h"
#include "gui/format/format.h"
#include "gui/views/log/log_model.h"
#include "gui/widgets/dim_rows.h"

namespace mm::gui {

LogView::LogView(const ViewContext& context, QWidget* parent)
    : View(context, parent),
      m_model(new LogModel(this)),
      m_filtered(new QSortFilterProxyModel(this)),
      m_list(new QListView(this)),
      m_filter(new QLineEdit) {
    m_filtered->setSourceModel(m_model);
    m_filtered->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_list->setModel(m_filtered);
    m_list->setUniformItemSizes(true);
    m_list->setItemDelegate(new DimRows(m_theme, m_list));
    m_list->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_list->setAccessibleName("Kernel log");
    m_filter->setPlaceholderText("filter");
    m_filter->setClearButtonEnabled(true);
    m_filter->setAccessibleName("Filter the kernel log");
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_list);
    connect(m_filter, &QLineEdit::textChanged, m_filtered, &QSortFilterProxyModel::setFilterFixedString);
    connect(m_list, &QListView::clicked, this, &LogView::goTo);
    connect(m_list, &QListView::activated, this, &LogView::goTo);
    auto* copyKey = new QShortcut(QKeySequence::Copy, m_list);
    copyKey->setContext(Qt::WidgetShortcut);
    connect(copyKey, &QShortcut::activated, this, &LogView::copy);
    connect(&m_theme, &Theme::changed, this, &LogView::restyle);
    const auto compare = [this] {
        m_model->setMark(m_state.mark());
        say();
    };
    connect(&m_state, &ViewState::markChanged, this, compare);
    compare();
    setFocusProxy(m_list);
    restyle();
}

QWidget* LogView::titleWidget() {
    return m_filter;
}

void LogView::setSnapshot(const SnapshotPtr& snapshot) {
    m_snapshot = snapshot;
    m_model->setSnapshot(snapshot);
    m_list->scrollToBottom();  // the latest line is the one that belongs to now
    say();
}

void LogView::say() {
    const int lines = m_model->rowCount();
    QString context = lines == 1 ? QString("1 line") : QString("%1 lines").arg(number(std::uint64_t(lines)));
    const auto [fresh, gone] = m_model->sinceMark();
    if (fresh > 0) context += QString(" · %1 not at A").arg(number(std::uint64_t(fresh)));
    if (gone > 0) context += QString(" · %1 only at A").arg(number(std::uint64_t(gone)));
    if (context != m_contextText) {
        m_contextText = context;
        Q_EMIT contextChanged();
    }
}

QString LogView::procText() const {
    return m_snapshot ? text(print_dmesg(*m_snapshot)) : QString();
}

void LogView::goTo(const QModelIndex& index) {
    if (!index.isValid() || m_list->selectionModel()->selectedRows().size() > 1) return;
    Q_EMIT requested(Seek{m_model->positionOf(m_filtered->mapToSource(index).row())});
}

void LogView::copy() {
    QModelIndexList rows = m_list->selectionModel()->selectedRows();
    std::sort(rows.begin(), rows.end());
    QStringList lines;
    for (const QModelIndex& row : rows)
        lines.push_back(row.data().toString());
    QApplication::clipboard()->setText(lines.join('\n'));
}

void LogView::restyle() {
    m_list->setFont(m_theme.mono());
    m_filter->setFont(m_theme.small());
    m_filter->setFixedWidth(m_theme.px(160));
}

}  // namespace mm::gui
