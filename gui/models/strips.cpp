// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/strips.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include "engine/snapshot/layout_of.h"
#include "gui/format/format.h"
#include "gui/models/address_axis.h"
#include "gui/models/strip_captions.h"

namespace mm::gui {
namespace {

/// Gathers pieces and hands out one ink per kind and name; totals are counted in the first strip that shows the ink.
class Builder {
public:
    Builder(Strips& result, const Snapshot& s)
        : m_result(result),
          m_arch(s.profile ? s.profile->arch : Arch::x86_64),
          m_efi(s.machine && s.machine->efi),
          m_recorded(s.provenance == Provenance::inferred) {}

    /// False: this machine's kernel has no such table.
    bool begin(StripId which, const char* id, const char* title) {
        const StripCaption caption = m_recorded ? recordedCaption(which) : stripCaption(which, m_arch, m_efi);
        if (!caption.source) return false;
        const QString empty = QStringLiteral("filled by ") + QString::fromUtf8(caption.filledBy);
        m_result.strips.push_back({id, title, caption.source, empty, {}});
        m_firstInk = m_result.inks.size();
        return true;
    }
    std::uint32_t ink(InkKind kind, std::uint32_t value, std::string_view name) {
        const auto found = m_inks.find({kind, std::string(name)});
        if (found != m_inks.end()) return found->second;
        const auto index = static_cast<std::uint32_t>(m_result.inks.size());
        m_result.inks.push_back({kind, value, text(name), 0});
        m_inks.emplace(std::pair{kind, std::string(name)}, index);
        return index;
    }
    void add(PhysRange range, std::uint32_t ink, unsigned depth = 0) {
        if (range.empty()) return;
        auto& pieces = m_result.strips.back().pieces;
        if (ink >= m_firstInk) m_result.inks[ink].total += range.size();
        if (depth == 0 && !pieces.empty() && pieces.back().ink == ink && pieces.back().range.end == range.start &&
            pieces.back().depth == 0)
            pieces.back().range.end = range.end;
        else
            pieces.push_back({range, ink, static_cast<std::uint8_t>(std::min(depth, 9u))});
    }
    void sort() {
        auto& pieces = m_result.strips.back().pieces;
        std::stable_sort(pieces.begin(), pieces.end(), [](const Piece& a, const Piece& b) {
            return a.range.start != b.range.start ? a.range.start < b.range.start : a.range.end > b.range.end;
        });
    }

private:
    Strips& m_result;
    Arch m_arch;
    bool m_efi, m_recorded;
    std::size_t m_firstInk = 0;
    std::map<std::pair<InkKind, std::string>, std::uint32_t, std::less<>> m_inks;
};

void addEntries(Builder& build, const std::vector<E820Entry>& entries) {
    for (const E820Entry& e : entries)
        build.add(clampedRange(e.start, e.size),
                  build.ink(InkKind::e820, static_cast<std::uint32_t>(e.type), e820_type_name(e.type)));
    build.sort();
}

void firmware(Builder& build, const Snapshot& s) {
    if (!build.begin(StripId::firmware, "firmware", "Firmware")) return;
    const auto& sanitized = s.state.e820_firmware.entries();
    addEntries(build, sanitized.empty() ? s.state.probe.boot_table : sanitized);
}

void e820(Builder& build, const Snapshot& s) {
    if (!build.begin(StripId::e820, "e820", "e820")) return;
    addEntries(build, s.state.e820.entries());
}

void memory(Builder& build, const Snapshot& s) {
    const bool recorded = s.provenance == Provenance::inferred;
    if (!build.begin(StripId::memory, "memory", recorded ? "Memory" : "memblock memory")) return;
    for (const MemblockRegion& r : s.state.memblock.memory())
        build.add(r.range(), build.ink(InkKind::memory, r.flags, r.flags == 0 ? "memory" : "memory, flagged"));
}

void reserved(Builder& build, const Snapshot& s) {
    if (!build.begin(StripId::reserved, "reserved", "memblock reserved")) return;
    std::vector<PhysRange> owned;
    for (const MemblockClaim& c : s.state.memblock.claims()) {
        build.add(c.range, build.ink(InkKind::owner, 0, c.owner.empty() ? "not named" : c.owner));
        owned.push_back(c.range);
    }
    if (owned.empty())
        for (const MemblockRegion& r : s.state.memblock.reserved())
            build.add(r.range(), build.ink(InkKind::owner, 0, "not named"));
    build.sort();
}

void directMap(Builder& build, const Snapshot& s) {
    if (!build.begin(StripId::direct, "direct", "Direct map")) return;
    if (!s.machine || !s.profile) return;
    const LayoutInput layout = layout_input_of(s);
    for (const MappedRange& m : s.state.direct_map.tables.mapped_ranges()) {
        if (phys_to_virt(layout, m.phys) != m.virt.start) continue;
        build.add({m.phys, m.phys + m.virt.size()},
                  build.ink(InkKind::leaf, static_cast<std::uint32_t>(m.leaf_size >> page_shift),
                            sizeText(m.leaf_size).toStdString() + " pages"));
    }
    build.sort();
}

void nodes(Builder& build, const Snapshot& s) {
    if (!build.begin(StripId::nodes, "nodes", "Node")) return;
    const PhysRange memory{0, s.state.max_pfn != 0 ? phys_of(s.state.max_pfn) : ~PhysAddr{0}};
    for (const NumaMemblk& b : s.state.numa.memblks)
        build.add(b.range.intersect(memory),
                  build.ink(InkKind::node, static_cast<std::uint32_t>(b.nid), std::to_string(b.nid)));
    for (const AddedMemory& added : *s.state.hotplug.added)
        build.add(added.range,
                  build.ink(InkKind::node, static_cast<std::uint32_t>(added.nid), std::to_string(added.nid)));
}

/// memblock's, and what has come since boot.
std::vector<MemblockRegion> memoryOf(const Snapshot& s) {
    std::vector<MemblockRegion> memory = s.state.memblock.memory();
    if (memory.empty()) return memory;
    for (const AddedMemory& added : *s.state.hotplug.added)
        if (!s.state.memblock.is_memory(added.range.start))
            memory.push_back({added.range.start, added.range.size(), memblock_none, added.nid});
    return memory;
}

/// The zone's span as far as there is memory in it; zones of several nodes have one ink.
void addZone(Builder& build, const Zone& zone, const std::vector<MemblockRegion>& memory) {
    const std::uint32_t ink = build.ink(InkKind::zone, static_cast<std::uint32_t>(zone.type), name_of(zone.type));
    const PhysRange span = phys_of(zone.span());
    if (memory.empty()) build.add(span, ink);
    for (const MemblockRegion& r : memory)
        if (r.nid == zone.nid || r.nid == MemblockRegion::max_numnodes) build.add(r.range().intersect(span), ink);
}

void zones(Builder& build, const Snapshot& s) {
    if (!build.begin(StripId::zones, "zones", "Zone")) return;
    const std::vector<MemblockRegion> memory = memoryOf(s);
    for (const Node& node : s.state.zones.nodes)
        for (const Zone& zone : node.zones)
            if (zone.spanned != 0) addZone(build, zone, memory);
    build.sort();
}

void iomem(Builder& build, const Snapshot& s) {
    if (!build.begin(StripId::iomem, "iomem", "iomem")) return;
    for (const IomemEntry& e : s.state.iomem)
        build.add(e.range, build.ink(InkKind::resource, 0, e.name), e.depth);
    build.sort();
}

}  // namespace

Strips makeStrips(const Snapshot& snapshot) {
    Strips result;
    Builder build(result, snapshot);
    for (const auto& make : {firmware, e820, memory, reserved, directMap, nodes, zones, iomem})
        make(build, snapshot);
    return result;
}

bool sameStrips(const Snapshot& a, const Snapshot& b) {
    return a.machine == b.machine && a.profile == b.profile && a.booted && b.booted &&
           a.state.hotplug == b.state.hotplug;
}

const Piece* pieceAt(const Strip& strip, PhysAddr address) {
    const Piece* best = nullptr;
    for (const Piece& p : strip.pieces) {
        if (p.range.start > address) break;
        if (p.range.contains(address) && (!best || p.range.size() <= best->range.size())) best = &p;
    }
    return best;
}

std::vector<PhysRange> differingPieces(const Strips& was, const Strips& is, std::size_t strip) {
    std::vector<PhysRange> ranges;
    using Key = std::tuple<PhysAddr, PhysAddr, QString>;
    const auto keys = [strip](const Strips& of) {
        std::set<Key> all;
        if (strip < of.strips.size())
            for (const Piece& p : of.strips[strip].pieces)
                all.insert({p.range.start, p.range.end, of.inks[p.ink].name});
        return all;
    };
    const std::set<Key> before = keys(was), now = keys(is);
    std::vector<Key> differ;
    std::set_symmetric_difference(before.begin(), before.end(), now.begin(), now.end(), std::back_inserter(differ));
    for (const auto& [start, end, name] : differ)
        ranges.push_back({start, end});
    return ranges;
}

}  // namespace mm::gui
