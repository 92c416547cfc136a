// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/heatmap/heatmap_painter.h"

#include <algorithm>
#include <cmath>

namespace mm::gui {
namespace {

/// Deals out pixels in proportion to counts; each count above 0 gets at least one while there are any.
std::array<int, maxCategories> deal(const PagePyramid::Counts& counts, int pixels) {
    std::array<int, maxCategories> out{};
    std::uint64_t total = 0;
    for (const NrPages c : counts)
        total += c;
    if (total == 0) return out;
    int given = 0;
    std::size_t largest = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts[i] == 0) continue;
        out[i] = std::max(1, static_cast<int>(counts[i] * static_cast<NrPages>(pixels) / total));
        given += out[i];
        if (counts[i] > counts[largest]) largest = i;
    }
    // Too few (rounded down) go to the largest; too many (the ones given to minorities) come from the largest shares.
    if (given < pixels) out[largest] += pixels - given;
    for (; given > pixels; --given) {
        const auto most = std::max_element(out.begin(), out.end());
        --*most;
    }
    return out;
}

}  // namespace

HeatmapPainter::HeatmapPainter(QImage& image, const HeatmapLayout& layout, const PagePyramid& pyramid, const Inks& inks,
                               double ratio)
    : m_image(image),
      m_layout(layout),
      m_pyramid(pyramid),
      m_inks(inks),
      m_size(image.size()),
      m_pixels(reinterpret_cast<QRgb*>(image.bits())),
      m_pitch(image.bytesPerLine() / static_cast<qsizetype>(sizeof(QRgb))),
      m_period(std::max(4, static_cast<int>(std::lround(6 * ratio)))),
      m_stroke(std::max(1, static_cast<int>(std::lround(ratio)))) {
    const ModeInfo& mode = pyramid.mode();
    for (const bool free : {false, true}) {
        for (unsigned c = categoryFirst; c < mode.categories; ++c) {
            if (mode.free(static_cast<Category>(c)) == free) m_drawOrder.push_back(static_cast<Category>(c));
        }
    }
    for (unsigned c = categoryFirst; c-- > 0;)
        m_drawOrder.push_back(static_cast<Category>(c));
    const unsigned cells = 1u << (layout.tileShift - layout.cellShift);
    m_cells.reserve(cells);
    for (unsigned i = 0; i < cells; ++i) {
        m_cells.push_back(layout.boxInTile(layout.cellInTile(i)).adjusted(0, 0, -layout.cellGap, -layout.cellGap));
    }
}

void HeatmapPainter::fill(QRect rect, Category category) {
    // Most cells are a pixel or two: what Qt and the library would be called for takes longer than the pixels.
    const int left = std::max(rect.left(), 0), right = std::min(rect.right(), m_size.width() - 1);
    const int top = std::max(rect.top(), 0), bottom = std::min(rect.bottom(), m_size.height() - 1);
    const CategoryInk& ink = m_inks[category];
    for (int y = top; y <= bottom; ++y) {
        QRgb* const line = m_pixels + y * m_pitch;
        if (!ink.hatched) {
            for (int x = left; x <= right; ++x)
                line[x] = ink.fill;
            continue;
        }
        for (int x = left; x <= right; ++x)
            line[x] = (x + y) % m_period < m_stroke ? ink.stroke : ink.fill;
    }
}

void HeatmapPainter::paintShares(QRect cell, const PagePyramid::Counts& counts) {
    const auto present = [](NrPages n) { return n != 0; };
    const auto first = std::find_if(counts.begin(), counts.end(), present);
    if (first == counts.end()) return fill(cell, categoryHole);
    if (std::none_of(first + 1, counts.end(), present))
        return fill(cell, static_cast<Category>(first - counts.begin()));
    const std::array<int, maxCategories> pixels = deal(counts, cell.width() * cell.height());
    int at = 0;
    for (const Category c : m_drawOrder) {
        int left = pixels[c];
        while (left > 0) {
            const int x = cell.left() + at / cell.height(), y = cell.top() + at % cell.height();
            const int run = std::min(left, cell.height() - at % cell.height());
            fill(QRect(x, y, 1, run), c);
            at += run;
            left -= run;
        }
    }
}

QRect HeatmapPainter::inkOf(const LayoutPart& part, Pfn pfn) const {
    const NrPages offset = pfn - part.frames.start;
    const QRect& cell = m_cells[(offset & (m_layout.tilePages() - 1)) >> m_layout.cellShift];
    return cell.translated(m_layout.tileOrigin(part, offset >> m_layout.tileShift));
}

void HeatmapPainter::paintPageblock(const LayoutPart& part, Pfn first) {
    BlockCategories categories;
    const int uniform = m_pyramid.classify(first, categories);
    const bool wholeTile = m_layout.tilePages() == pageblock_pages && m_layout.cellGap == 0;
    if (uniform >= 0 && wholeTile) {
        const QPoint origin = m_layout.tileOrigin(part, (first - part.frames.start) >> m_layout.tileShift);
        return fill({origin, m_layout.tileSize}, static_cast<Category>(uniform));
    }
    const unsigned step = 1u << m_layout.cellShift;
    for (unsigned i = 0; i < pageblock_pages; i += step) {
        const QRect cell = inkOf(part, first + i);
        if (uniform >= 0) {
            fill(cell, static_cast<Category>(uniform));
            continue;
        }
        const Category* const frames = categories.data() + i;
        if (std::equal(frames + 1, frames + step, frames)) {
            fill(cell, *frames);
            continue;
        }
        PagePyramid::Counts counts{};
        for (unsigned j = i; j < i + step; ++j)
            ++counts[categories[j]];
        paintShares(cell, counts);
    }
}

void HeatmapPainter::paintAll(QRgb background) {
    m_image.fill(background);
    for (const LayoutPart& part : m_layout.parts) {
        if (m_layout.cellShift < 9) {
            for (Pfn p = part.frames.start; p < part.frames.end; p += pageblock_pages)
                paintPageblock(part, p);
            continue;
        }
        const unsigned level = m_layout.cellShift - 9;
        for (Pfn p = part.frames.start; p < part.frames.end; p += m_layout.cellPages())
            paintShares(inkOf(part, p), m_pyramid.counts(level, p >> m_layout.cellShift));
    }
}

void HeatmapPainter::paintBlocks(const std::vector<Pfn>& blocks) {
    Pfn painted = no_pfn;
    for (const Pfn block : blocks) {
        const LayoutPart* const part = m_layout.partOf(block);
        if (!part) continue;
        if (m_layout.cellShift < 9) {
            paintPageblock(*part, block);
            continue;
        }
        const Pfn cell = align_down(block, m_layout.cellPages());
        if (cell == painted || cell < part->frames.start) continue;
        painted = cell;
        paintShares(inkOf(*part, cell), m_pyramid.counts(m_layout.cellShift - 9, cell >> m_layout.cellShift));
    }
}

}  // namespace mm::gui
