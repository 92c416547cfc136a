// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/heatmap/heatmap_layout.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace mm::gui {
namespace {

/// Places the parts for the shape already chosen; false if they are too high.
bool place(HeatmapLayout& l, const std::vector<PfnRange>& frames) {
    l.parts.clear();
    int y = 0;
    for (std::size_t i = 0; i < frames.size(); ++i) {
        LayoutPart part;
        part.frames = {align_down(frames[i].start, l.cellPages()), frames[i].end};
        if (i > 0) {
            part.skipped = frames[i].start - frames[i - 1].end;
            y += l.breakHeight;
        }
        part.top = y;
        const NrPages lines = (part.frames.size() + l.rowPages() - 1) / l.rowPages();
        const NrPages height = lines * static_cast<NrPages>(l.pitch().height());
        if (height > NrPages{1} << 24) return false;
        part.lines = static_cast<int>(lines);
        y += static_cast<int>(height);
        l.parts.push_back(part);
    }
    return y - l.tileGap.height() <= l.size.height();
}

/// The largest height of a tile for which everything fits; 0 if none does.
int fittingHeight(HeatmapLayout& l, const std::vector<PfnRange>& frames) {
    NrPages lines = 0;
    for (const PfnRange r : frames)
        lines += (r.end - align_down(r.start, l.cellPages()) + l.rowPages() - 1) / l.rowPages();
    const int breaks = static_cast<int>(frames.size() - 1) * l.breakHeight;
    const auto free = static_cast<std::int64_t>(l.size.height() - breaks + l.tileGap.height()) -
                      static_cast<std::int64_t>(lines) * l.tileGap.height();
    if (free <= 0 || lines > NrPages{1} << 20) return 0;
    return static_cast<int>(free / static_cast<std::int64_t>(lines));
}

/// How pleasant a shape is: fills the space, cells a little wider than high, tiles like lines of text.
double scoreOf(const HeatmapLayout& l, const std::vector<PfnRange>& frames) {
    NrPages shown = 0;
    for (const PfnRange r : frames)
        shown += r.size();
    const double width = l.tileSize.width(), height = l.tileSize.height();
    const double area = static_cast<double>(shown) / static_cast<double>(l.tilePages()) * width * height /
                        (static_cast<double>(l.size.width()) * static_cast<double>(l.size.height()));
    const double cellShape = std::abs(std::log2(width / l.tileWidth * l.tileHeight / height) - 0.3);
    double score = area / (1 + 0.2 * cellShape);
    if (l.arrangement == Arrangement::hilbert) return score * l.tileWidth;  // the larger the curve, the better
    if (l.arrangement == Arrangement::rows) score /= 1 + 0.08 * std::abs(std::log2(width / height) - 4);
    if (std::has_single_bit(static_cast<unsigned>(l.columns))) score *= 1.15;  // "a row = 4 pageblocks"
    return score;
}

struct Limits {
    double ratio;
    int gap(double at100) const { return std::max(1, static_cast<int>(std::lround(at100 * ratio))); }
    /// A cell has a pixel for each of its pages, or room for the shares of a dozen kinds.
    static bool largeEnough(const HeatmapLayout& l) {
        const std::int64_t pixels = std::int64_t{l.cellSize().width()} * l.cellSize().height();
        return pixels >= std::min<std::int64_t>(12, std::int64_t{1} << std::min(l.cellShift, 4u));
    }
};

void tryColumns(HeatmapLayout l, const std::vector<PfnRange>& frames, double weight, HeatmapLayout& best,
                double& bestScore) {
    const bool square = l.arrangement == Arrangement::hilbert;
    const int widest = (l.size.width() + l.tileGap.width()) / (l.tileWidth + l.tileGap.width());
    NrPages tiles = 0;
    for (const PfnRange r : frames)
        tiles += r.size() / l.tilePages() + 1;
    const int most = static_cast<int>(std::min<NrPages>({static_cast<NrPages>(std::max(widest, 0)), tiles, 256}));
    for (l.columns = 1; l.columns <= most; ++l.columns) {
        int w = (l.size.width() + l.tileGap.width()) / l.columns - l.tileGap.width();
        int h = fittingHeight(l, frames);
        if (square) w = h = std::min(w, h);
        // Few frames: cells, not bars.
        h = std::min(h, 3 * std::max(w / l.tileWidth, 1) * l.tileHeight);
        w = std::min(w, 4 * std::max(h / l.tileHeight, 1) * l.tileWidth);
        l.tileSize = {w, h};
        if (w < l.tileWidth || h < l.tileHeight || !Limits::largeEnough(l)) continue;
        const double score = weight * scoreOf(l, frames);
        if (score <= bestScore) continue;
        bestScore = score;
        best = l;
    }
}

}  // namespace

