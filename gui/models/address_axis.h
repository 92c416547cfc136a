// SPDX-License-Identifier: GPL-3.0-or-later
// Physical addresses as positions along a line, with what holds nothing folded away:
//
//      memory 0 - 512 MiB                                        other        other
//      [=======================================================] z [4 GiB] z  [1 TiB]
//
// The line is cut into stretches. "memory" (RAM and small holes in it) is drawn to scale; "other" (known, but far from
// RAM or long: a reserved terabyte) gets a small fixed share, so that it cannot squash RAM; "folded" (nothing known)
// gets a break. Each stretch has a weight; zooming and panning are a window over the weights, so what lies under the
// pointer stays there, and a folded or tiny stretch opens when one zooms into it. Pure arithmetic, no ink.
#pragma once

#include <QString>
#include <functional>
#include <vector>

#include "engine/snapshot/snapshot.h"

namespace mm::gui {

/// Where something is known to be. Any order, overlaps allowed.
struct AddressFacts {
    std::vector<PhysRange> ram, other;
    friend bool operator==(const AddressFacts&, const AddressFacts&) = default;
};
/// From the machine's firmware map and everything later tables add: nearly constant over a boot, so the axis is calm.
AddressFacts addressFacts(const Snapshot& snapshot);
/// [start, start + size), an end beyond 2^64 cut off (firmware maps may be hostile).
PhysRange clampedRange(PhysAddr start, Bytes size);
/// Sorted and disjoint; ranges that touch become one.
std::vector<PhysRange> merged(std::vector<PhysRange> ranges);

enum class StretchKind { memory, other, folded };

struct AxisStretch {
    PhysRange range;
    StretchKind kind = StretchKind::memory;
    double from = 0, to = 0;  ///< in weights
};

struct AxisTick {
    double x = 0;
    QString label;
    bool major = true;  ///< minor ones (of "other" stretches) give way where labels would meet
};

/// A tick with the place of its label; a label that would meet another is left out, its tick stays.
struct PlacedTick {
    AxisTick tick;
    double from = 0, width = 0;  ///< of the label
    bool labelled = true;
};

class AddressAxis {
public:
    AddressAxis() : AddressAxis(AddressFacts{}) {}
    explicit AddressAxis(const AddressFacts& facts);

    const std::vector<AxisStretch>& stretches() const { return m_stretches; }
    PhysRange whole() const { return {m_stretches.front().range.start, m_stretches.back().range.end}; }
    Bytes foldedBytes() const;
    /// "0 – 512 MiB, 4 GiB · 3.5 GiB folded"
    QString words() const;

    /// Lays the zoomed part (empty: everything) over the pixels [left, left + width).
    void setView(PhysRange zoom, double left, double width);
    PhysRange view() const { return m_view; }  ///< what is visible, never empty
    bool zoomed() const { return m_view != whole(); }
    double left() const { return m_left; }
    double right() const { return m_left + m_width; }

    double x(PhysAddr address) const;  ///< monotone; outside the view also outside the pixels
    PhysAddr at(double x) const;       ///< inverse, clamped to the view
    double bytesPerPixel(double x) const;

    std::vector<AxisTick> ticks(double minSpacing) const;
    /// Labels centred on their ticks, within [left, right], gap pixels apart, those of major ticks first.
    std::vector<PlacedTick> placedTicks(double minSpacing, double gap, double left, double right,
                                        const std::function<double(const QString&)>& widthOf) const;
    /// The view after zooming by the factor (below 1: closer) around a pixel; empty when that is everything.
    PhysRange zoomedBy(double factor, double around) const;
    /// The view moved by dx pixels (positive: towards higher addresses), stopped at the ends.
    PhysRange pannedBy(double dx) const;

    static constexpr Bytes closest = 16 * page_size;  ///< no view is smaller

private:
    double weightOf(PhysAddr address) const;
    PhysAddr addressOf(double weight) const;
    PhysRange rangeOf(double from, double to) const;
    std::vector<AxisStretch> m_stretches;
    PhysRange m_view{};
    double m_left = 0, m_width = 1;
    double m_from = 0, m_to = 1;  ///< visible weights
};

/// "64 MiB", "2.5 GiB", "0x1a800000": an address as a tick of that step.
QString tickLabel(PhysAddr address, Bytes step);

}  // namespace mm::gui
