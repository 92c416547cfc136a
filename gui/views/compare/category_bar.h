// SPDX-License-Identifier: GPL-3.0-or-later
// The categories of a comparison with their counts, as chips that wrap: "e820 12", with a difference "memblock 21 ≠ 3".
// Clicking one keeps only its lines, clicking it again keeps all.
#pragma once

#include <QWidget>
#include <optional>

#include "gui/models/differences.h"
#include "gui/style/theme.h"

namespace mm::gui {

class CategoryBar : public QWidget {
    Q_OBJECT
public:
    explicit CategoryBar(const Theme& theme, QWidget* parent = nullptr);

    void setComparison(const ComparisonPtr& comparison);
    void setChosen(std::optional<mm::Category> category);

    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;

Q_SIGNALS:
    void chosen(std::optional<mm::Category> category);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    bool event(QEvent* event) override;

private:
    struct Chip {
        const CategoryCount* count;
        QRect rect;
        QString words, differs;  ///< "memblock 21", "≠ 3"
    };
    std::vector<Chip> layout(int width) const;
    const Theme& m_theme;
    ComparisonPtr m_comparison;
    std::optional<mm::Category> m_chosen;
};

}  // namespace mm::gui
