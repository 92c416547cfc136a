// SPDX-License-Identifier: GPL-3.0-or-later
// From what a piece is (models/strips.h) to its colour, and how a row of pieces is painted so that none gets lost:
//
//      wide pieces to scale:        [usable          ][reserved  ]
//      pieces below two pixels:     a column two pixels wide, shared in bands by all colours that fall into it
#pragma once

#include <QColor>
#include <QPainter>
#include <QSet>

#include "gui/models/address_axis.h"
#include "gui/models/blend.h"
#include "gui/models/strips.h"
#include "gui/style/theme.h"

namespace mm::gui {

QColor inkColour(const Theme& theme, const StripInk& ink);

/// Which inks are shown full; empty: all.
using InkFilter = QSet<quint32>;

struct StripPainter {
    const Theme& theme;
    const AddressAxis& axis;
    const Strips& strips;
    const InkFilter& filter;
    double pixelRatio = 1;

    /// Track, breaks, pieces with labels where they fit.
    void paint(QPainter& painter, const Strip& strip, const QRectF& row) const;
    /// Pixels of a piece, at least two wide.
    QRectF pieceRect(const Piece& piece, const QRectF& row) const;
    /// The smallest piece drawn there; null if none.
    const Piece* hit(const Strip& strip, double x, double y, const QRectF& row) const;

private:
    double snapped(double x) const;
    QColor colourOf(const Piece& piece) const;
    void paintTrack(QPainter& painter, const QRectF& row) const;
    void paintBreaks(QPainter& painter, const QRectF& row) const;
    void paintBreak(QPainter& painter, double x, const QRectF& row) const;
    void paintWide(QPainter& painter, const Piece& piece, const QRectF& rect) const;
    void paintNarrow(QPainter& painter, const std::vector<const Piece*>& pieces, const QRectF& row) const;
};

}  // namespace mm::gui
