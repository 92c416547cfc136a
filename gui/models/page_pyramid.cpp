// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/page_pyramid.h"

#include <algorithm>

namespace mm::gui {
namespace {

constexpr std::array<std::uint32_t, maxCategories> zeros{};

bool sameSpans(const Zones& a, const Zones& b) {
    return std::equal(a.nodes.begin(), a.nodes.end(), b.nodes.begin(), b.nodes.end(), [](const Node& x, const Node& y) {
        return x.nid == y.nid && std::equal(x.zones.begin(), x.zones.end(), y.zones.begin(),
                                            [](const Zone& z, const Zone& w) { return z.span() == w.span(); });
    });
}

bool sameFrames(const FrozenPages& a, const FrozenPages& b, Pfn first) {
    return a.block_image(first) == b.block_image(first) && a.uniform_block(first) == b.uniform_block(first);
}

}  // namespace

int PagePyramid::classify(Pfn first, BlockCategories& out) const {
    return m_mode->classify({*m_snapshot, m_ground, first, m_parameter}, out);
}

std::span<const std::uint32_t> PagePyramid::counts(unsigned level, std::size_t index) const {
    const std::size_t n = categories();
    if (level >= m_levels.size() || (index + 1) * n > m_levels[level].size()) return {zeros.data(), n};
    return {m_levels[level].data() + index * n, n};
}

void PagePyramid::recount(std::size_t block) {
    std::uint32_t* const counts = m_levels[0].data() + block * categories();
    std::fill(counts, counts + categories(), 0u);
    BlockCategories out;
    const int uniform = classify(block * pageblock_pages, out);
    if (uniform >= 0) {
        counts[uniform] = pageblock_pages;
        return;
    }
    std::array<std::array<std::uint16_t, maxCategories>, 2> half{};  // two, so that equal neighbours do not wait
    for (unsigned i = 0; i < pageblock_pages; i += 2) {
        ++half[0][out[i]];
        ++half[1][out[i + 1]];
    }
    for (unsigned c = 0; c < categories(); ++c)
        counts[c] = std::uint32_t{half[0][c]} + half[1][c];
}

void PagePyramid::sumUp(unsigned level, std::size_t index) {
    const auto a = counts(level - 1, 2 * index);
    const auto b = counts(level - 1, 2 * index + 1);
    std::uint32_t* const sum = m_levels[level].data() + index * categories();
    for (unsigned c = 0; c < categories(); ++c)
        sum[c] = a[c] + b[c];
}

void PagePyramid::rebuild() {
    std::size_t nodes = m_ground.end / pageblock_pages;
    m_levels.assign(1, std::vector<std::uint32_t>(nodes * categories()));
    for (std::size_t block = 0; block < nodes; ++block)
        recount(block);
    // A node of the top level has fewer than 2^32 frames.
    while (nodes > 1 && m_levels.size() < 22) {
        nodes = (nodes + 1) / 2;
        m_levels.emplace_back(nodes * categories());
        for (std::size_t i = 0; i < nodes; ++i)
            sumUp(levels() - 1, i);
    }
}

std::vector<Pfn> PagePyramid::changedBlocks(const Snapshot& before) const {
    const FrozenPages& a = before.pages;
    const FrozenPages& b = m_snapshot->pages;
    const auto& typesA = before.state.zones.pageblock_type;
    const auto& typesB = m_snapshot->state.zones.pageblock_type;
    const std::size_t blocks = m_ground.end / pageblock_pages;
    std::vector<Pfn> out;
    for (std::size_t section = 0; section * section_blocks < blocks; ++section) {
        const std::size_t first = section * section_blocks;
        const std::size_t end = std::min<std::size_t>(first + section_blocks, blocks);
        const auto image = [&](const FrozenPages& p) {
            return section < p.nr_sections() ? p.section(section).get() : nullptr;
        };
        const bool frames = image(a) != image(b);
        const bool types = !std::equal(typesA.begin() + static_cast<std::ptrdiff_t>(std::min(first, typesA.size())),
                                       typesA.begin() + static_cast<std::ptrdiff_t>(std::min(end, typesA.size())),
                                       typesB.begin() + static_cast<std::ptrdiff_t>(std::min(first, typesB.size())),
                                       typesB.begin() + static_cast<std::ptrdiff_t>(std::min(end, typesB.size())));
        if (!frames && !types) continue;
        for (std::size_t block = first; block < end; ++block) {
            const Pfn pfn = block * pageblock_pages;
            const bool typeDiffers = types && block < typesB.size() && typesA[block] != typesB[block];
            if (typeDiffers || (frames && pfn < b.end_pfn() && !sameFrames(a, b, pfn))) out.push_back(pfn);
        }
    }
    return out;
}

/// The head of a block of more than a pageblock decides what the pageblocks after it look like.
void PagePyramid::widen(std::vector<Pfn>& blocks, const Snapshot& before) const {
    std::vector<Pfn> wider;
    for (const Pfn first : blocks) {
        const Pfn from = wider.empty() ? first : std::max(first, wider.back() + pageblock_pages);
        const auto reach = [&](const FrozenPages& pages) {
            const unsigned order = pages.at(first).order;
            return order == not_a_head ? pageblock_pages : std::max<Pfn>(Pfn{1} << order, pageblock_pages);
        };
        const Pfn to = std::min(first + std::max(reach(before.pages), reach(m_snapshot->pages)), end());
        for (Pfn pfn = from; pfn < to; pfn += pageblock_pages)
            wider.push_back(pfn);
    }
    blocks = std::move(wider);
}

PagePyramid::Change PagePyramid::update(const SnapshotPtr& snapshot, ColourMode mode, unsigned parameter) {
    const SnapshotPtr before = std::exchange(m_snapshot, snapshot);
    Ground ground = groundOf(*snapshot);
    const bool same = before && m_mode->mode == mode && m_parameter == parameter && ground == m_ground &&
                      before->pages.end_pfn() == snapshot->pages.end_pfn() &&
                      before->state.zones.pageblock_type.size() == snapshot->state.zones.pageblock_type.size() &&
                      sameSpans(before->state.zones, snapshot->state.zones);
    m_mode = &colourMode(mode);
    m_parameter = parameter;
    m_ground = std::move(ground);
    Change change;
    if (!same) {
        rebuild();
        change.all = true;
    } else {
        change.blocks = changedBlocks(*before);
        widen(change.blocks, *before);
        std::vector<std::size_t> dirty;
        for (const Pfn pfn : change.blocks) {
            recount(pfn / pageblock_pages);
            dirty.push_back(pfn / pageblock_pages);
        }
        for (unsigned level = 1; level < levels() && !dirty.empty(); ++level) {
            for (std::size_t& i : dirty)
                i /= 2;
            dirty.erase(std::unique(dirty.begin(), dirty.end()), dirty.end());
            for (const std::size_t i : dirty)
                sumUp(level, i);
        }
    }
    m_totals.fill(0);
    const unsigned top = levels() - 1;
    for (std::size_t i = 0; i < m_levels[top].size() / categories(); ++i) {
        for (unsigned c = 0; c < categories(); ++c)
            m_totals[c] += counts(top, i)[c];
    }
    return change;
}

}  // namespace mm::gui
