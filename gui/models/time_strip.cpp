// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/time_strip.h"

namespace mm::gui {
namespace {

/// Pageblocks that have memory in them, ascending.
std::vector<std::size_t> blocksOf(const Ground& ground) {
    std::vector<std::size_t> blocks;
    for (const PfnRange& memory : ground.memory) {
        const std::size_t first = memory.start / pageblock_pages;
        const std::size_t end = (memory.end + pageblock_pages - 1) / pageblock_pages;
        for (std::size_t b = blocks.empty() ? first : std::max(first, blocks.back() + 1); b < end; ++b)
            blocks.push_back(b);
    }
    return blocks;
}

}  // namespace

StripColumn StripMaker::column(const SnapshotPtr& snapshot) {
    m_pyramid.update(snapshot, ColourMode::migrateType);
    const unsigned kinds = m_pyramid.categories();
    const std::vector<std::size_t> blocks = blocksOf(m_pyramid.ground());
    StripColumn column{snapshot->at, std::vector<std::uint8_t>(std::size_t{TimeStrip::cells} * kinds)};
    for (unsigned cell = 0; cell < TimeStrip::cells && !blocks.empty(); ++cell) {
        // A machine of fewer pageblocks than cells shows each in more than one.
        const std::size_t first = cell * blocks.size() / TimeStrip::cells;
        const std::size_t end = std::max(first + 1, (cell + 1) * blocks.size() / TimeStrip::cells);
        std::array<NrPages, maxCategories> sum{};
        for (std::size_t b = first; b < end; ++b) {
            const auto counts = m_pyramid.counts(0, blocks[b]);
            for (unsigned k = 0; k < kinds; ++k)
                sum[k] += counts[k];
        }
        const NrPages whole = (end - first) * pageblock_pages;
        for (unsigned k = 0; k < kinds; ++k)  // rounded up: one frame is enough to be seen
            column.shares[std::size_t{cell} * kinds + k] =
                static_cast<std::uint8_t>((sum[k] * 255 + whole - 1) / whole);
    }
    return column;
}

}  // namespace mm::gui
