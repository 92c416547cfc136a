// SPDX-License-Identifier: GPL-3.0-or-later
// What panels say about what they show, beside their tabs: "one cell = 1 page". A line of its own would take as much
// room as two rows of a table.
#pragma once

#include <QObject>
#include <functional>

class QTabBar;

namespace mm::gui {

class Theme;

class TabContexts : public QObject {
    Q_OBJECT
public:
    /// `words` of the panel that is in front among those with that tab's title.
    TabContexts(QWidget& panels, const Theme& theme, std::function<QString(const QString& title)> words);

    /// All of them anew; tab bars come and go with the arrangement.
    void refresh();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void place(QTabBar& bar);

    QWidget& m_panels;
    const Theme& m_theme;
    std::function<QString(const QString&)> m_words;
};

}  // namespace mm::gui
