// SPDX-License-Identifier: GPL-3.0-or-later
// A label that gives way: a text wider than its place ends in an ellipsis instead of being cut within a letter.
#pragma once

#include <QLabel>

namespace mm::gui {

class ElidedLabel : public QLabel {
public:
    using QLabel::QLabel;
    QSize minimumSizeHint() const override { return {0, QLabel::minimumSizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent* event) override;
};

}  // namespace mm::gui
