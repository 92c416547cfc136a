// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mmzone/differing_blocks.h"

#include <algorithm>
#include <cstring>

namespace mm {

std::vector<Pfn> differing_blocks(const FrozenPages& a, const FrozenPages& b) {
    static const PageSectionImage untouched;
    const auto image = [](const FrozenPages& pages, std::size_t i) -> const PageSectionImage& {
        return i < pages.nr_sections() && pages.section(i) ? *pages.section(i) : untouched;
    };
    std::vector<Pfn> out;
    const std::size_t blocks = (std::min(a.end_pfn(), b.end_pfn()) + pageblock_pages - 1) / pageblock_pages;
    for (std::size_t first = 0; first < blocks; first += section_blocks) {
        const PageSectionImage& x = image(a, first / section_blocks);
        const PageSectionImage& y = image(b, first / section_blocks);
        if (&x == &y) continue;
        const std::size_t end = std::min<std::size_t>(section_blocks, blocks - first);
        // Padding may differ where nothing else does: then each is looked at.
        const bool same = std::memcmp(x.uniform.data(), y.uniform.data(), sizeof x.uniform) == 0;
        for (std::size_t i = 0; i < end; ++i) {
            const PageBlockImage* const detail = x.detail_of(i);
            if (detail != y.detail_of(i) || (!same && !detail && x.uniform[i] != y.uniform[i]))
                out.push_back((first + i) * pageblock_pages);
        }
    }
    return out;
}

}  // namespace mm
