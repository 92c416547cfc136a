// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mmzone/page_columns.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "engine/mmzone/undo_log.h"

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
    m_core = LazyArray<PageCore>(n);
    m_flags = LazyArray<std::uint32_t>(n);
    m_map = LazyArray<std::int32_t>(n);
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
    if (m_state[p] != state || !all_equal(&m_state[p], count)) return false;
    const auto empty = [](const PageCore& core) {
        return core.head == 0 && core.refcount == 0 && core.link == PageLink{};
    };
    if ((marks & wrote_core) && !std::all_of(&m_core[p], &m_core[p] + count, empty)) return false;
    if ((marks & wrote_flags) && !all_zero(&m_flags[p], count)) return false;
    return !(marks & wrote_map) || all_zero(&m_map[p], count);
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

NrPages PageColumns::alike(Pfn p, NrPages n) const {
    if (is_spread(p) && p % pageblock_pages + n <= pageblock_pages) {
        if (all_equal(&m_state[p], n)) return n;
        const std::uint8_t* const end = &m_state[p] + n;
        return static_cast<NrPages>(std::find_if(&m_state[p], end, [&](auto s) { return s != m_state[p]; }) -
                                    &m_state[p]);
    }
    const std::uint8_t first = state(p);
    NrPages count = 1;
    while (count < n && state(p + count) == first)
        count += !is_spread(p + count) && starts_block(p + count) ? pageblock_pages : 1;
    return std::min(count, n);
}

void PageColumns::note_one_core(Pfn p) const {
    m_undo->core(*this, p);
}

void PageColumns::note_use(Pfn p, unsigned order, bool hand_out) const {
    m_undo->use(*this, p, order, hand_out);
}

void PageColumns::set_mapcount(Pfn p, std::int32_t v) {
    if (mapcount(p) == v) return;
    if (m_undo) m_undo->map(*this, p);
    spread(p, wrote_map), m_map[p] = v + 1;
}

void PageColumns::set_tails(Pfn head, NrPages n) {
    if (m_undo) m_undo->set_tails(*this, head, n);
    for (Pfn p = head + 1; p < head + n; ++p)
        relink(p, {static_cast<std::uint32_t>(head), link(p).prev});
}

void PageColumns::set_state(Pfn p, NrPages n, std::uint8_t state) {
    if (m_undo) m_undo->states(*this, p, n);
    fill_state(p, n, state, true);
}

void PageColumns::fill_state(Pfn p, NrPages n, std::uint8_t state, bool heads) {
    const auto fill = [&](Pfn first, NrPages count) {
        std::memset(&m_state[first], state, count);
        if (!heads || !wrote(first, wrote_core)) return;
        for (Pfn i = first; i < first + count; ++i)
            if (m_core[i].head != 0) m_core[i].state = state;
    };
    if (is_spread(p) && p % pageblock_pages + n <= pageblock_pages) {
        touch(p, 0);
        return fill(p, n);
    }
    each_block(
        p, n, 0, [&](UniformBlock& u) { u.state = state; }, fill);
}

void PageColumns::set_flags(Pfn p, NrPages n, std::uint32_t f) {
    if (m_undo) m_undo->flags(*this, p, n);
    each_block(
        p, n, wrote_flags, [&](UniformBlock& u) { u.flags |= f; },
        [&](Pfn first, NrPages count) {
            for (Pfn i = first; i < first + count; ++i)
                m_flags[i] |= f;
        });
}

void PageColumns::clear_flags(Pfn p, NrPages n, std::uint32_t f) {
    if (m_undo) m_undo->flags(*this, p, n);
    each_block(
        p, n, 0, [&](UniformBlock& u) { u.flags &= ~f; },
        [&](Pfn first, NrPages count) {
            if (!wrote(first, wrote_flags)) return;
            for (Pfn i = first; i < first + count; ++i)
                m_flags[i] &= ~f;
        });
}

void PageColumns::set_refcount(Pfn p, NrPages n, std::int32_t v) {
    if (m_undo) m_undo->cores(*this, p, n);
    each_block(
        p, n, v == 0 ? 0 : wrote_core, [&](UniformBlock& u) { u.refcount = v; },
        [&](Pfn first, NrPages count) {
            if (!wrote(first, wrote_core)) return;
            for (Pfn i = first; i < first + count; ++i)
                m_core[i].refcount = v;
        });
}

