// SPDX-License-Identifier: GPL-3.0-or-later
// The vmalloc window as pieces side by side, ascending and without holes between them: areas in use, each with its
// guard page, areas that wait for a flush of the TLBs, and free addresses. And which frames an area maps.
//
//      VMALLOC_START [ area ][guard][ waits ][ area ][guard][           free            ) VMALLOC_END
#pragma once

#include <QString>
#include <vector>

#include "engine/snapshot/snapshot.h"

namespace mm::gui {

enum class VmKind { vmalloc, vmap, ioremap, guard, lazy, free };
inline constexpr int vmKinds = 6;

struct VmPiece {
    VirtRange range;
    VmKind kind = VmKind::free;
    VirtAddr area = 0;  ///< the start of the area it belongs to; 0: to none
    friend bool operator==(const VmPiece&, const VmPiece&) = default;
};

std::vector<VmPiece> vmPieces(const VmallocState& state);
VmKind kindOf(const VmArea& area);
/// "vmalloc", "waits for a flush"
QString kindName(VmKind kind);
/// What gives an area of that kind back: "vfree", "vunmap", "iounmap".
QString freeingFunction(VmKind kind);

/// Stretches of frames an area maps, that of its first page first, the others ascending.
std::vector<PfnRange> framesOf(const VmArea& area);
}  // namespace mm::gui
