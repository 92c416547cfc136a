// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/title_line.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QToolButton>

#include "gui/style/theme.h"

namespace mm::gui {

QToolButton* titleButton(const QString& words, const QString& what) {
    auto* one = new QToolButton;
    one->setText(words);
    one->setToolTip(what);
    return one;
}

QLineEdit* titleField(const QString& words, const QString& widest, const QString& what) {
    auto* one = new QLineEdit(words);
    one->setToolTip(what);
    one->setAccessibleName(what);
    one->setProperty("widest", widest);
    return one;
}

QWidget* titleLine(std::initializer_list<QWidget*> controls) {
    auto* line = new QWidget;
    auto* row = new QHBoxLayout(line);
    row->setContentsMargins(0, 0, 0, 0);
    for (QWidget* control : controls)
        row->addWidget(control);
    return line;
}

void styleTitleLine(QWidget& line, const Theme& theme) {
    line.layout()->setSpacing(theme.px(4));
    for (auto* control : line.findChildren<QWidget*>(Qt::FindDirectChildrenOnly)) {
        control->setFont(theme.small());
        if (auto* field = qobject_cast<QLineEdit*>(control))
            field->setFixedWidth(QFontMetrics(theme.mono()).horizontalAdvance(field->property("widest").toString()) +
                                 theme.px(16));
    }
}

}  // namespace mm::gui
