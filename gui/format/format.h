// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers in words as every view writes them: thin spaces between thousands, hex with 0x and lower case, binary sizes,
// ranges with inclusive ends as the kernel prints them.
#pragma once

#include <QString>
#include <string_view>

#include "engine/types/units.h"

namespace mm::gui {

inline constexpr char16_t thinSpace = 0x202f;  ///< narrow no-break space: never wraps inside a number

QString text(std::string_view utf8);
/// "event 5 is of the boot" as one says it: "Event 5 is of the boot."
QString sentence(std::string_view words);
/// "48 213" with thin spaces.
QString number(std::uint64_t value);
/// "0x1a8c1".
QString hex(std::uint64_t value);
/// "4 KiB", "2.5 GiB".
QString sizeText(Bytes bytes);
/// Of a count of pages.
QString pagesAsSize(NrPages pages);
/// "0x1000000-0x43fffff"; "" for an empty range.
QString rangeText(PhysRange range);
/// "pfn 0x1a800" or "pfn 0x1a800-0x1a9ff"; "" for an empty range.
QString pfnText(PfnRange range);
/// "37.5 %"; 0 of 0 is "0 %".
QString percentText(std::uint64_t part, std::uint64_t whole);

}  // namespace mm::gui
