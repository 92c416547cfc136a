// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mmzone/page_columns.h"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace mm {
namespace {

/// All n values equal to the first: compared with themselves, one shifted.
template<class T>
bool all_equal(const T* p, std::size_t n) {
    return n < 2 || std::memcmp(p, p + 1, (n - 1) * sizeof(T)) == 0;
}

template<class T>
bool all_zero(const T* p, std::size_t n) {
    static constexpr std::array<std::byte, sizeof(T) * pageblock_pages> zeros{};
    return std::memcmp(p, zeros.data(), n * sizeof(T)) == 0;
}

template<class T, std::size_t N>
void copy_to(T* to, const std::array<T, N>& from) {
    std::copy(from.begin(), from.end(), to);
}
template<class T, std::size_t N>
void copy_from(std::array<T, N>& to, const T* from) {
    std::copy_n(from, N, to.begin());
}

constexpr std::size_t sections_for(Pfn end) {
    return static_cast<std::size_t>((end + pageblock_pages * section_blocks - 1) / (pageblock_pages * section_blocks));
}

}  // namespace

std::string_view name_of(MigrateType mt) {
    constexpr std::array<std::string_view, nr_migratetypes> names{"Unmovable",  "Movable", "Reclaimable",
                                                                  "HighAtomic", "CMA",     "Isolate"};
    return names.at(static_cast<std::size_t>(mt));
}

PageColumns::PageColumns(Pfn end_pfn) : m_end(end_pfn) {
    // Whole sections, so that a picture never has to mind the end.
    const std::size_t sections = sections_for(end_pfn), blocks = sections * section_blocks,
                      n = blocks * pageblock_pages;
    m_state = LazyArray<std::uint8_t>(n);
    m_head = LazyArray<std::uint8_t>(n);
    m_flags = LazyArray<std::uint32_t>(n);
    m_ref = LazyArray<std::int32_t>(n);
    m_map = LazyArray<std::int32_t>(n);
    m_link = LazyArray<PageLink>(n);
    m_marks = LazyArray<std::uint8_t>(blocks);
    m_whole = LazyArray<UniformBlock>(blocks);
    m_dirty_sections.resize(sections);
    m_frozen.m_end = end_pfn;
    m_frozen.m_sections.assign(sections, nullptr);
}

PageRecord PageColumns::record(Pfn p) const {
    PageRecord r;
    r.state = state(p);
    r.order = order_of_head(head(p));
    r.list = list_of_head(head(p));
    r.flags = flags(p);
    r.refcount = refcount(p);
    r.mapcount = mapcount(p);
    r.link = link(p);
    return r;
}

bool PageColumns::plain(Pfn p, NrPages n, std::uint8_t state) const {
    for (const Pfn end = p + n; p < end;) {
        const Pfn stop = std::min(end, (p / pageblock_pages + 1) * pageblock_pages), count = stop - p;
        if (!(is_spread(p) ? plain_frames(p, count, state) : plain_whole(p, state))) return false;
        p = stop;
    }
    return true;
}

/// Of frames from p on in a pageblock that is one record.
bool PageColumns::plain_whole(Pfn p, std::uint8_t state) const {
    UniformBlock u = whole(p);
    if (!starts_block(p)) u.head = 0, u.link = {};
    return u == UniformBlock{state, 0, 0, 0, {}};
}

bool PageColumns::plain_frames(Pfn p, NrPages count, std::uint8_t state) const {
    const std::uint8_t marks = m_marks[p / pageblock_pages];
    if (m_state[p] != state || !all_equal(&m_state[p], count) || !all_zero(&m_head[p], count)) return false;
    if ((marks & wrote_flags) && !all_zero(&m_flags[p], count)) return false;
    if ((marks & wrote_ref) && !all_zero(&m_ref[p], count)) return false;
    if ((marks & wrote_map) && !all_zero(&m_map[p], count)) return false;
    return !(marks & wrote_link) || all_zero(&m_link[p], count);
}

