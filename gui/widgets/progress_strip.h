// SPDX-License-Identifier: GPL-3.0-or-later
// Something that takes long, with how far it is and a way out: across the top of the window, like an error. Appears
// once it has taken a third of a second, so that what is quick does not flash.
#pragma once

#include <QTimer>
#include <QWidget>

class QLabel;
class QProgressBar;
class QToolButton;

namespace mm::gui {

class Theme;

class ProgressStrip : public QWidget {
    Q_OBJECT
public:
    explicit ProgressStrip(const Theme& theme, QWidget* parent = nullptr);

    /// done: 0 to 1; negative: nobody knows.
    void show(const QString& what, double done);
    void finish();
    QString words() const;
    int percent() const;
    /// What the button does.
    void cancel();

Q_SIGNALS:
    void cancelled();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void restyle();

    const Theme& m_theme;
    QLabel* m_words;
    QProgressBar* m_bar;
    QToolButton* m_cancel;
    QTimer m_delay;
};

}  // namespace mm::gui
