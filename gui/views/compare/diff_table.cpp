// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/compare/diff_table.h"

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <QShortcut>
#include <cmath>

#include "gui/views/compare/diff_delegate.h"

namespace mm::gui {

DiffRuler::DiffRuler(const Theme& theme, const DiffModel& model, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_model(model) {
    setToolTip(tr("Differences: click to go there, F7 for the next"));
    setAccessibleName(tr("Places of the differences"));
}

void DiffRuler::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const int rows = m_model.rowCount(), thick = std::max(2, m_theme.px(2));
    if (rows == 0) return;
    for (int i = 0; i < rows; ++i) {
        const Row* row = m_model.rowAt(i);
        if (!row || !row->differs()) continue;
        const int y = static_cast<int>(static_cast<double>(i) / rows * (height() - thick));
        painter.fillRect(QRect(0, y, width(), thick), m_theme.difference().ink);
    }
}

void DiffRuler::mousePressEvent(QMouseEvent* event) {
    const int rows = m_model.rowCount();
    const double wanted = event->position().y() / std::max(1, height()) * rows;
    int best = -1;
    for (int i = 0; i < rows; ++i) {
        const Row* row = m_model.rowAt(i);
        if (row && row->differs() && (best < 0 || std::abs(i - wanted) < std::abs(best - wanted))) best = i;
    }
    if (best >= 0) Q_EMIT clicked(best);
}

DiffTable::DiffTable(const Theme& theme, DiffModel& model, QWidget* parent)
    : QTableView(parent),
      m_theme(theme),
      m_model(model),
      m_delegate(new DiffDelegate(theme, model, this)),
      m_ruler(new DiffRuler(theme, model, this)),
      m_across(new QScrollBar(Qt::Horizontal, this)) {
    setModel(&model);
    setItemDelegate(m_delegate);
    setSelectionBehavior(SelectRows);
    setSelectionMode(ExtendedSelection);
    setShowGrid(false);
    setWordWrap(false);
    setVerticalScrollMode(ScrollPerItem);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    horizontalHeader()->setSectionsClickable(false);
    horizontalHeader()->setHighlightSections(false);
    setAccessibleName(tr("Real and computed log"));
    connect(m_ruler, &DiffRuler::clicked, this, [this](int row) {
        select(row);
        Q_EMIT rowChosen(row);
    });
    connect(m_across, &QScrollBar::valueChanged, this, [this](int shift) {
        m_delegate->setShift(shift);
        viewport()->update();
    });
    connect(&model, &QAbstractItemModel::modelReset, this, [this] {
        fit();
        m_ruler->update();
    });
    connect(this, &QTableView::clicked, this, [this](const QModelIndex& index) {
        if (selectionModel()->selectedRows().size() <= 1) Q_EMIT rowChosen(index.row());
    });
    auto* copyKey = new QShortcut(QKeySequence::Copy, this);
    copyKey->setContext(Qt::WidgetShortcut);
    connect(copyKey, &QShortcut::activated, this, &DiffTable::copy);
    restyle();
}

void DiffTable::setNow(Position now) {
    m_delegate->setNow(now);
    viewport()->update();
}

void DiffTable::restyle() {
    setFont(m_theme.mono());
    horizontalHeader()->setFont(m_theme.small());
    verticalHeader()->setDefaultSectionSize(QFontMetrics(m_theme.mono()).height() + m_theme.px(4));
    m_ruler->setFixedWidth(m_theme.px(6));
    fit();
    viewport()->update();
}

void DiffTable::select(int row) {
    if (row < 0) return;
    selectRow(row);
    const QModelIndex index = m_model.index(row, 0);
    if (!viewport()->rect().contains(visualRect(index).center())) scrollTo(index, PositionAtCenter);
}

/// The sideways scroll bar covers what the widest line has more than a column.
void DiffTable::fit() {
    qsizetype longest = 0;
    for (int row = 0; row < m_model.rowCount(); ++row)
        for (const int column : {DiffModel::left, DiffModel::right})
            if (const SideLine* line = m_model.lineAt(row, column))
                longest = std::max(longest, static_cast<qsizetype>(line->text.size()));
    const int widest =
        static_cast<int>(std::min<qsizetype>(longest, 2000)) * QFontMetrics(m_theme.mono()).horizontalAdvance('0');
    const int room = viewport()->width() / 2 - m_delegate->gutter() - m_theme.px(8);
    const int beyond = std::max(0, widest - room);
    m_across->setRange(0, beyond);
    m_across->setPageStep(std::max(1, room));
    m_across->setSingleStep(m_theme.px(24));
    m_across->setVisible(beyond > 0);
}

QWidget* DiffTable::ruler() const {
    return m_ruler;
}

void DiffTable::resizeEvent(QResizeEvent* event) {
    QTableView::resizeEvent(event);
    fit();
}

void DiffTable::wheelEvent(QWheelEvent* event) {
    const QPoint turned = event->angleDelta();
    const bool across = std::abs(turned.x()) > std::abs(turned.y()) || event->modifiers() == Qt::ShiftModifier;
    if (!across) return QTableView::wheelEvent(event);
    const int by = turned.x() != 0 ? turned.x() : turned.y();
    m_across->setValue(m_across->value() - by / 2);
    event->accept();
}

void DiffTable::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
        case Qt::Key_Return:
        case Qt::Key_Enter:
            if (currentIndex().isValid()) Q_EMIT rowChosen(currentIndex().row());
            return;
        case Qt::Key_Left:
        case Qt::Key_Right:
        case Qt::Key_Home:
        case Qt::Key_End:
        case Qt::Key_Space:
            return event->ignore();  // they move in time
        default:
            QTableView::keyPressEvent(event);
    }
}

void DiffTable::copy() {
    QModelIndexList rows = selectionModel()->selectedRows();
    std::sort(rows.begin(), rows.end());
    QStringList lines;
    for (const QModelIndex& row : rows) {
        const SideLine *l = m_model.lineAt(row.row(), DiffModel::left),
                       *r = m_model.lineAt(row.row(), DiffModel::right);
        const Row* state = m_model.rowAt(row.row());
        if (l && r && !state->differs())
            lines.push_back("  " + logText(l->text));
        else
            for (const auto& [line, sign] : {std::pair{l, "- "}, std::pair{r, "+ "}})
                if (line) lines.push_back(sign + logText(line->text));
    }
    QApplication::clipboard()->setText(lines.join('\n'));
}

}  // namespace mm::gui
