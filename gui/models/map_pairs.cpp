// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/map_pairs.h"

#include <algorithm>
#include <functional>
#include <map>

#include "engine/e820/e820_table.h"
#include "gui/format/format.h"
#include "gui/models/address_axis.h"

namespace mm::gui {
namespace {

constexpr std::uint32_t noInk = ~std::uint32_t{0};

ZoneType zoneNamed(std::string_view name) {
    for (std::size_t i = 0; i < nr_zone_types; ++i)
        if (name_of(static_cast<ZoneType>(i)) == name) return static_cast<ZoneType>(i);
    return ZoneType::normal;
}

class Inks {
public:
    explicit Inks(Strips& strips) : m_strips(strips) {}
    std::uint32_t of(InkKind kind, std::uint32_t value, const QString& name) {
        const auto next = static_cast<std::uint32_t>(m_strips.inks.size());
        const auto [at, isNew] = m_known.try_emplace({kind, value}, next);
        if (isNew) m_strips.inks.push_back({kind, value, name, 0});
        return at->second;
    }

private:
    Strips& m_strips;
    std::map<std::pair<InkKind, std::uint32_t>, std::uint32_t> m_known;
};

std::vector<Piece> e820Pieces(const MapFacts& facts, Inks& inks) {
    std::vector<Piece> pieces;
    for (const E820Entry& e : facts.e820)
        pieces.push_back({clampedRange(e.start, e.size),
                          inks.of(InkKind::e820, static_cast<std::uint32_t>(e.type), text(e820_type_name(e.type)))});
    return pieces;
}

std::vector<Piece> nodePieces(const MapFacts& facts, Inks& inks) {
    std::vector<Piece> pieces;
    for (const NodeRange& n : facts.nodes)
        pieces.push_back({n.range, inks.of(InkKind::node, static_cast<std::uint32_t>(n.nid), QString::number(n.nid))});
    return pieces;
}

std::vector<Piece> zonePieces(const MapFacts& facts, Inks& inks) {
    std::vector<Piece> pieces;
    for (const ZoneRange& z : facts.zones)
        pieces.push_back(
            {z.range, inks.of(InkKind::zone, static_cast<std::uint32_t>(zoneNamed(z.zone)), text(z.zone))});
    return pieces;
}

void sortPieces(std::vector<Piece>& pieces) {
    std::erase_if(pieces, [](const Piece& p) { return p.range.empty(); });
    std::stable_sort(pieces.begin(), pieces.end(),
                     [](const Piece& a, const Piece& b) { return a.range.start < b.range.start; });
}

}  // namespace

std::vector<PhysRange> differingRanges(const std::vector<Piece>& left, const std::vector<Piece>& right) {
    std::vector<PhysAddr> edges;
    for (const auto* pieces : {&left, &right})
        for (const Piece& p : *pieces) {
            edges.push_back(p.range.start);
            edges.push_back(p.range.end);
        }
    std::sort(edges.begin(), edges.end());
    edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
    // Pieces are sorted: of those that cover an address the last that starts at or before it.
    const auto inkAt = [](const std::vector<Piece>& pieces, PhysAddr address) {
        auto after = std::partition_point(pieces.begin(), pieces.end(),
                                          [&](const Piece& p) { return p.range.start <= address; });
        return after != pieces.begin() && std::prev(after)->range.contains(address) ? std::prev(after)->ink : noInk;
    };
    std::vector<PhysRange> ranges;
    for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
        if (inkAt(left, edges[i]) == inkAt(right, edges[i])) continue;
        if (!ranges.empty() && ranges.back().end == edges[i])
            ranges.back().end = edges[i + 1];
        else
            ranges.push_back({edges[i], edges[i + 1]});
    }
    return ranges;
}

Bytes MapPairs::differing() const {
    Bytes sum = 0;
    for (const MapPair& pair : pairs)
        for (const PhysRange& range : pair.differs)
            sum += range.size();
    return sum;
}

MapPairs mapPairs(const Comparison& comparison) {
    MapPairs result;
    Inks inks(result.strips);
    const auto add = [&](const char* title, const char* source, auto pieces) {
        MapPair pair;
        pair.title = QString::fromLatin1(title);
        for (auto* strip : {&pair.left, &pair.right}) {
            strip->id = strip->title = title;
            strip->source = source;
            strip->empty = QStringLiteral("not in this log");
        }
        pair.left.pieces = pieces(comparison.left.maps, inks);
        pair.right.pieces = pieces(comparison.right.maps, inks);
        sortPieces(pair.left.pieces);
        sortPieces(pair.right.pieces);
        if (pair.left.pieces.empty() && pair.right.pieces.empty()) return;
        if (!pair.left.pieces.empty() && !pair.right.pieces.empty())
            pair.differs = differingRanges(pair.left.pieces, pair.right.pieces);
        result.pairs.push_back(std::move(pair));
    };
    add("e820", "the firmware's map as changed, arch/x86/kernel/e820.c", e820Pieces);
    add("Node", "Early memory node ranges, mm/page_alloc.c", nodePieces);
    add("Zone", "Zone ranges, mm/page_alloc.c", zonePieces);
    return result;
}

}  // namespace mm::gui