/// Changes each piece of [p, p + n) inside one pageblock: change(whole) where the piece is all of a pageblock that is
/// one record (or changes nothing in it), else change_frames(first, count), after spreading.
template<class Change, class ChangeFrames>
void PageColumns::each_block(Pfn p, NrPages n, std::uint8_t wrote, Change change, ChangeFrames change_frames) {
    assert(p + n <= m_end);
    for (const Pfn end = p + n; p < end;) {
        const Pfn stop = std::min(end, (p / pageblock_pages + 1) * pageblock_pages);
        UniformBlock u = whole(p);
        if (!is_spread(p)) change(u);
        if (is_spread(p) || (u != whole(p) && stop - p < pageblock_pages)) {
            spread(p, wrote);
            change_frames(p, stop - p);
        } else if (u != whole(p)) {
            touch(p, 0);
            m_whole[p / pageblock_pages] = u;
        }
        p = stop;
    }
}

void PageColumns::set_state(Pfn p, NrPages n, std::uint8_t state) {
    each_block(
        p, n, 0, [&](UniformBlock& u) { u.state = state; },
        [&](Pfn first, NrPages count) { std::memset(&m_state[first], state, count); });
}

void PageColumns::set_flags(Pfn p, NrPages n, std::uint32_t f) {
    each_block(
        p, n, wrote_flags, [&](UniformBlock& u) { u.flags |= f; },
        [&](Pfn first, NrPages count) {
            for (Pfn i = first; i < first + count; ++i)
                m_flags[i] |= f;
        });
}

void PageColumns::clear_flags(Pfn p, NrPages n, std::uint32_t f) {
    each_block(
        p, n, 0, [&](UniformBlock& u) { u.flags &= ~f; },
        [&](Pfn first, NrPages count) {
            if (!wrote(first, wrote_flags)) return;
            for (Pfn i = first; i < first + count; ++i)
                m_flags[i] &= ~f;
        });
}

void PageColumns::set_refcount(Pfn p, NrPages n, std::int32_t v) {
    each_block(
        p, n, v == 0 ? 0 : wrote_ref, [&](UniformBlock& u) { u.refcount = v; },
        [&](Pfn first, NrPages count) {
            if (wrote(first, wrote_ref)) std::fill_n(&m_ref[first], count, v);
        });
}

void PageColumns::clear_links(Pfn p, NrPages n) {
    each_block(
        p, n, 0, [](UniformBlock& u) { u.link = {}; },
        [&](Pfn first, NrPages count) {
            if (wrote(first, wrote_link)) std::fill_n(&m_link[first], count, PageLink{});
        });
}

bool PageColumns::uniform(std::size_t block, UniformBlock& out) const {
    const std::size_t first = block * pageblock_pages;
    const std::uint8_t marks = m_marks[block];
    out = m_whole[block];
    if (!(marks & by_frame)) return true;
    if (!all_equal(&m_state[first], pageblock_pages) || !all_zero(&m_head[first + 1], pageblock_pages - 1))
        return false;
    out = {m_state[first], m_head[first], 0, 0, {}};
    if (marks & wrote_flags) {
        if (!all_equal(&m_flags[first], pageblock_pages)) return false;
        out.flags = m_flags[first];
    }
    if (marks & wrote_ref) {
        if (!all_equal(&m_ref[first], pageblock_pages)) return false;
        out.refcount = m_ref[first];
    }
    if ((marks & wrote_map) && !all_zero(&m_map[first], pageblock_pages)) return false;
    if (marks & wrote_link) {
        if (!all_zero(&m_link[first + 1], pageblock_pages - 1)) return false;
        out.link = m_link[first];
    }
    return true;
}

