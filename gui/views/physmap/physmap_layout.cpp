// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/views/physmap/physmap_layout.h"

#include <QFontMetricsF>
#include <algorithm>
#include <cmath>

#include "gui/format/format.h"

namespace mm::gui {
namespace {

constexpr double closestPitch = 15, widestPitch = 34, pitchForLegend = 19;

bool inLegend(const StripInk& ink) {
    return ink.total != 0 && ink.kind != InkKind::memory && ink.kind != InkKind::resource && ink.kind != InkKind::node;
}

constexpr std::size_t ownersNamed = 9;  ///< the largest; the others are found by pointing at them

/// What the legend names: types, the largest owners, leaf sizes, zones.
std::vector<quint32> legendOrder(const Strips& strips) {
    std::vector<quint32> order, owners;
    for (quint32 i = 0; i < strips.inks.size(); ++i)
        if (inLegend(strips.inks[i])) (strips.inks[i].kind == InkKind::owner ? owners : order).push_back(i);
    std::stable_sort(owners.begin(), owners.end(),
                     [&](quint32 a, quint32 b) { return strips.inks[a].total > strips.inks[b].total; });
    if (owners.size() > ownersNamed) owners.resize(ownersNamed);
    const auto after =
        std::find_if(order.begin(), order.end(), [&](quint32 i) { return strips.inks[i].kind != InkKind::e820; });
    order.insert(after, owners.begin(), owners.end());
    return order;
}

/// Items flow in lines from y on; what does not fit above bottom is left out.
std::vector<LegendItem> flow(const Theme& theme, const Strips& strips, double y, double bottom, double width) {
    const QFontMetricsF metrics(theme.small());
    const double side = theme.px(9), gap = theme.px(5), line = metrics.height() + theme.px(3);
    std::vector<LegendItem> items;
    double x = 0;
    for (const quint32 i : legendOrder(strips)) {
        const StripInk& ink = strips.inks[i];
        LegendItem item{i, {}, {}, ink.name, sizeText(ink.total)};
        const double words = metrics.horizontalAdvance(item.name + QStringLiteral("  ") + item.amount);
        if (x > 0 && x + side + gap + words > width) {
            x = 0;
            y += line;
        }
        if (y + line > bottom + 1) break;
        item.swatch = {x, y + (line - side) / 2, side, side};
        item.words = {x + side + gap, y, words + 1, line};
        x = item.words.right() + theme.px(14);
        items.push_back(item);
    }
    return items;
}

}  // namespace

QSize leastPhysmapSize(const Theme& theme, std::size_t rows) {
    const double heads = QFontMetricsF(theme.axis()).height() * 2;
    return {theme.px(280), static_cast<int>(heads + theme.px(closestPitch) * static_cast<double>(rows)) + theme.px(2)};
}

PhysmapLayout layoutPhysmap(const Theme& theme, const Strips& strips, QSizeF size) {
    PhysmapLayout result;
    const QFontMetricsF small(theme.small()), axis(theme.axis());
    double names = 0;
    for (const Strip& s : strips.strips)
        names = std::max(names, small.horizontalAdvance(QLatin1String(s.title)));
    result.left = std::ceil(names) + theme.px(14);
    result.right = size.width() - theme.px(4);
    result.ruler = {result.left, 0, result.right - result.left, axis.height() + theme.px(2)};

    const double n = std::max(1.0, static_cast<double>(strips.strips.size()));
    const double labelHeight = axis.height() + theme.px(2);
    const double legendLine = small.height() + theme.px(3);
    double room = size.height() - result.ruler.height() - labelHeight;
    // The legend takes a quarter at most, and only what is left when the rows can be read.
    double legendRoom = std::min(room / 4, room - n * theme.px(pitchForLegend));
    legendRoom = std::clamp(std::floor(legendRoom / legendLine), 0.0, 4.0) * legendLine;
    room -= legendRoom;
    const double pitch =
        std::floor(std::clamp(room / n, double(theme.px(closestPitch)), double(theme.px(widestPitch))));
    const double height = std::floor(pitch * 0.72);
    double y = result.ruler.bottom();
    for (std::size_t i = 0; i < strips.strips.size(); ++i, y += pitch)
        result.rows.emplace_back(result.left, std::floor(y + (pitch - height) / 2), result.right - result.left, height);
    result.eventLabel = {result.left, y, result.right - result.left, labelHeight};
    result.legend = flow(theme, strips, y + labelHeight + theme.px(2), size.height(), size.width());
    return result;
}

}  // namespace mm::gui
