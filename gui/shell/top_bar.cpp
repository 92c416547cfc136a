// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/shell/top_bar.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QToolButton>

#include "gui/format/format.h"
#include "gui/format/machine_facts.h"
#include "gui/style/theme.h"
#include "gui/widgets/elided_label.h"

namespace mm::gui {

TopBar::TopBar(const Actions& actions, const Theme& theme, QWidget* parent)
    : QWidget(parent),
      m_theme(theme),
      m_name(new QLabel("mmscope", this)),
      m_facts(new ElidedLabel(this)),
      m_event(new QLabel(this)),
      m_speed(new QComboBox(this)),
      m_search(new QLineEdit(this)) {
    auto* row = new QHBoxLayout(this);
    row->addWidget(m_name);
    row->addWidget(m_facts);
    row->addStretch(1);
    for (const Transport& t : actions.transport)
        if (t.inBar) row->addWidget(transportButton(t.action));
    row->addWidget(m_event);
    row->addWidget(m_speed);
    row->addStretch(1);
    row->addWidget(m_search, 4);
    for (QMenu* menu : {actions.openMenu, actions.editMenu, actions.bootMenu, actions.compareMenu, actions.viewMenu,
                        actions.helpMenu})
        row->addWidget(menuButton(menu));
    QToolButton* themeButton = transportButton(actions.toggleTheme);
    themeButton->setProperty("flat", true);
    row->addWidget(themeButton);

    for (const double speed : {1.0, 2.0, 4.0, 6.0, 12.0, 30.0, 100.0, 1000.0})
        m_speed->addItem(QString("%1 steps/s").arg(speed), speed);
    m_speed->setItemText(0, "1 step/s");
    m_speed->setCurrentIndex(3);
    m_speed->setToolTip(
        "How fast time plays. A step is a stage of the boot, an action on the running machine, or an allocation of a "
        "recording");
    m_speed->setAccessibleName("Playing speed");
    m_search->setPlaceholderText("pfn, address, stage, event");
    m_search->setClearButtonEnabled(true);
    m_search->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);  // gives way before the machine's facts do
    m_search->setToolTip(
        "Go to a frame (pfn 1a8c0 or 108736), a physical or virtual address (0x1a8c0000, 0xffff88801a8c0000), a stage "
        "(mem_init) or words of the log or of an event: Ctrl+F. Commands too: Ctrl+K");
    m_search->setAccessibleName("Go to frame, address, stage or event");
    m_event->setAccessibleName("Position in time");
    m_event->setToolTip("Position in time: events that have happened, of all there are");
    connect(m_speed, &QComboBox::currentIndexChanged, this, &TopBar::speedChanged);
    connect(m_search, &QLineEdit::returnPressed, this, [this] { Q_EMIT searched(m_search->text()); });
    connect(&theme, &Theme::changed, this, &TopBar::restyle);
    setFixedHeight(sizeHint().height());
    restyle();
}

QToolButton* TopBar::transportButton(QAction* action) {
    auto* button = new QToolButton(this);
    button->setDefaultAction(action);
    button->setToolButtonStyle(Qt::ToolButtonIconOnly);
    button->setAccessibleName(action->text());
    button->setFocusPolicy(Qt::TabFocus);
    m_transport.push_back(button);
    return button;
}

QToolButton* TopBar::menuButton(QMenu* menu) {
    auto* button = new QToolButton(this);
    const QString name = menu->title().remove('&');
    button->setText(name);
    button->setShortcut(QKeySequence("Alt+" + name.left(1)));
    button->setMenu(menu);
    button->setPopupMode(QToolButton::InstantPopup);
    button->setProperty("flat", true);
    button->setFocusPolicy(Qt::TabFocus);
    button->setAccessibleName(name + " menu");
    return button;
}

void TopBar::setSnapshot(const Snapshot& snapshot) {
    m_name->setText(text(snapshot.machine->name));
    m_facts->setText(machineFacts(*snapshot.machine, snapshot.profile));
    QStringList about{m_facts->text(), text(snapshot.machine->banner)};
    for (const std::string& note : snapshot.machine->notes)
        about.push_back("Assumed: " + text(note));
    m_facts->setToolTip(about.join("\n"));
    m_at = snapshot.at;
    m_total = snapshot.total;
    showPosition();
}

/// Where the bar is narrow the numbers alone say it.
QString TopBar::positionText(Position at) const {
    const QString words = width() < m_theme.px(1360) ? QString("%1 of %2") : QString("event %1 of %2");
    return words.arg(number(at), number(m_total));
}

void TopBar::showPosition() {
    m_event->setText(positionText(m_at));
    holdEventWidth();
}

void TopBar::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    showPosition();
}

/// As wide as its longest text, so that buttons do not wander while it counts.
void TopBar::holdEventWidth() {
    m_event->setMinimumWidth(m_event->fontMetrics().horizontalAdvance(positionText(m_total)) + 4);
}

double TopBar::stepsPerSecond() const {
    return m_speed->currentData().toDouble();
}

void TopBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), m_theme.tokens().panel);
    painter.fillRect(QRect(0, height() - 1, width(), 1), m_theme.tokens().line);
}

void TopBar::restyle() {
    const auto ink = [](QLabel* label, const QColor& colour, const QFont& font) {
        QPalette palette = label->palette();
        palette.setColor(QPalette::WindowText, colour);
        label->setPalette(palette);
        label->setFont(font);
    };
    QFont name = m_theme.title();
    name.setPixelSize(m_theme.px(13));
    name.setWeight(QFont::Bold);
    ink(m_name, m_theme.tokens().text, name);
    ink(m_facts, m_theme.tokens().dim, m_theme.body());
    ink(m_event, m_theme.tokens().dim, m_theme.body());
    m_event->setAlignment(Qt::AlignCenter);
    holdEventWidth();
    for (QToolButton* button : m_transport)
        button->setIconSize(QSize(m_theme.px(16), m_theme.px(16)));
    m_search->setMinimumWidth(m_theme.px(110));
    m_search->setMaximumWidth(m_theme.px(300));
    layout()->setContentsMargins(m_theme.px(16), m_theme.px(6), m_theme.px(12), m_theme.px(7));
    layout()->setSpacing(m_theme.px(3));
    setFixedHeight(m_theme.px(44));
    update();
}

}  // namespace mm::gui
