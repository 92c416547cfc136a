// SPDX-License-Identifier: GPL-3.0-or-later
// The allocation hierarchy as boxes and lines; the way of what is selected is lit, and said step by step beside the
// boxes where there is room, else below them.
#pragma once

#include <QWidget>

#include "gui/style/theme.h"
#include "gui/views/hierarchy/hierarchy_layout.h"

class QPainter;

namespace mm::gui {

class HierarchyCanvas : public QWidget {
    Q_OBJECT
public:
    HierarchyCanvas(const Theme& theme, QWidget* parent);

    /// atMark: the same at the moment that is compared with; no boxes: nothing is compared.
    void setHierarchy(Hierarchy hierarchy, std::vector<PathStep> path, Hierarchy atMark = {});
    const Hierarchy& hierarchy() const { return m_hierarchy; }
    const std::vector<PathStep>& path() const { return m_path; }
    /// Empty: there is no such box.
    QRectF rectOf(const QString& box) const;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {m_theme.px(300), sizeHint().height()}; }

Q_SIGNALS:
    void chosen(const QString& box);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    bool event(QEvent* event) override;

private:
    bool beside() const { return width() >= m_theme.px(900); }
    double drawnHeight() const;
    void relayout();
    int boxAt(QPointF at) const;  ///< -1: none
    const PathStep* stepOf(std::size_t box) const;
    bool lit(const HierarchyEdge& edge) const;
    void moveTo(int box);
    void paintBox(QPainter& painter, std::size_t box) const;
    void paintSteps(QPainter& painter) const;

    const Theme& m_theme;
    Hierarchy m_hierarchy;
    /// Its figures at A, where they were others; "": it was not there.
    std::optional<QString> wasAtMark(const HierarchyBox& box) const;
    Hierarchy m_atMark;
    std::vector<PathStep> m_path;
    HierarchyLayout m_layout;
    int m_hovered = -1, m_current = 0;
};

}  // namespace mm::gui
