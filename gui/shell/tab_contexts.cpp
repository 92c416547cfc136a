// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/shell/tab_contexts.h"

#include <QEvent>
#include <QTabBar>

#include "gui/style/theme.h"
#include "gui/widgets/elided_label.h"

namespace mm::gui {
namespace {

const QString labelName = QStringLiteral("context");

}  // namespace

TabContexts::TabContexts(QWidget& panels, const Theme& theme, std::function<QString(const QString&)> words)
    : QObject(&panels), m_panels(panels), m_theme(theme), m_words(std::move(words)) {
    connect(&theme, &Theme::changed, this, &TabContexts::refresh);
}

void TabContexts::refresh() {
    for (QTabBar* bar : m_panels.findChildren<QTabBar*>(QString(), Qt::FindDirectChildrenOnly)) {
        if (!bar->findChild<ElidedLabel*>(labelName)) {
            auto* label = new ElidedLabel(bar);
            label->setObjectName(labelName);
            label->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
            label->setAttribute(Qt::WA_TransparentForMouseEvents);
            bar->installEventFilter(this);
            connect(bar, &QTabBar::currentChanged, this, [this, bar] { place(*bar); });
        }
        place(*bar);
    }
}

bool TabContexts::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Resize || event->type() == QEvent::LayoutRequest || event->type() == QEvent::Show)
        if (auto* bar = qobject_cast<QTabBar*>(watched)) place(*bar);
    return QObject::eventFilter(watched, event);
}

/// In what the tabs leave of their line; nowhere where that is next to nothing.
void TabContexts::place(QTabBar& bar) {
    auto* label = bar.findChild<ElidedLabel*>(labelName);
    if (!label) return;
    bar.setDrawBase(false);  // QMainWindow switches it on again when it takes a bar from its store
    const int last = bar.count() - 1;
    const int from = (last < 0 ? 0 : bar.tabRect(last).right()) + m_theme.px(12), to = bar.width() - m_theme.px(12);
    const QString words = last < 0 ? QString() : m_words(bar.tabText(bar.currentIndex()));
    QPalette palette = label->palette();
    palette.setColor(QPalette::WindowText, m_theme.tokens().dim);
    label->setPalette(palette);
    label->setFont(m_theme.small());
    label->setText(words);
    if (last >= 0) bar.setTabToolTip(bar.currentIndex(), words);
    label->setVisible(!words.isEmpty() && to - from >= m_theme.px(48));
    label->setGeometry(from, 0, std::max(0, to - from), bar.height());
}

}  // namespace mm::gui
