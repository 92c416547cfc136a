// SPDX-License-Identifier: GPL-3.0-or-later
// One bar per zone, all nodes (a heading per node where there are several):
//
//      DMA32  [free, pale | | |   ...   ][in use, full][reserved][holes]      | | |  watermarks min low high
//             108 656 managed of 126 944 present
#pragma once

#include <QWidget>
#include <functional>

#include "engine/snapshot/snapshot.h"
#include "gui/style/theme.h"

namespace mm::gui {

class ZoneGauges : public QWidget {
public:
    ZoneGauges(const Theme& theme, std::function<void(ZoneRef)> chosen, QWidget* parent);

    void setSnapshot(const SnapshotPtr& snapshot, ZoneRef current);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    bool event(QEvent* event) override;

private:
    struct Row {
        const Zone* zone = nullptr;  ///< null: a node's heading
        Nid nid = 0;
        double top = 0, height = 0;
    };
    std::vector<Row> rows() const;
    double contentHeight() const;
    void paintZone(QPainter& painter, const Row& row) const;
    void paintBar(QPainter& painter, const Zone& zone, const QRectF& bar) const;
    QString tip(const Zone& zone) const;

    const Theme& m_theme;
    std::function<void(ZoneRef)> m_chosen;
    SnapshotPtr m_snapshot;
    ZoneRef m_current{};
};

}  // namespace mm::gui
