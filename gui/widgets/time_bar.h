// SPDX-License-Identifier: GPL-3.0-or-later
// The time axis under the window, always there: the slider with what memory looked like along it, and beside it ways of
// going from one thing to the next of its kind.
//
//      .-----------------------------------------------------------------.
//      | ▒▒▒▒▒▒▓▓▓▓▓▓▓▓▓▓▓▓▓|▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓      ‹ mm_page_alloc  ›  |
//      | ━━━━━━━━━━━━━━━━━━━●──────────────────      ‹ 57 misses      ›  |
//      |   memblock      zones    running            ‹ 3 bookmarks    ›  |
//      |                                                 what if ⌄       |
//      '-----------------------------------------------------------------'
#pragma once

#include <QWidget>
#include <vector>

class QAction;
class QLabel;
class QMenu;
class QToolButton;

namespace mm::gui {

class Theme;
class TimeSlider;

class TimeBar : public QWidget {
    Q_OBJECT
public:
    /// One row of the column at the right: what, with a way to the one before and to the one after.
    struct Hop {
        QAction *previous = nullptr, *next = nullptr;
    };
    /// kinds, misses, notes: the rows from the top.
    /// branches: what the row of the current branch opens.
    TimeBar(const Theme& theme, const Hop& kinds, const Hop& misses, const Hop& notes, QMenu* branches,
            QWidget* parent = nullptr);

    TimeSlider& slider() { return *m_slider; }
    /// Where the slider's line begins and ends, measured from the bar's padding: as a plot above does.
    void setInsets(int left, int right);
    void setKind(const QString& name);                    ///< "": at the very beginning there is no event
    void setMisses(std::size_t count);                    ///< 0: the row is not shown
    void setBookmarks(std::size_t count);                 ///
    void setBranch(const QString& name, std::size_t of);  ///< the current one of so many; 0: the row is not shown

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    struct Row {
        QWidget* line = nullptr;
        QLabel* words = nullptr;
        std::vector<QToolButton*> buttons;
    };
    Row makeRow(const Hop& hop);
    void restyle();
    void say(const Row& row, const QString& words, bool any);

    const Theme& m_theme;
    TimeSlider* m_slider;
    QWidget* m_column;
    Row m_kinds, m_misses, m_notes;
    void elideBranch();
    QToolButton* m_branch;
    QString m_branchName;  ///< whole
    int m_left = 0, m_right = 0;
};

}  // namespace mm::gui
