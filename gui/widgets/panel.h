// SPDX-License-Identifier: GPL-3.0-or-later
// The frame around every view: a title line (title left, grey context right, the view's own small widgets between) and
// a body, drawn as one rounded rectangle with a hairline border.
//
//      .-----------------------------------.
//      | Title        [widgets]    context |   PanelTitle   (a dock's title bar: dragging it moves the panel)
//      |                                   |   PanelBody    (12 px padding)
//      '-----------------------------------'
//
// Two widgets and not one, because QDockWidget wants title bar and content apart.
#pragma once

#include <QWidget>

class QHBoxLayout;

namespace mm::gui {

class Theme;
class View;

class PanelTitle : public QWidget {
    Q_OBJECT
public:
    PanelTitle(const QString& title, const Theme& theme, QWidget* parent = nullptr);
    /// Grey words at the right; cut where there is no room (the tooltip has it all).
    void setContext(const QString& context);
    void addWidget(QWidget* widget);
    /// Not shown where a tab says the name already. Without widgets of its own the line is then as low as it can be,
    /// and the context is said beside the tabs: contextForTabs().
    void setTitleShown(bool shown);
    QString contextForTabs() const { return compact() ? m_contextText : QString(); }
    /// The frame in the colour of focus.
    void setFocused(bool focused);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void contextShown();

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void restyle();
    void arrange();
    QRect titlePlace() const;
    QRect contextPlace() const;
    bool compact() const { return m_tabbed && !m_extra; }
    const Theme& m_theme;
    const QString m_title;  ///< painted, as the context is: labels of panels that nobody sees cost a window's start
    QString m_contextText;
    QHBoxLayout* m_row = nullptr;  ///< of the view's own widget, if it has one
    QWidget* m_extra = nullptr;
    bool m_focused = false, m_tabbed = false;
};

class PanelBody : public QWidget {
    Q_OBJECT
public:
    /// Takes the content; null: empty.
    PanelBody(QWidget* content, const Theme& theme, QWidget* parent = nullptr);
    void setFocused(bool focused);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void restyle();
    const Theme& m_theme;
    bool m_focused = false;
};

/// Title and body glued together, for showing a view outside the docks.
QWidget* makePanel(View* view, const QString& title, const Theme& theme, QWidget* parent = nullptr);
/// Wires a view's context text and title widget to a title line.
void attachTitle(PanelTitle& title, View& view);

}  // namespace mm::gui
