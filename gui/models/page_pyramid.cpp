// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/page_pyramid.h"

#include <algorithm>
#include <bit>

#include "engine/mmzone/differing_blocks.h"
#include "engine/mmzone/stretches.h"

namespace mm::gui {
namespace {

constexpr unsigned tierShift = 3;                   ///< a node has 8 children
constexpr std::size_t topNodes = 8, mostTiers = 6;  ///< a node's counts stay below 2^32
constexpr std::size_t ahead = 6, cacheLine = 64;    ///< images are fetched so many pageblocks before they are read

bool sameSpans(const Zones& a, const Zones& b) {
    return std::equal(a.nodes.begin(), a.nodes.end(), b.nodes.begin(), b.nodes.end(), [](const Node& x, const Node& y) {
        return x.nid == y.nid && std::equal(x.zones.begin(), x.zones.end(), y.zones.begin(),
                                            [](const Zone& z, const Zone& w) { return z.span() == w.span(); });
    });
}

/// Adds how often each category occurs.
void count(const BlockCategories& categories, std::uint16_t* counts) {
    for_stretches([&](std::size_t i, auto n) { return alike<n>(categories.data() + i); },
                  [&](std::size_t i, std::size_t n) {
                      counts[categories[i]] = static_cast<std::uint16_t>(counts[categories[i]] + n);
                  },
                  [&](std::size_t i) { ++counts[categories[i]]; });
}

/// What counting reads: the tally, or the bytes that a classifier looks at.
void fetchImage(const PageBlockImage* image, bool tally) {
    if (!image) return;
    if (tally) return __builtin_prefetch(&image->tally);
    const auto* const bytes = image->state.data();
    for (std::size_t i = 0; i < sizeof image->state + sizeof image->head; i += cacheLine)
        __builtin_prefetch(bytes + i);
}

}  // namespace

/// What follow() will read: of blocks scattered over memory, no prefetcher guesses the next.
void PagePyramid::fetch(const FrozenPages& was, const FrozenPages& is, Pfn first) const {
    fetchImage(is.block_image(first), m_mode->ofKind != nullptr);
    fetchImage(was.block_image(first), true);
    const std::size_t block = first / pageblock_pages, n = categories();
    if (block * n >= m_blocks.size()) return;
    __builtin_prefetch(&m_blocks[block * n]);
    if (!m_tiers.empty()) __builtin_prefetch(&m_tiers[0][(block >> tierShift) * n]);
}

int PagePyramid::classify(Pfn first, BlockCategories& out) const {
    return m_mode->classify({*m_snapshot, m_ground, first, m_parameter}, out);
}

template<class Node>
void PagePyramid::add(std::span<const Node> nodes, std::size_t first, std::size_t last, Counts& sum) const {
    const std::size_t n = categories(), end = std::min(last, nodes.size() / n);
    for (std::size_t i = first; i < end; ++i) {
        for (std::size_t c = 0; c < n; ++c)
            sum[c] += nodes[i * n + c];
    }
}

PagePyramid::Counts PagePyramid::counts(unsigned level, std::size_t index) const {
    const unsigned tier = std::min(level / tierShift, static_cast<unsigned>(m_tiers.size()));
    const std::size_t width = std::size_t{1} << (level - tier * tierShift);
    Counts sum{};
    if (tier == 0)
        add(std::span<const std::uint16_t>(m_blocks), index * width, (index + 1) * width, sum);
    else
        add(std::span<const std::uint32_t>(m_tiers[tier - 1]), index * width, (index + 1) * width, sum);
    return sum;
}

/// Null: each frame has to be looked at.
const BlockTally* PagePyramid::tallyOf(Pfn first) const {
    if (!m_mode->ofKind) return nullptr;
    const PageBlockImage* const image = m_snapshot->pages.block_image(first);
    if (!image || image->tally.overflown() || !isAllMemory(m_ground, first)) return nullptr;
    return &image->tally;
}

void PagePyramid::recount(std::size_t block, std::uint16_t* counts) const {
    std::fill(counts, counts + categories(), std::uint16_t{0});
    const Pfn first = block * pageblock_pages;
    if (const BlockTally* const tally = tallyOf(first)) {
        const BlockInput in{*m_snapshot, m_ground, first, m_parameter};
        for (const BlockTally::Kind kind : tally->all()) {
            std::uint16_t& frames = counts[m_mode->ofKind(in, kind)];
            frames = static_cast<std::uint16_t>(frames + kind.frames);
        }
        return;
    }
    BlockCategories out;
    const int uniform = classify(first, out);
    if (uniform >= 0)
        counts[uniform] = pageblock_pages;
    else
        count(out, counts);
}

/// Counts a pageblock again and tells all tiers the difference.
void PagePyramid::correct(std::size_t block) {
    std::array<std::uint16_t, maxCategories> now;
    recount(block, now.data());
    const std::size_t n = categories();
    for (std::size_t c = 0; c < n; ++c) {
        std::uint16_t& was = m_blocks[block * n + c];
        if (was == now[c]) continue;
        const std::uint32_t more = std::uint32_t{now[c]} - was;  // wraps where it is less, and so do the sums
        for (std::size_t tier = 0; tier < m_tiers.size(); ++tier)
            m_tiers[tier][(block >> (tierShift * (tier + 1))) * n + c] += more;
        was = now[c];
    }
}

void PagePyramid::rebuild() {
    const std::size_t n = categories();
    std::size_t nodes = m_ground.end / pageblock_pages;
    m_blocks.assign(nodes * n, 0);
    for (std::size_t block = 0; block < nodes; ++block)
        recount(block, m_blocks.data() + block * n);
    m_tiers.clear();
    while (nodes > topNodes && m_tiers.size() < mostTiers) {
        nodes = (nodes + (std::size_t{1} << tierShift) - 1) >> tierShift;
        std::vector<std::uint32_t> tier(nodes * n);
        for (std::size_t i = 0; i < nodes; ++i) {
            const Counts sum = counts(tierShift * static_cast<unsigned>(m_tiers.size() + 1), i);
            std::transform(sum.begin(), sum.begin() + static_cast<std::ptrdiff_t>(n),
                           tier.begin() + static_cast<std::ptrdiff_t>(i * n),
                           [](NrPages pages) { return static_cast<std::uint32_t>(pages); });
        }
        m_tiers.push_back(std::move(tier));
    }
}

std::vector<Pfn> PagePyramid::changedBlocks(const Snapshot& before) const {
    std::vector<Pfn> frames = differing_blocks(before.pages, m_snapshot->pages);
    const auto& a = before.state.zones.pageblock_type;
    const auto& b = m_snapshot->state.zones.pageblock_type;
    if (a.same_as(b)) return frames;
    std::vector<Pfn> types, out;
    for (auto at = std::pair(a.begin(), b.begin());; ++at.first, ++at.second) {
        at = std::mismatch(at.first, a.end(), at.second);
        if (at.first == a.end()) break;
        types.push_back(static_cast<Pfn>(at.first - a.begin()) * pageblock_pages);
    }
    std::set_union(frames.begin(), frames.end(), types.begin(), types.end(), std::back_inserter(out));
    return out;
}

/// Corrects the counts of changed pageblocks, and of those after them that a larger block's head decides on: they join
/// the list.
void PagePyramid::follow(std::vector<Pfn>& blocks, const Snapshot& before) {
    const FrozenPages &was = before.pages, &is = m_snapshot->pages;
    const auto reach = [](const FrozenPages& pages, Pfn first) {
        const PageBlockImage* const image = pages.block_image(first);
        const unsigned order = order_of_head(image ? image->tally.first_head : pages.uniform_block(first).head);
        return order == not_a_head ? pageblock_pages : std::max<Pfn>(Pfn{1} << order, pageblock_pages);
    };
    std::vector<Pfn> all;
    all.reserve(blocks.size());
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        if (i + ahead < blocks.size()) fetch(was, is, blocks[i + ahead]);
        const Pfn first = blocks[i];
        const Pfn to = std::min(first + std::max(reach(was, first), reach(is, first)), end());
        for (Pfn pfn = all.empty() ? first : std::max(first, all.back() + pageblock_pages); pfn < to;
             pfn += pageblock_pages) {
            correct(pfn / pageblock_pages);
            all.push_back(pfn);
        }
    }
    blocks = std::move(all);
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
        follow(change.blocks, *before);
    }
    m_totals = counts(static_cast<unsigned>(std::bit_width(m_ground.end / pageblock_pages)), 0);
    return change;
}

}  // namespace mm::gui
