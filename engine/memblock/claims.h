// SPDX-License-Identifier: GPL-3.0-or-later
// Who asked for which reserved piece: memblock.reserved merges regions and forgets, the picture should not.
//
//      claimed   [kernel image)           [initrd)
//      reserve        [real mode...............)          -> [kernel image)[real mode)[initrd)
//
// The older claim keeps what it has; freeing cuts. Touching claims of one owner become one. Sorted, disjoint, and
// together exactly memblock.reserved. Not in the kernel.
#pragma once

#include "engine/memblock/memblock.h"

namespace mm::claims {

void add(std::vector<MemblockClaim>& claims, PhysRange range, std::string_view owner);
void cut(std::vector<MemblockClaim>& claims, PhysRange range);
/// Whose the piece at addr is; "" if nobody's.
std::string owner_at(const std::vector<MemblockClaim>& claims, PhysAddr addr);
Broken check(const std::vector<MemblockClaim>& claims, const std::vector<MemblockRegion>& reserved);

}  // namespace mm::claims
