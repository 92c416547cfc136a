// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/vmalloc/window_layout.h"

#include <algorithm>

namespace mm::gui {
namespace {

double pagesIn(const VmPiece& piece) {
    return double(piece.range.size()) / double(page_size);
}

/// Free stretches that would waste the picture: larger than a quarter of what is not free, and than a few pages.
bool folds(const VmPiece& piece, double taken) {
    return piece.kind == VmKind::free && pagesIn(piece) > std::max(16.0, taken / 4);
}

double widthOf(const VmPiece& piece, bool folded, double scale, const WindowMetrics& m) {
    return folded ? m.breakWidth : std::max(m.least, pagesIn(piece) * scale);
}

/// The largest scale at which everything fits into the lines there are; halving finds it.
double scaleFor(const std::vector<VmPiece>& pieces, const std::vector<bool>& folded, const WindowMetrics& m) {
    double low = 0, high = m.pageWidth;
    const double room = m.width * m.lines - m.breakWidth;  // a break may leave the end of a line empty
    for (int round = 0; round < 40; ++round) {
        const double scale = round == 0 ? high : (low + high) / 2;
        double sum = 0;
        for (std::size_t i = 0; i < pieces.size(); ++i)
            sum += widthOf(pieces[i], folded[i], scale, m);
        if (sum <= room) {
            low = scale;
            if (round == 0) return scale;
        } else {
            high = scale;
        }
    }
    return low;
}

}  // namespace

WindowLayout WindowLayout::fit(const std::vector<VmPiece>& pieces, const WindowMetrics& metrics) {
    WindowLayout layout;
    if (pieces.empty() || metrics.width <= 0) return layout;
    double taken = 0;
    for (const VmPiece& piece : pieces)
        if (piece.kind != VmKind::free) taken += pagesIn(piece);
    std::vector<bool> folded;
    for (const VmPiece& piece : pieces)
        folded.push_back(folds(piece, taken));
    layout.pixelsAPage = scaleFor(pieces, folded, metrics);
    double x = 0;
    int line = 0;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        double rest = widthOf(pieces[i], folded[i], layout.pixelsAPage, metrics);
        if (folded[i]) rest = std::min(rest, metrics.width);
        // Not cut: breaks, and what would leave less than can be seen on either side.
        const bool whole = folded[i] || rest < 4 * metrics.least;
        if (x > 0 && (x >= metrics.width || (whole && x + rest > metrics.width + 0.5))) ++line, x = 0;
        const double all = rest;
        while (rest > 0) {
            const double width = std::min(rest, metrics.width - x);
            layout.boxes.push_back({i, x, x + width, line, folded[i], 1 - rest / all});
            rest -= width;
            x += width;
            if (rest > 0) ++line, x = 0;
        }
    }
    layout.lines = line + 1;
    return layout;
}

const WindowBox* WindowLayout::boxAt(double x, int line) const {
    for (const WindowBox& box : boxes)
        if (box.line == line && x >= box.from && x < box.to) return &box;
    return nullptr;
}

}  // namespace mm::gui