HeatmapLayout HeatmapLayout::fit(const std::vector<PfnRange>& frames, QSize size, double ratio, Arrangement arrangement,
                                 int breakHeight) {
    HeatmapLayout base;
    base.size = size;
    base.arrangement = arrangement;
    base.breakHeight = breakHeight;
    if (frames.empty() || size.width() < 8 || size.height() < 8) return base;
    const Limits limits{ratio};
    const bool hilbert = arrangement == Arrangement::hilbert;
    HeatmapLayout best = base;
    double bestScore = 0, weight = 1;
    // The finest cells are best, but coarser ones may fill the space better: tried twice more, for a discount.
    for (unsigned shift = 0; shift < 40 && weight > 0.6; ++shift) {
        if (bestScore > 0) weight *= 0.82;
        if (bestScore > 0 && best.cellSize().width() * best.cellSize().height() >= 4) break;
        HeatmapLayout l = base;
        l.cellShift = shift;
        // A tile has 4 to 512 cells, and never less than a pageblock.
        for (unsigned cells = shift < 6 ? 9 - shift : 4; cells <= (hilbert ? 18u : 9u); ++cells) {
            if (hilbert && cells % 2 != 0) continue;
            if (!hilbert && cells + shift > 9 && cells > 4) break;
            l.tileShift = shift + cells;
            const unsigned narrowest = hilbert ? cells / 2 : arrangement == Arrangement::lines ? cells : 0;
            for (unsigned wide = narrowest; wide <= cells; ++wide) {
                l.tileWidth = 1 << wide;
                l.tileHeight = 1 << (cells - wide);
                for (const int gap : {0, 1}) {
                    l.tileGap = {arrangement == Arrangement::lines ? 0 : limits.gap(3), gap * limits.gap(1)};
                    tryColumns(l, frames, weight, best, bestScore);
                }
                if (hilbert) break;
            }
        }
    }
    if (bestScore == 0) return base;
    const int room = 5 * limits.gap(1);
    best.cellGap = best.cellSize().width() >= room && best.cellSize().height() >= room ? limits.gap(1) : 0;
    place(best, frames);
    return best;
}

int HeatmapLayout::usedHeight() const {
    if (parts.empty()) return 0;
    const LayoutPart& last = parts.back();
    return last.top + last.lines * pitch().height() - tileGap.height();
}

const LayoutPart* HeatmapLayout::partOf(Pfn pfn) const {
    for (const LayoutPart& p : parts) {
        if (p.frames.contains(pfn)) return &p;
    }
    return nullptr;
}

namespace {

/// Hilbert curve of side n (a power of two): the d-th cell, and back.
QPoint hilbertPoint(unsigned n, unsigned d) {
    unsigned x = 0, y = 0;
    for (unsigned s = 1; s < n; s *= 2, d /= 4) {
        const unsigned rx = 1 & (d / 2), ry = 1 & (d ^ rx);
        if (ry == 0) {
            if (rx == 1) {
                x = s - 1 - x;
                y = s - 1 - y;
            }
            std::swap(x, y);
        }
        x += s * rx;
        y += s * ry;
    }
    return {static_cast<int>(x), static_cast<int>(y)};
}
unsigned hilbertIndex(unsigned n, unsigned x, unsigned y) {
    unsigned d = 0;
    for (unsigned s = n / 2; s > 0; s /= 2) {
        const unsigned rx = (x & s) ? 1 : 0, ry = (y & s) ? 1 : 0;
        d += s * s * ((3 * rx) ^ ry);
        if (ry == 0) {
            if (rx == 1) {
                x = n - 1 - x;
                y = n - 1 - y;
            }
            std::swap(x, y);
        }
    }
    return d;
}

}  // namespace

QPoint HeatmapLayout::cellInTile(unsigned index) const {
    if (arrangement == Arrangement::hilbert) return hilbertPoint(static_cast<unsigned>(tileWidth), index);
    return {static_cast<int>(index) % tileWidth, static_cast<int>(index) / tileWidth};
}

unsigned HeatmapLayout::indexInTile(QPoint cell) const {
    if (arrangement == Arrangement::hilbert) {
        return hilbertIndex(static_cast<unsigned>(tileWidth), static_cast<unsigned>(cell.x()),
                            static_cast<unsigned>(cell.y()));
    }
    return static_cast<unsigned>(cell.y() * tileWidth + cell.x());
}

QPoint HeatmapLayout::tileOrigin(const LayoutPart& part, NrPages tile) const {
    const int column = static_cast<int>(tile % static_cast<NrPages>(columns));
    const int line = static_cast<int>(tile / static_cast<NrPages>(columns));
    return {column * pitch().width(), part.top + line * pitch().height()};
}

QRect HeatmapLayout::boxInTile(QPoint cell) const {
    const auto x = [&](int i) { return i * tileSize.width() / tileWidth; };
    const auto y = [&](int i) { return i * tileSize.height() / tileHeight; };
    return {QPoint(x(cell.x()), y(cell.y())), QPoint(x(cell.x() + 1) - 1, y(cell.y() + 1) - 1)};
}

QPoint HeatmapLayout::cellAtPixel(QPoint p) const {
    const auto along = [](int pixel, int cells, int pixels) { return ((pixel + 1) * cells - 1) / pixels; };
    return {along(p.x(), tileWidth, tileSize.width()), along(p.y(), tileHeight, tileSize.height())};
}

