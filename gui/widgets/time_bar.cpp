// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/time_bar.h"

#include <QAction>
#include <QHBoxLayout>
#include <QMenu>
#include <QPainter>
#include <QToolButton>

#include "gui/format/format.h"
#include "gui/style/theme.h"
#include "gui/widgets/elided_label.h"
#include "gui/widgets/glyphs.h"
#include "gui/widgets/time_slider.h"

namespace mm::gui {
namespace {

constexpr int columnWidth = 138;  ///< about what a plot leaves free at its right

}  // namespace

TimeBar::TimeBar(const Theme& theme, const Hop& kinds, const Hop& misses, const Hop& notes, QMenu* branches,
                 QWidget* parent)
    : QWidget(parent),
      m_theme(theme),
      m_slider(new TimeSlider(theme, this)),
      m_column(new QWidget(this)),
      m_branch(new QToolButton(m_column)) {
    setAccessibleName("Time");
    auto* all = new QHBoxLayout(this);
    all->addWidget(m_slider, 1);
    all->addWidget(m_column);
    auto* rows = new QVBoxLayout(m_column);
    rows->setContentsMargins(0, 0, 0, 0);
    m_kinds = makeRow(kinds);
    m_misses = makeRow(misses);
    m_notes = makeRow(notes);
    for (const Row* row : {&m_kinds, &m_misses, &m_notes})
        rows->addWidget(row->line);
    m_branch->setMenu(branches);
    m_branch->setPopupMode(QToolButton::InstantPopup);
    m_branch->setFocusPolicy(Qt::TabFocus);
    m_branch->setProperty("flat", true);
    m_branch->setAccessibleName("Branch of the history");
    rows->addWidget(m_branch);
    setBranch({}, 0);
    rows->addStretch(1);
    setKind({});
    setMisses(0);
    setBookmarks(0);
    connect(&theme, &Theme::changed, this, &TimeBar::restyle);
    restyle();
}

TimeBar::Row TimeBar::makeRow(const Hop& hop) {
    Row row{new QWidget(m_column), nullptr, {}};
    auto* line = new QHBoxLayout(row.line);
    line->setContentsMargins(0, 0, 0, 0);
    row.words = new ElidedLabel(row.line);
    row.words->setAlignment(Qt::AlignCenter);
    for (QAction* action : {hop.previous, hop.next}) {
        auto* button = new QToolButton(row.line);
        button->setDefaultAction(action);
        button->setToolButtonStyle(Qt::ToolButtonIconOnly);
        button->setAccessibleName(action->text());
        button->setFocusPolicy(Qt::TabFocus);
        button->setProperty("flat", true);
        row.buttons.push_back(button);
        line->addWidget(button);
        if (action == hop.previous) line->addWidget(row.words, 1);
    }
    return row;
}

void TimeBar::say(const Row& row, const QString& words, bool any) {
    row.words->setText(words);
    row.words->setToolTip(words);
    for (QToolButton* button : row.buttons)
        button->defaultAction()->setEnabled(any);
}

void TimeBar::setKind(const QString& name) {
    say(m_kinds, name.isEmpty() ? "no event yet" : name, !name.isEmpty());
}

void TimeBar::setMisses(std::size_t count) {
    m_misses.line->setVisible(count > 0);
    say(m_misses, count == 1 ? "1 miss" : number(count) + " misses", count > 0);
}

void TimeBar::setBookmarks(std::size_t count) {
    say(m_notes, count == 0 ? "no bookmarks" : count == 1 ? "1 bookmark" : number(count) + " bookmarks", count > 0);
}

void TimeBar::setBranch(const QString& name, std::size_t of) {
    m_branch->setVisible(of > 0);
    m_branchName = name;
    elideBranch();
    m_branch->setToolTip(QString("Branch “%1”%2: what was done to this machine up to now, under a name.<br>Begin "
                                 "another one here, go to another one, or compare with how it ends.")
                             .arg(name.toHtmlEscaped(), of > 1 ? QString(", one of %1").arg(number(of)) : QString()));
}

void TimeBar::elideBranch() {
    const QString around = "%1 \u25be";  // it opens a menu
    const QFontMetrics metrics = m_branch->fontMetrics();
    const int room = m_column->width() - m_theme.px(24) - metrics.horizontalAdvance(around.arg(QString()));
    m_branch->setText(around.arg(metrics.elidedText(m_branchName, Qt::ElideRight, room)));
}

void TimeBar::setInsets(int left, int right) {
    m_left = left;
    m_right = right;
    const int taken = m_column->width() + layout()->spacing();
    m_slider->setInsets(left, std::max(0, right - taken));
}

void TimeBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(m_theme.tokens().line, 1));
    painter.setBrush(m_theme.tokens().panel);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), m_theme.px(6), m_theme.px(6));
}

void TimeBar::restyle() {
    const int side = m_theme.px(12);
    layout()->setContentsMargins(side, m_theme.px(8), side, m_theme.px(6));
    layout()->setSpacing(m_theme.px(10));
    m_column->layout()->setSpacing(0);
    m_column->setFixedWidth(m_theme.px(columnWidth) - layout()->spacing());
    for (const Row* row : {&m_kinds, &m_misses, &m_notes}) {
        row->line->layout()->setSpacing(m_theme.px(2));
        QPalette palette = row->words->palette();
        palette.setColor(QPalette::WindowText, m_theme.tokens().dim);
        row->words->setPalette(palette);
        row->words->setFont(m_theme.small());
        for (QToolButton* button : row->buttons) {
            button->setIconSize(QSize(m_theme.px(12), m_theme.px(12)));
            button->setFixedSize(m_theme.px(22), m_theme.px(20));
        }
    }
    m_branch->setFont(m_theme.small());
    m_branch->setFixedSize(m_column->width(), m_theme.px(20));
    elideBranch();
    setInsets(m_left, m_right);
    update();
}

}  // namespace mm::gui
