// SPDX-License-Identifier: GPL-3.0-or-later
// The whole history as one line: how far time has come (blue line and knob), stage names as ticks below, above it what
// memory looked like then (the map of page frames, folded into a strip), between them ticks where a recording's page
// frame was not the predicted one. Dragging or clicking asks for a moment; keys: Page Up/Down a twentieth, Home/End the
// ends (arrow keys step, in the window).
//
//      ▒▒▒▒▒▒▒▒▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓|▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓
//                ╵      ╵  ╵      |      ╵
//      ━━━━━━━━━━━━━━━━━━━━━━━━━━━●───────────────────
//        e820     memblock      zones    workload
#pragma once

#include <QImage>
#include <QWidget>
#include <optional>
#include <vector>

#include "engine/snapshot/history.h"
#include "gui/models/time_strip.h"
#include "gui/state/worker_status.h"

namespace mm::gui {

class Theme;

struct TimeMark {
    Position at = 0;
    QString name;
    int importance = 0;  ///< where names collide the more important one is written
};

class TimeSlider : public QWidget {
    Q_OBJECT
public:
    explicit TimeSlider(const Theme& theme, QWidget* parent = nullptr);

    void setRange(Position total, std::vector<TimeMark> marks);
    /// Bookmarked moments, drawn as small flags on the line.
    void setFlags(std::vector<Position> flags);
    void setPosition(Position at);
    void setMark(std::optional<Position> at);  ///< the moment A of a comparison
    void setStrip(TimeStripPtr strip);         ///< null: none yet
    void setMisses(MissesPtr misses);          ///< null: none
    Position position() const { return m_at; }
    Position total() const { return m_total; }
    /// Distance of the line's ends from the widget's edges, to align it with a plot above.
    void setInsets(int left, int right);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void moved(mm::Position to);  ///< by the user

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;

private:
    QRectF lineRect() const;
    double xOf(Position at) const;
    Position positionAt(double x) const;
    void ask(Position to);
    void paintMarks(QPainter& painter) const;
    void paintFlags(QPainter& painter) const;
    void paintStrip(QPainter& painter);
    void paintMisses(QPainter& painter) const;
    void paintMark(QPainter& painter) const;
    void renderStrip(QSize pixels);
    QRectF stripRect() const;

    const Theme& m_theme;
    Position m_at = 0, m_total = 0;
    std::vector<TimeMark> m_marks;
    std::vector<Position> m_flags;
    TimeStripPtr m_strip;
    MissesPtr m_misses;
    std::optional<Position> m_mark;
    QImage m_stripImage;  ///< of m_strip, for the width it has; null: to be made
    int m_left = 0, m_right = 0;
    bool m_dragging = false;
};

}  // namespace mm::gui
