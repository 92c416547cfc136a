// SPDX-License-Identifier: GPL-3.0-or-later
// Where pieces of the vmalloc window are drawn: to scale, in lines like a text, with large free stretches folded to a
// break of fixed width. Geometry only, in pixels from the lines' left edge.
//
//      [ area        ]|[ area ]|[are      line 0     one scale for all; nothing narrower than it takes to be seen
//      a continued     ]|~ 32 TiB ~       line 1     a break stands whole in a line
#pragma once

#include <QRectF>
#include <vector>

#include "gui/models/vm_pieces.h"

namespace mm::gui {

struct WindowBox {
    std::size_t piece = 0;
    double from = 0, to = 0;  ///< in its line
    int line = 0;
    bool folded = false;
    double share = 0;  ///< of the piece that lies before it
};

struct WindowMetrics {
    double width = 0;       ///< of a line
    int lines = 1;          ///< that are to be filled; more where pieces are many
    double least = 0;       ///< a piece's width
    double breakWidth = 0;  ///< a folded stretch's
    double pageWidth = 0;   ///< at most
};

struct WindowLayout {
    std::vector<WindowBox> boxes;
    int lines = 0;
    double pixelsAPage = 0;

    static WindowLayout fit(const std::vector<VmPiece>& pieces, const WindowMetrics& metrics);
    /// The box there; null: none.
    const WindowBox* boxAt(double x, int line) const;
};

}  // namespace mm::gui
