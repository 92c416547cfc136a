// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/vm_pieces.h"

#include <QCoreApplication>
#include <algorithm>
#include <array>

namespace mm::gui {
namespace {

QString tr(const char* words) {
    return QCoreApplication::translate("VmPieces", words);
}

}  // namespace

VmKind kindOf(const VmArea& area) {
    if (area.flags & vm::ioremap) return VmKind::ioremap;
    return area.flags & vm::alloc ? VmKind::vmalloc : VmKind::vmap;
}

QString kindName(VmKind kind) {
    static constexpr std::array<const char*, vmKinds> names{"vmalloc",           "vmap", "ioremap", "guard page",
                                                            "waits for a flush", "free"};
    return tr(names[static_cast<std::size_t>(kind)]);
}

QString freeingFunction(VmKind kind) {
    return kind == VmKind::ioremap ? QStringLiteral("iounmap")
           : kind == VmKind::vmap  ? QStringLiteral("vunmap")
                                   : QStringLiteral("vfree");
}

std::vector<VmPiece> vmPieces(const VmallocState& state) {
    std::vector<VmPiece> pieces;
    if (!state.up) return pieces;
    for (const auto& [start, area] : *state.busy) {
        const VirtAddr end = start + area.size();
        pieces.push_back({{start, end}, kindOf(area), start});
        if (end < area.va.range.end) pieces.push_back({{end, area.va.range.end}, VmKind::guard, start});
    }
    for (const auto& [start, area] : *state.purge)
        pieces.push_back({area.range, VmKind::lazy, start});
    std::sort(pieces.begin(), pieces.end(),
              [](const VmPiece& a, const VmPiece& b) { return a.range.start < b.range.start; });
    std::vector<VmPiece> all;
    VirtAddr at = state.window.range.start;
    const auto freeUntil = [&](VirtAddr end) {
        if (at < end) all.push_back({{at, end}, VmKind::free, 0});
    };
    for (const VmPiece& piece : pieces) {
        freeUntil(piece.range.start);
        all.push_back(piece);
        at = piece.range.end;
    }
    freeUntil(state.window.range.end);
    return all;
}

std::vector<PfnRange> framesOf(const VmArea& area) {
    if (area.flags & vm::ioremap) return {{pfn_down(area.phys), pfn_up(area.phys + area.size())}};
    std::vector<Pfn> frames(area.pages.begin(), area.pages.end());
    if (frames.empty()) return {};
    const Pfn first = frames[0];
    std::sort(frames.begin(), frames.end());
    std::vector<PfnRange> ranges;
    for (const Pfn pfn : frames) {
        if (!ranges.empty() && ranges.back().end == pfn)
            ++ranges.back().end;
        else if (ranges.empty() || ranges.back().end < pfn)
            ranges.push_back({pfn, pfn + 1});
    }
    const auto own = std::find_if(ranges.begin(), ranges.end(), [first](PfnRange r) { return r.contains(first); });
    std::rotate(ranges.begin(), own, own + 1);
    return ranges;
}

}  // namespace mm::gui