std::shared_ptr<const PageSectionImage> PageColumns::freeze_section(std::size_t section) {
    const auto& before = m_frozen.m_sections[section];
    auto now = before ? std::make_shared<PageSectionImage>(*before) : std::make_shared<PageSectionImage>();
    for (std::size_t i = 0; i < section_blocks; ++i) {
        const std::size_t block = section * section_blocks + i, first = block * pageblock_pages;
        if (!(m_marks[block] & dirty)) continue;
        m_marks[block] &= static_cast<std::uint8_t>(~dirty);
        if (!now->detail.empty()) now->detail[i].reset();
        if (uniform(block, now->uniform[i])) continue;
        now->uniform[i] = {};
        auto image = std::make_shared<PageBlockImage>();
        copy_from(image->state, &m_state[first]);
        copy_from(image->head, &m_head[first]);
        copy_from(image->flags, &m_flags[first]);
        copy_from(image->refcount, &m_ref[first]);
        copy_from(image->mapcount_plus1, &m_map[first]);
        copy_from(image->link, &m_link[first]);
        now->detail.resize(section_blocks);
        now->detail[i] = std::move(image);
    }
    return now;
}

const FrozenPages& PageColumns::freeze() {
    for (std::size_t section = 0; section < m_dirty_sections.size(); ++section) {
        if (!m_dirty_sections[section]) continue;
        m_dirty_sections[section] = 0;
        m_frozen.m_sections.set(section, freeze_section(section));
    }
    return m_frozen;
}

void PageColumns::write_columns(std::size_t block, const UniformBlock& u) {
    const std::size_t first = block * pageblock_pages;
    std::memset(&m_state[first], u.state, pageblock_pages);
    std::memset(&m_head[first], 0, pageblock_pages);
    m_head[first] = u.head;
    std::uint8_t wrote = by_frame;
    const auto fill = [&](auto& column, auto value, std::uint8_t mark) {
        if (value != 0 || (m_marks[block] & mark)) std::fill_n(&column[first], pageblock_pages, value);
        if (value != 0) wrote |= mark;
    };
    fill(m_flags, u.flags, wrote_flags);
    fill(m_ref, u.refcount, wrote_ref);
    fill(m_map, 0, wrote_map);
    if (m_marks[block] & wrote_link) std::fill_n(&m_link[first], pageblock_pages, PageLink{});
    if (u.link != PageLink{}) {
        m_link[first] = u.link;
        wrote |= wrote_link;
    }
    m_marks[block] = wrote;
}

void PageColumns::write_detail(std::size_t block, const PageBlockImage& image) {
    const std::size_t first = block * pageblock_pages;
    copy_to(&m_state[first], image.state);
    copy_to(&m_head[first], image.head);
    copy_to(&m_flags[first], image.flags);
    copy_to(&m_ref[first], image.refcount);
    copy_to(&m_map[first], image.mapcount_plus1);
    copy_to(&m_link[first], image.link);
    m_marks[block] = by_frame | wrote_flags | wrote_ref | wrote_map | wrote_link;
}

void PageColumns::restore_section(std::size_t section, const PageSectionImage& then) {
    static const PageSectionImage untouched{};
    const PageSectionImage& now = m_frozen.m_sections[section] ? *m_frozen.m_sections[section] : untouched;
    for (std::size_t i = 0; i < section_blocks; ++i) {
        const std::size_t block = section * section_blocks + i;
        const PageBlockImage* const image = then.detail_of(i);
        const bool same = now.detail_of(i) == image && now.uniform[i] == then.uniform[i];
        if (same && !(m_marks[block] & dirty)) continue;
        if (image) {
            write_detail(block, *image);
        } else {
            m_whole[block] = then.uniform[i];
            m_marks[block] &= static_cast<std::uint8_t>(~(dirty | by_frame));
        }
    }
}

void PageColumns::restore(const FrozenPages& then) {
    assert(then.m_end == m_end);
    static const PageSectionImage untouched{};
    for (std::size_t section = 0; section < m_dirty_sections.size(); ++section) {
        const auto& wanted = then.m_sections[section];
        if (!m_dirty_sections[section] && m_frozen.m_sections[section] == wanted) continue;
        restore_section(section, wanted ? *wanted : untouched);
        m_dirty_sections[section] = 0;
    }
    m_frozen = then;
}

}  // namespace mm