void PageColumns::clear_links(Pfn p, NrPages n) {
    if (m_undo) m_undo->clear_links(*this, p, n);
    each_block(
        p, n, 0, [](UniformBlock& u) { u.link = {}; },
        [&](Pfn first, NrPages count) {
            if (!wrote(first, wrote_core)) return;
            for (Pfn i = first; i < first + count; ++i)
                m_core[i].link = {};
        });
}

bool PageColumns::uniform(std::size_t block, UniformBlock& out) const {
    const std::size_t first = block * pageblock_pages;
    const std::uint8_t marks = m_marks[block];
    out = m_whole[block];
    if (!(marks & by_frame)) return true;
    if (!all_equal(&m_state[first], pageblock_pages)) return false;
    out = {m_state[first], 0, 0, 0, {}};
    if (marks & wrote_flags) {
        if (!all_equal(&m_flags[first], pageblock_pages)) return false;
        out.flags = m_flags[first];
    }
    if (marks & wrote_core) {
        const PageCore& head = m_core[first];
        const auto inside = [&](const PageCore& core) {
            return core.head == 0 && core.refcount == head.refcount && core.link == PageLink{};
        };
        if (!std::all_of(&m_core[first + 1], &m_core[first] + pageblock_pages, inside)) return false;
        out.head = head.head;
        out.refcount = head.refcount;
        out.link = head.link;
    }
    return !(marks & wrote_map) || all_zero(&m_map[first], pageblock_pages);
}

std::shared_ptr<const PageSectionImage> PageColumns::freeze_section(std::size_t section) {
    const auto& before = m_frozen.m_sections[section];
    auto now = before ? std::make_shared<PageSectionImage>(*before) : std::make_shared<PageSectionImage>();
    now->before = before;
    now->touched = 0;
    for (std::size_t i = 0; i < section_blocks; ++i) {
        const std::size_t block = section * section_blocks + i, first = block * pageblock_pages;
        if (!(m_marks[block] & dirty)) continue;
        m_marks[block] &= static_cast<std::uint8_t>(~dirty);
        now->touched |= std::uint64_t{1} << i;
        if (!now->detail.empty()) now->detail[i].reset();
        if (uniform(block, now->uniform[i])) continue;
        now->uniform[i] = {};
        auto image = std::make_shared<PageBlockImage>();
        copy_from(image->state, &m_state[first]);
        copy_from(image->flags, &m_flags[first]);
        copy_from(image->mapcount_plus1, &m_map[first]);
        for (std::size_t frame = 0; frame < pageblock_pages; ++frame) {
            const PageCore& core = m_core[first + frame];
            image->head[frame] = core.head;
            image->refcount[frame] = core.refcount;
            image->link[frame] = core.link;
        }
        image->tally = tally_of(image->state, image->head);
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

void PageColumns::grow(Pfn end_pfn) {
    assert(end_pfn >= m_end && !m_undo);
    FrozenPages now = freeze();
    now.m_end = end_pfn;
    now.m_sections.edit().resize(sections_for(end_pfn));
    *this = PageColumns(end_pfn);
    restore(now);
}

void PageColumns::write_columns(std::size_t block, const UniformBlock& u) {
    const std::size_t first = block * pageblock_pages;
    std::memset(&m_state[first], u.state, pageblock_pages);
    std::uint8_t wrote = by_frame;
    const auto fill = [&](auto& column, auto value, bool is_zero, std::uint8_t mark) {
        if (!is_zero || (m_marks[block] & mark)) std::fill_n(&column[first], pageblock_pages, value);
        if (!is_zero) wrote |= mark;
    };
    PageCore core;
    core.refcount = u.refcount;
    fill(m_flags, u.flags, u.flags == 0, wrote_flags);
    fill(m_core, core, u.refcount == 0, wrote_core);
    fill(m_map, 0, true, wrote_map);
    if (u.head != 0 || u.link != PageLink{}) {
        m_core[first].head = u.head;
        m_core[first].link = u.link;
        m_core[first].state = u.state;
        wrote |= wrote_core;
    }
    m_marks[block] = wrote;
}

void PageColumns::write_detail(std::size_t block, const PageBlockImage& image) {
    const std::size_t first = block * pageblock_pages;
    copy_to(&m_state[first], image.state);
    copy_to(&m_flags[first], image.flags);
    copy_to(&m_map[first], image.mapcount_plus1);
    for (std::size_t frame = 0; frame < pageblock_pages; ++frame)
        m_core[first + frame] = {image.link[frame], image.refcount[frame], image.head[frame], image.state[frame]};
    m_marks[block] = by_frame | wrote_flags | wrote_core | wrote_map;
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
