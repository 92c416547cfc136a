// SPDX-License-Identifier: GPL-3.0-or-later
// One address on its way through the page tables:
//
//      [ sign ][ PGD 273 ][P4D][ PUD 0 ][ PMD 8 ][   offset   ]      the address in fields
//
//      PGD  [272 ................]  P RW US A D
//           [273 0000000004401067]  table 0x4401000                   a table with its neighbours, the entry framed
//      P4D  folded into PGD
//       :
//      physical address 0x1000123, frame 0x1000, in a 2 MiB page
#pragma once

#include <QWidget>

#include "engine/snapshot/walk.h"
#include "gui/style/theme.h"

namespace mm::gui {

class WalkCanvas : public QWidget {
    Q_OBJECT
public:
    WalkCanvas(const Theme& theme, QWidget* parent);

    /// atMark: the same walk at the moment that is compared with; none: nothing is compared.
    void setWalk(const SnapshotPtr& snapshot, WalkReport report, std::optional<WalkReport> atMark);
    const WalkReport& report() const { return m_report; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    /// A field of the address: an index, the offset, or the bits that repeat the sign.
    struct Field {
        QString name, value, bits;
        unsigned width = 0;  ///< in bits
        bool isFolded = false, isUsed = true;
    };
    std::vector<Field> fields() const;
    std::vector<QRectF> fieldBoxes(const std::vector<Field>& fields) const;
    double fieldsHeight() const;
    double levelHeight(const WalkLevel& level) const;
    double lineHeight() const;
    void paintFields(QPainter& painter) const;
    void paintLevel(QPainter& painter, const WalkLevel& level, double top) const;
    void paintTable(QPainter& painter, const WalkLevel& level, const QRectF& box) const;
    QString tipAt(QPointF at) const;

    const Theme& m_theme;
    SnapshotPtr m_snapshot;
    /// What that level's entry was at A, where it was another one.
    std::optional<QString> wasAtMark(const WalkLevel& level) const;
    WalkReport m_report;
    std::optional<WalkReport> m_atMark;
};

/// What a flag of an entry means, in a sentence.
QString flagInWords(const QString& flag);

}  // namespace mm::gui
