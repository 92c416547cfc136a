// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/shell/palette.h"

#include <QApplication>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>
#include <algorithm>

#include "gui/style/theme.h"

namespace mm::gui {
namespace {

constexpr int rowsShown = 11;

/// Words left, matched letters bold; group and keys grey at the right.
class RowPainter : public QStyledItemDelegate {
public:
    RowPainter(const Theme& theme, QObject* parent) : QStyledItemDelegate(parent), m_theme(theme) {}

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
        return {m_theme.px(200), m_theme.px(26)};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const Tokens& ink = m_theme.tokens();
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        if (option.state.testFlag(QStyle::State_Selected)) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(ink.accentWash);
            painter->drawRoundedRect(option.rect, m_theme.px(4), m_theme.px(4));
        }
        QRectF row = QRectF(option.rect).adjusted(m_theme.px(8), 0, -m_theme.px(8), 0);
        const bool enabled = index.flags().testFlag(Qt::ItemIsEnabled);
        painter->setFont(m_theme.mono());
        painter->setPen(ink.dim);
        const QString keys = index.data(PaletteModel::keysRole).toString();
        painter->drawText(row, Qt::AlignRight | Qt::AlignVCenter, keys);
        row.setRight(row.right() - m_theme.px(118));
        painter->setFont(m_theme.small());
        painter->setPen(ink.faint);
        const QString group = index.data(PaletteModel::groupRole).toString();
        painter->drawText(row, Qt::AlignRight | Qt::AlignVCenter, group);
        row.setRight(row.right() - painter->fontMetrics().horizontalAdvance(group) - m_theme.px(12));
        painter->setPen(enabled ? ink.text : ink.faint);
        paintWords(*painter, row, index);
        painter->restore();
    }

private:
    void paintWords(QPainter& painter, QRectF row, const QModelIndex& index) const {
        const QFont plain = m_theme.body();
        QFont bold = plain;
        bold.setWeight(QFont::Bold);
        const auto letters = index.data(PaletteModel::lettersRole).value<QVector<int>>();
        const QFontMetricsF plainMetrics(plain), boldMetrics(bold);
        const QString words = plainMetrics.elidedText(index.data().toString(), Qt::ElideRight, row.width());
        double x = row.left();
        // Runs of equal weight, so that kerning and ligatures stay whole.
        for (qsizetype i = 0; i < words.size();) {
            const bool matched = letters.contains(int(i));
            qsizetype end = i + 1;
            while (end < words.size() && letters.contains(int(end)) == matched)
                ++end;
            const QString run = words.mid(i, end - i);
            painter.setFont(matched ? bold : plain);
            painter.drawText(QRectF(x, row.top(), row.right() - x + 2, row.height()), Qt::AlignLeft | Qt::AlignVCenter,
                             run);
            x += (matched ? boldMetrics : plainMetrics).horizontalAdvance(run);
            i = end;
        }
    }

    const Theme& m_theme;
};

}  // namespace

Palette::Palette(const Theme& theme, Places places, QWidget* window)
    : QFrame(window),
      m_theme(theme),
      m_places(std::move(places)),
      m_model(new PaletteModel(this)),
      m_line(new QLineEdit(this)),
      m_list(new QListView(this)),
      m_nothing(new QLabel("No command and no place of that name", this)) {
    setObjectName("palette");
    setAccessibleName("Command palette");
    setAutoFillBackground(true);
    m_line->setPlaceholderText("Command, pfn, address, stage or words of the log");
    m_line->setAccessibleName("Command or place");
    m_line->installEventFilter(this);
    m_list->setModel(m_model);
    m_list->setItemDelegate(new RowPainter(theme, m_list));
    m_list->setFocusPolicy(Qt::NoFocus);  // typing goes on while one chooses
    m_list->setUniformItemSizes(true);
    m_list->setAccessibleName("Matching commands and places");
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setMouseTracking(true);
    auto* column = new QVBoxLayout(this);
    column->addWidget(m_line);
    column->addWidget(m_list, 1);
    column->addWidget(m_nothing);
    connect(m_line, &QLineEdit::textChanged, this, &Palette::filter);
    connect(m_list, &QListView::entered, this, [this](const QModelIndex& i) { choose(i.row()); });
    connect(m_list, &QListView::clicked, this, [this](const QModelIndex& i) {
        choose(i.row());
        runCurrent();
    });
    connect(&theme, &Theme::changed, this, &Palette::restyle);
    window->installEventFilter(this);
    restyle();
    hide();
}

