// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/address_axis.h"

#include <cmath>

#include "gui/format/format.h"

namespace mm::gui {
namespace {

constexpr Bytes nothingKnown = 4 * GiB;  ///< what an empty machine's axis shows
constexpr Bytes foldShare = 16;          ///< a stretch without RAM longer than 1/16 of RAM is not drawn to scale
constexpr double otherWeight = 0.045, otherTotal = 0.25;
constexpr double foldWeight = 0.016, foldTotal = 0.16;
constexpr double leastWeight = 0.02;  ///< of a memory stretch: a small far bank of RAM stays visible

/// Joins sorted ranges whose gap is at most that long.
std::vector<PhysRange> joined(const std::vector<PhysRange>& sorted, Bytes gap) {
    std::vector<PhysRange> result;
    for (const PhysRange& r : sorted) {
        if (!result.empty() && r.start - result.back().end <= gap)
            result.back().end = r.end;
        else
            result.push_back(r);
    }
    return result;
}

std::vector<PhysRange> without(const std::vector<PhysRange>& ranges, const std::vector<PhysRange>& holes) {
    std::vector<PhysRange> result;
    for (PhysRange r : ranges) {
        for (const PhysRange& hole : holes) {
            if (!hole.overlaps(r)) continue;
            if (r.start < hole.start) result.push_back({r.start, hole.start});
            r.start = std::min(r.end, hole.end);
        }
        if (!r.empty()) result.push_back(r);
    }
    return result;
}

/// Small pieces beside RAM belong to its stretch: RAM grows over them.
std::vector<PhysRange> withSmallNeighbours(std::vector<PhysRange> memory, const std::vector<PhysRange>& other,
                                           Bytes limit) {
    std::vector<PhysRange> grown = memory;
    for (const PhysRange& o : other) {
        if (o.size() > limit) continue;
        for (const PhysRange& m : memory) {
            const bool after = o.start >= m.end && o.start - m.end <= limit;
            const bool before = o.end <= m.start && m.start - o.end <= limit;
            if (after || before) grown.push_back(o);
        }
    }
    return joined(merged(std::move(grown)), limit);
}

std::vector<AxisStretch> inOrder(const std::vector<PhysRange>& memory, const std::vector<PhysRange>& other,
                                 Bytes limit) {
    std::vector<AxisStretch> known;
    for (const PhysRange& r : memory)
        known.push_back({r, StretchKind::memory, 0, 0});
    for (const PhysRange& r : other)
        known.push_back({r, StretchKind::other, 0, 0});
    std::sort(known.begin(), known.end(), [](const auto& a, const auto& b) { return a.range < b.range; });
    std::vector<AxisStretch> result;
    PhysAddr reached = 0;
    for (AxisStretch& s : known) {
        if (s.range.start - reached > limit)
            result.push_back({{reached, s.range.start}, StretchKind::folded, 0, 0});
        else
            s.range.start = reached;
        reached = s.range.end;
        result.push_back(s);
    }
    return result;
}

std::size_t count(const std::vector<AxisStretch>& all, StretchKind kind) {
    return static_cast<std::size_t>(
        std::count_if(all.begin(), all.end(), [kind](const AxisStretch& s) { return s.kind == kind; }));
}

void weigh(std::vector<AxisStretch>& all) {
    double memory = 0;
    for (const AxisStretch& s : all)
        if (s.kind == StretchKind::memory) memory += static_cast<double>(s.range.size());
    const auto share = [&](StretchKind kind, double one, double total) {
        const double n = static_cast<double>(std::max<std::size_t>(1, count(all, kind)));
        return std::min(one, total / n) * memory;
    };
    const double other = share(StretchKind::other, otherWeight, otherTotal);
    const double fold = share(StretchKind::folded, foldWeight, foldTotal);
    const double least = share(StretchKind::memory, leastWeight, 0.5);
    double reached = 0;
    for (AxisStretch& s : all) {
        s.from = reached;
        switch (s.kind) {
            case StretchKind::memory:
                reached += std::max(least, static_cast<double>(s.range.size()));
                break;
            case StretchKind::other:
                reached += other;
                break;
            case StretchKind::folded:
                reached += fold;
                break;
        }
        s.to = reached;
    }
}

}  // namespace

PhysRange clampedRange(PhysAddr start, Bytes size) {
    return {start, size > ~PhysAddr{0} - start ? ~PhysAddr{0} : start + size};
}

std::vector<PhysRange> merged(std::vector<PhysRange> ranges) {
    std::erase_if(ranges, [](const PhysRange& r) { return r.empty(); });
    std::sort(ranges.begin(), ranges.end());
    std::vector<PhysRange> result;
    for (const PhysRange& r : ranges) {
        if (!result.empty() && r.start <= result.back().end)
            result.back().end = std::max(result.back().end, r.end);
        else
            result.push_back(r);
    }
    return result;
}

AddressFacts addressFacts(const Snapshot& snapshot) {
    AddressFacts facts;
    const auto entries = [&facts](const std::vector<E820Entry>& table) {
        for (const E820Entry& e : table)
            (e.type == E820Type::ram ? facts.ram : facts.other).push_back(clampedRange(e.start, e.size));
    };
    if (snapshot.machine) entries(snapshot.machine->map);
    entries(snapshot.state.e820_firmware.entries());
    entries(snapshot.state.e820.entries());
    for (const MemblockRegion& r : snapshot.state.memblock.memory())
        facts.ram.push_back(r.range());
    for (const AddedMemory& added : *snapshot.state.hotplug.added)
        facts.ram.push_back(added.range);
    for (const IomemEntry& e : snapshot.state.iomem)
        facts.other.push_back(e.range);
    facts.ram = merged(std::move(facts.ram));
    facts.other = merged(std::move(facts.other));
    return facts;
}

AddressAxis::AddressAxis(const AddressFacts& facts) {
    std::vector<PhysRange> ram = merged(facts.ram), other = merged(facts.other);
    if (ram.empty()) ram.swap(other);
    if (ram.empty()) ram.push_back({0, nothingKnown});
    Bytes total = 0;
    for (const PhysRange& r : ram)
        total += r.size();
    const Bytes limit = std::max<Bytes>(MiB, total / foldShare);
    std::vector<PhysRange> memory = joined(ram, limit);
    other = joined(without(other, memory), limit);
    memory = withSmallNeighbours(std::move(memory), without(other, memory), limit);
    m_stretches = inOrder(memory, without(other, memory), limit);
    weigh(m_stretches);
    setView({}, 0, 1);
}

Bytes AddressAxis::foldedBytes() const {
    Bytes sum = 0;
    for (const AxisStretch& s : m_stretches)
        if (s.kind == StretchKind::folded) sum += s.range.size();
    return sum;
}

QString AddressAxis::words() const {
    QString text;
    for (const AxisStretch& s : m_stretches) {
        if (s.kind == StretchKind::folded) continue;
        if (!text.isEmpty()) text += QStringLiteral(", ");
        if (s.kind == StretchKind::memory) {
            text += s.range.start == 0 ? QStringLiteral("0") : sizeText(s.range.start);
            text += QStringLiteral(" – ");
        }
        text += sizeText(s.range.end);
    }
    if (foldedBytes() != 0) text += QStringLiteral(" · %1 folded").arg(sizeText(foldedBytes()));
    return text;
}

double AddressAxis::weightOf(PhysAddr address) const {
    auto s = std::partition_point(m_stretches.begin(), m_stretches.end(),
                                  [address](const AxisStretch& a) { return a.range.end <= address; });
    if (s == m_stretches.end()) return m_stretches.back().to;
    if (address <= s->range.start) return s->from;
    return s->from +
           (s->to - s->from) * (static_cast<double>(address - s->range.start) / static_cast<double>(s->range.size()));
}

PhysAddr AddressAxis::addressOf(double weight) const {
    auto s = std::partition_point(m_stretches.begin(), m_stretches.end(),
                                  [weight](const AxisStretch& a) { return a.to <= weight; });
    if (s == m_stretches.end()) return m_stretches.back().range.end;
    if (weight <= s->from) return s->range.start;
    const double part = (weight - s->from) / (s->to - s->from) * static_cast<double>(s->range.size());
    return std::min(s->range.end, s->range.start + static_cast<PhysAddr>(std::llround(part)));
}

void AddressAxis::setView(PhysRange zoom, double left, double width) {
    m_view = zoom.intersect(whole());
    if (zoom.empty() || m_view.empty()) m_view = whole();
    m_left = left;
    m_width = std::max(1.0, width);
    m_from = weightOf(m_view.start);
    m_to = weightOf(m_view.end);
}

double AddressAxis::x(PhysAddr address) const {
    return m_left + (weightOf(address) - m_from) / (m_to - m_from) * m_width;
}

PhysAddr AddressAxis::at(double x) const {
    const double part = std::clamp((x - m_left) / m_width, 0.0, 1.0);
    return std::clamp(addressOf(m_from + part * (m_to - m_from)), m_view.start, m_view.end);
}

double AddressAxis::bytesPerPixel(double x) const {
    const double weight = m_from + std::clamp((x - m_left) / m_width, 0.0, 1.0) * (m_to - m_from);
    for (const AxisStretch& s : m_stretches)
        if (weight < s.to || &s == &m_stretches.back())
            return static_cast<double>(s.range.size()) / (s.to - s.from) * (m_to - m_from) / m_width;
    return 1;
}

PhysRange AddressAxis::rangeOf(double from, double to) const {
    const double all = m_stretches.back().to;
    if (to - from >= all * (1 - 1e-9)) return {};
    if (from < 0) {
        to -= from;
        from = 0;
    }
    if (to > all) {
        from -= to - all;
        to = all;
    }
    return {addressOf(std::max(0.0, from)), addressOf(to)};
}

PhysRange AddressAxis::zoomedBy(double factor, double around) const {
    const double part = std::clamp((around - m_left) / m_width, 0.0, 1.0);
    const double center = m_from + part * (m_to - m_from);
    const PhysRange next = rangeOf(center - (center - m_from) * factor, center + (m_to - center) * factor);
    const bool tooClose = factor < 1 && !next.empty() && next.size() < closest;
    return tooClose ? m_view : next;
}

PhysRange AddressAxis::pannedBy(double dx) const {
    const double shift = dx / m_width * (m_to - m_from);
    return rangeOf(m_from + shift, m_to + shift);
}

}  // namespace mm::gui
