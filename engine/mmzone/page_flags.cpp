// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mmzone/page_flags.h"

namespace mm {

std::string flag_names(std::uint32_t flags, std::string_view separator) {
    std::string out;
    for (unsigned i = 0; i < nr_page_flags; ++i) {
        if (!(flags >> i & 1)) continue;
        if (!out.empty()) out += separator;
        out += page_flag_names[i];
    }
    return out;
}

}  // namespace mm