QRect HeatmapLayout::cellRect(Pfn pfn) const {
    const LayoutPart* const part = partOf(pfn);
    if (!part) return {};
    const NrPages offset = pfn - part->frames.start;
    const QPoint cell = cellInTile(static_cast<unsigned>((offset & (tilePages() - 1)) >> cellShift));
    const QPoint origin = tileOrigin(*part, offset >> tileShift);
    return boxInTile(cell).translated(origin);
}

QRect HeatmapLayout::cellInk(Pfn pfn) const {
    const QRect r = cellRect(pfn);
    return r.isEmpty() ? r : r.adjusted(0, 0, -cellGap, -cellGap);
}

std::optional<PfnRange> HeatmapLayout::cellAt(QPoint point) const {
    if (point.x() < 0 || point.y() < 0) return {};
    const int pitchX = pitch().width(), pitchY = pitch().height();
    for (const LayoutPart& part : parts) {
        const int y = point.y() - part.top;
        if (y < 0 || y >= part.lines * pitchY) continue;
        const int column = point.x() / pitchX, line = y / pitchY;
        const QPoint inTile{point.x() % pitchX, y % pitchY};
        if (column >= columns || !QRect(QPoint(), tileSize).contains(inTile)) return {};
        const NrPages tile = static_cast<NrPages>(line) * static_cast<NrPages>(columns) + static_cast<NrPages>(column);
        const NrPages cell = indexInTile(cellAtPixel(inTile));
        const Pfn pfn = part.frames.start + (tile << tileShift) + (cell << cellShift);
        if (pfn >= part.frames.end) return {};
        return PfnRange{pfn, std::min(pfn + cellPages(), part.frames.end)};
    }
    return {};
}

std::optional<PfnRange> HeatmapLayout::nearestCell(QPoint point) const {
    if (parts.empty()) return {};
    if (const auto hit = cellAt(point)) return hit;
    const LayoutPart* part = &parts.front();
    for (const LayoutPart& p : parts) {
        if (point.y() >= p.top) part = &p;
    }
    const int pitchX = pitch().width(), pitchY = pitch().height();
    const int y = std::clamp(point.y() - part->top, 0, part->lines * pitchY - 1);
    const int x = std::clamp(point.x(), 0, usedWidth() - 1);
    const QPoint inTile{std::min(x % pitchX, tileSize.width() - 1), std::min(y % pitchY, tileSize.height() - 1)};
    const NrPages tile = static_cast<NrPages>(y / pitchY) * static_cast<NrPages>(columns) +
                         static_cast<NrPages>(std::min(x / pitchX, columns - 1));
    const NrPages cell = indexInTile(cellAtPixel(inTile));
    const Pfn wanted = part->frames.start + (tile << tileShift) + (cell << cellShift);
    const Pfn pfn = std::min(wanted, align_down(part->frames.end - 1, cellPages()));
    return PfnRange{pfn, std::min(pfn + cellPages(), part->frames.end)};
}

QRegion HeatmapLayout::region(PfnRange frames) const {
    QRegion out;
    for (const LayoutPart& part : parts) {
        const PfnRange r = frames.intersect(part.frames);
        if (r.empty()) continue;
        const NrPages firstTile = (r.start - part.frames.start) >> tileShift;
        const NrPages lastTile = (r.end - 1 - part.frames.start) >> tileShift;
        // Whole lines at once; tiles at the ends cell by cell.
        for (NrPages tile = firstTile; tile <= lastTile;) {
            const Pfn tileStart = part.frames.start + (tile << tileShift);
            const QPoint origin = tileOrigin(part, tile);
            const NrPages column = tile % static_cast<NrPages>(columns);
            NrPages run = std::min<NrPages>(static_cast<NrPages>(columns) - column, lastTile - tile + 1);
            while (run > 1 && tileStart + (run << tileShift) > r.end)
                --run;
            if (tileStart >= r.start && tileStart + tilePages() <= r.end) {
                const int right = static_cast<int>(run - 1) * pitch().width() + tileSize.width();
                const bool goesOn = tileStart + (run << tileShift) < r.end;
                out += QRect(origin, QSize(right, tileSize.height() + (goesOn ? tileGap.height() : 0)));
                tile += run;
                continue;
            }
            const Pfn from = std::max(r.start, tileStart), to = std::min(r.end, tileStart + tilePages());
            for (Pfn pfn = align_down(from, cellPages()); pfn < to;) {
                const QPoint cell = cellInTile(static_cast<unsigned>((pfn - tileStart) >> cellShift));
                int wide = 1;
                if (arrangement != Arrangement::hilbert) {
                    const NrPages left = (to - pfn + cellPages() - 1) >> cellShift;
                    wide = static_cast<int>(std::min<NrPages>(left, static_cast<NrPages>(tileWidth - cell.x())));
                }
                const QRect cells = boxInTile(cell) | boxInTile(cell + QPoint(wide - 1, 0));
                out += cells.translated(origin);
                pfn += static_cast<NrPages>(wide) << cellShift;
            }
            ++tile;
        }
    }
    return out;
}

}  // namespace mm::gui
