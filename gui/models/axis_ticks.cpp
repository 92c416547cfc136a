// SPDX-License-Identifier: GPL-3.0-or-later
// Ticks of the address axis: multiples of a power of two in stretches drawn to scale, one end label in small ones.
#include <algorithm>
#include <bit>
#include <cmath>

#include "gui/format/format.h"
#include "gui/models/address_axis.h"

namespace mm::gui {
namespace {

constexpr Bytes largestStep = Bytes{1} << 62;

Bytes niceStep(double bytes) {
    if (bytes <= static_cast<double>(page_size)) return page_size;
    if (bytes >= static_cast<double>(largestStep)) return largestStep;
    return std::bit_ceil(static_cast<Bytes>(std::ceil(bytes)));
}

}  // namespace

QString tickLabel(PhysAddr address, Bytes step) {
    if (step < MiB) return hex(address);
    if (address == 0) return QStringLiteral("0");
    if (address >= TiB && address % (TiB / 8) == 0)
        return QStringLiteral("%1 TiB").arg(static_cast<double>(address) / static_cast<double>(TiB));
    if (address >= GiB && address % (GiB / 8) == 0)
        return QStringLiteral("%1 GiB").arg(static_cast<double>(address) / static_cast<double>(GiB), 0, 'g', 8);
    return QStringLiteral("%1 MiB").arg(number(address / MiB));
}

std::vector<AxisTick> AddressAxis::ticks(double minSpacing) const {
    std::vector<AxisTick> result;
    for (const AxisStretch& s : m_stretches) {
        const PhysRange seen = s.range.intersect(m_view);
        if (seen.empty() || s.kind == StretchKind::folded) continue;
        const double from = x(seen.start), to = x(seen.end);
        if (s.kind == StretchKind::other && to - from < 2 * minSpacing) {
            result.push_back({to, tickLabel(seen.end, seen.end % MiB == 0 ? MiB : page_size), false});
            continue;
        }
        const double perPixel = static_cast<double>(seen.size()) / std::max(1.0, to - from);
        const Bytes step = niceStep(perPixel * minSpacing);
        // Counted by the multiple and not by the address, which may wrap at the end of 64 bits.
        for (PhysAddr n = seen.start / step + (seen.start % step != 0); n <= seen.end / step; ++n)
            result.push_back({x(n * step), tickLabel(n * step, step), true});
    }
    return result;
}

std::vector<PlacedTick> AddressAxis::placedTicks(double minSpacing, double gap, double left, double right,
                                                 const std::function<double(const QString&)>& widthOf) const {
    std::vector<AxisTick> all = ticks(minSpacing);
    std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.major && !b.major; });
    std::vector<PlacedTick> placed;
    for (AxisTick& tick : all) {
        PlacedTick p{std::move(tick), 0, 0, true};
        p.width = widthOf(p.tick.label);
        p.from = std::clamp(p.tick.x - p.width / 2, left, std::max(left, right - p.width));
        p.labelled = std::none_of(placed.begin(), placed.end(), [&](const PlacedTick& other) {
            return other.labelled && p.from < other.from + other.width + gap && other.from < p.from + p.width + gap;
        });
        placed.push_back(std::move(p));
    }
    return placed;
}

}  // namespace mm::gui
