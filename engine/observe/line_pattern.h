// SPDX-License-Identifier: GPL-3.0-or-later
// How the beginning of a kernel's line is recognised without regular expressions, which are slow on logs of many
// thousand lines. A pattern is plain text with four wildcards:
//
//      %  one or more decimal digits      $  one or more blanks
//      ^  one or more upper hex digits    *  anything, as little as possible
//
//      "  * zone: % pages"   matches   "  DMA32 zone: 2047 pages used for memmap"
#pragma once

#include <string_view>

namespace mm {

/// True if the line begins as the pattern says.
bool begins_like(std::string_view line, std::string_view pattern);

}  // namespace mm