void Palette::open(std::vector<PaletteEntry> commands, const QString& words) {
    m_model->setCommands(std::move(commands));
    m_line->setText(words);
    filter();
    place();
    show();
    raise();
    m_line->setFocus(Qt::ShortcutFocusReason);
}

void Palette::close() {
    hide();
    parentWidget()->setFocus();
}

void Palette::filter() {
    const QString words = m_line->text();
    m_model->setPattern(words, m_places(words));
    const bool any = m_model->rowCount() > 0;
    m_list->setVisible(any);
    m_nothing->setVisible(!any);
    choose(0);
    place();
}

void Palette::choose(int row) {
    row = std::clamp(row, 0, std::max(0, m_model->rowCount() - 1));
    const QModelIndex index = m_model->index(row);
    m_list->setCurrentIndex(index);
    m_list->scrollTo(index);
    m_line->setAccessibleDescription(index.data(Qt::AccessibleTextRole).toString());
}

void Palette::runCurrent() {
    const QModelIndex index = m_list->currentIndex();
    if (!index.isValid() || !index.flags().testFlag(Qt::ItemIsEnabled)) return;
    const PaletteEntry entry = m_model->entry(index.row());
    close();
    entry.run();
}

void Palette::place() {
    const QWidget& window = *parentWidget();
    const QMargins around = layout()->contentsMargins();
    const int rows = std::clamp(m_model->rowCount(), 1, rowsShown);
    const int wide = std::min(m_theme.px(620), window.width() - m_theme.px(32));
    const int high = around.top() + m_line->sizeHint().height() + layout()->spacing() + rows * m_theme.px(26) +
                     around.bottom() + m_theme.px(2);
    setGeometry((window.width() - wide) / 2, m_theme.px(52), wide, std::min(high, window.height() - m_theme.px(60)));
}

void Palette::restyle() {
    const Tokens& ink = m_theme.tokens();
    setStyleSheet(QString("#palette { background: %1; border: 1px solid %2; border-radius: %3px; }")
                      .arg(ink.panel.name(), ink.accent.name())
                      .arg(m_theme.px(6)));
    m_line->setFont(m_theme.body());
    m_nothing->setFont(m_theme.body());
    m_nothing->setIndent(m_theme.px(8));
    const int side = m_theme.px(8);
    layout()->setContentsMargins(side, side, side, side);
    layout()->setSpacing(m_theme.px(6));
    if (isVisible()) place();
}

bool Palette::eventFilter(QObject* watched, QEvent* event) {
    if (watched == parentWidget()) {
        if (event->type() == QEvent::Resize && isVisible()) place();
        return false;
    }
    if (event->type() == QEvent::FocusOut && isVisible()) {
        // A menu or another window takes the focus only for a while.
        if (static_cast<QFocusEvent*>(event)->reason() == Qt::MouseFocusReason) hide();
        return false;
    }
    if (event->type() != QEvent::KeyPress) return false;
    const int row = m_list->currentIndex().row();
    switch (static_cast<QKeyEvent*>(event)->key()) {
        case Qt::Key_Escape:
            close();
            return true;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            runCurrent();
            return true;
        case Qt::Key_Down:
            choose(row + 1 < m_model->rowCount() ? row + 1 : 0);
            return true;
        case Qt::Key_Up:
            choose(row > 0 ? row - 1 : m_model->rowCount() - 1);
            return true;
        case Qt::Key_PageDown:
            choose(row + rowsShown - 1);
            return true;
        case Qt::Key_PageUp:
            choose(row - rowsShown + 1);
            return true;
        default:
            return false;
    }
}

}  // namespace mm::gui
