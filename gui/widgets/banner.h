// SPDX-License-Identifier: GPL-3.0-or-later
// An error in words across the top of the window, until dismissed or replaced. Never a modal box: what was on screen
// stays usable.
#pragma once

#include <QWidget>

class QLabel;
class QToolButton;

namespace mm::gui {

class Theme;

class Banner : public QWidget {
    Q_OBJECT
public:
    explicit Banner(const Theme& theme, QWidget* parent = nullptr);
    void showError(const QString& sentence);
    QString sentence() const;

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void restyle();
    const Theme& m_theme;
    QLabel* m_label;
    QToolButton* m_dismiss;
};

}  // namespace mm::gui
