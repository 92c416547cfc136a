// SPDX-License-Identifier: GPL-3.0-or-later
// Reading a picture of all frames.
#include <algorithm>
#include <cstring>

#include "engine/mmzone/page_columns.h"

namespace mm {
namespace {

struct Place {
    std::size_t section, block;  ///< block within its section
    unsigned frame;              ///< within its pageblock
};

Place place_of(Pfn pfn) {
    const Pfn block = pfn / pageblock_pages;
    return {static_cast<std::size_t>(block / section_blocks), static_cast<std::size_t>(block % section_blocks),
            static_cast<unsigned>(pfn % pageblock_pages)};
}

PageRecord record_of(std::uint8_t state, std::uint8_t head) {
    PageRecord r;
    r.state = state;
    r.order = order_of_head(head);
    r.list = list_of_head(head);
    return r;
}

std::uint64_t mix(std::uint64_t h, std::uint64_t x) {
    h = (h ^ x) * 0x9e3779b97f4a7c15u;
    return h ^ (h >> 32);
}

std::uint64_t hash_bytes(std::uint64_t h, const void* data, std::size_t bytes) {
    const auto* p = static_cast<const unsigned char*>(data);
    for (std::size_t i = 0; i + 8 <= bytes; i += 8) {
        std::uint64_t word;
        std::memcpy(&word, p + i, 8);
        h = mix(h, word);
    }
    return h;
}

std::uint64_t hash_of(const UniformBlock& u) {
    std::uint64_t h = mix(1, u.state | std::uint64_t{u.head} << 8 | std::uint64_t{u.flags} << 32);
    h = mix(h, static_cast<std::uint32_t>(u.refcount));
    return mix(h, u.link.next | std::uint64_t{u.link.prev} << 32);
}

/// A block that is uniform hashes as its UniformBlock would, however it is stored.
bool as_uniform(const PageBlockImage& b, UniformBlock& u) {
    u = {b.state[0], b.head[0], b.flags[0], b.refcount[0], b.link[0]};
    const auto all = [](const auto& column, auto from, auto value) {
        return std::all_of(column.begin() + from, column.end(), [value](auto x) { return x == value; });
    };
    return all(b.state, 0, u.state) && all(b.head, 1, std::uint8_t{0}) && all(b.flags, 0, u.flags) &&
           all(b.refcount, 0, u.refcount) && all(b.mapcount_plus1, 0, 0) && all(b.link, 1, PageLink{});
}

std::uint64_t hash_of(const PageBlockImage& b) {
    UniformBlock u;
    if (as_uniform(b, u)) return hash_of(u);
    std::uint64_t h = hash_bytes(2, b.state.data(), sizeof b.state);
    h = hash_bytes(h, b.head.data(), sizeof b.head);
    h = hash_bytes(h, b.flags.data(), sizeof b.flags);
    h = hash_bytes(h, b.refcount.data(), sizeof b.refcount);
    h = hash_bytes(h, b.mapcount_plus1.data(), sizeof b.mapcount_plus1);
    return hash_bytes(h, b.link.data(), sizeof b.link);
}

}  // namespace

PageRecord FrozenPages::at(Pfn pfn) const {
    const Place at = place_of(pfn);
    if (at.section >= m_sections.size() || !m_sections[at.section]) return {};
    const PageSectionImage& section = *m_sections[at.section];
    if (const PageBlockImage* b = section.detail_of(at.block)) {
        PageRecord r = record_of(b->state[at.frame], b->head[at.frame]);
        r.flags = b->flags[at.frame];
        r.refcount = b->refcount[at.frame];
        r.mapcount = b->mapcount_plus1[at.frame] - 1;
        r.link = b->link[at.frame];
        return r;
    }
    const UniformBlock& u = section.uniform[at.block];
    PageRecord r = record_of(u.state, at.frame == 0 ? u.head : std::uint8_t{0});
    r.flags = u.flags;
    r.refcount = u.refcount;
    if (at.frame == 0) r.link = u.link;
    return r;
}

std::uint8_t FrozenPages::state_at(Pfn pfn) const {
    const Place at = place_of(pfn);
    if (at.section >= m_sections.size() || !m_sections[at.section]) return 0;
    const PageSectionImage& section = *m_sections[at.section];
    const PageBlockImage* b = section.detail_of(at.block);
    return b ? b->state[at.frame] : section.uniform[at.block].state;
}

int FrozenPages::block_states(Pfn first, std::array<std::uint8_t, pageblock_pages>& out) const {
    if (const PageBlockImage* b = block_image(first)) {
        out = b->state;
        return std::memcmp(out.data(), out.data() + 1, out.size() - 1) == 0 ? out[0] : -1;
    }
    const std::uint8_t state = uniform_block(first).state;
    out.fill(state);
    return state;
}

const PageBlockImage* FrozenPages::block_image(Pfn first) const {
    const Place at = place_of(first);
    if (at.section >= m_sections.size() || !m_sections[at.section]) return nullptr;
    return m_sections[at.section]->detail_of(at.block);
}

UniformBlock FrozenPages::uniform_block(Pfn first) const {
    const Place at = place_of(first);
    if (at.section >= m_sections.size() || !m_sections[at.section]) return {};
    return m_sections[at.section]->uniform[at.block];
}

std::uint64_t FrozenPages::hash() const {
    std::uint64_t h = mix(3, m_end);
    for (std::size_t s = 0; s < m_sections.size(); ++s) {
        if (!m_sections[s]) continue;
        for (std::size_t i = 0; i < section_blocks; ++i) {
            const PageBlockImage* detail = m_sections[s]->detail_of(i);
            const UniformBlock& u = m_sections[s]->uniform[i];
            if (!detail && u == UniformBlock{}) continue;  // as if never touched
            h = mix(h, s * section_blocks + i);
            h = mix(h, detail ? hash_of(*detail) : hash_of(u));
        }
    }
    return h;
}

}  // namespace mm
