// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mmzone/undo_log.h"

namespace mm {

void UndoLog::add_chunk() {
    if (m_at != m_first) {
        m_chunks.back().used = static_cast<std::size_t>(m_at - m_first);
        m_full += m_chunks.back().used;
    } else if (m_at) {
        return;  // the last one is empty
    }
    m_chunks.push_back({std::make_unique<std::uint8_t[]>(chunk_size)});
    m_first = m_at = m_chunks.back().bytes.get();
    m_stop = m_first + chunk_size - longest_record;
}

void UndoLog::varint(std::uint64_t v) {
    unsigned shift = 0;
    while (shift + 7 < 64 && v >> (shift + 7) != 0)
        shift += 7;
    for (std::uint8_t more = 0;; more = 0x80, shift -= 7) {
        byte(static_cast<std::uint8_t>((v >> shift & 0x7f) | more));
        if (shift == 0) return;
    }
}

void UndoLog::signed_varint(std::int64_t v) {
    varint(static_cast<std::uint64_t>(v) << 1 ^ static_cast<std::uint64_t>(v >> 63));
}

std::uint64_t UndoLog::pop_varint() {
    std::uint64_t v = 0;
    for (unsigned shift = 0;; shift += 7) {
        const std::uint8_t b = pop_byte();
        v |= static_cast<std::uint64_t>(b & 0x7f) << shift;
        if (!(b & 0x80)) return v;
    }
}

std::int64_t UndoLog::pop_signed() {
    const std::uint64_t v = pop_varint();
    return static_cast<std::int64_t>(v >> 1) ^ -static_cast<std::int64_t>(v & 1);
}

UndoLog::Record UndoLog::peek() {
    if (m_at == m_first) {
        m_chunks.pop_back();
        m_first = m_chunks.back().bytes.get();
        m_at = m_first + m_chunks.back().used;
        m_stop = m_first + chunk_size - longest_record;
        m_full -= m_chunks.back().used;
    }
    return {static_cast<Kind>(m_at[-1] & 15), static_cast<unsigned>(m_at[-1] >> 4)};
}

void UndoLog::go_to(Home home) {
    begin();
    varint(m_now.home);
    kind(Kind::other, 0);
    m_before.push_back(std::exchange(m_now, {home}));
    const auto it = std::find_if(m_before.begin(), m_before.end(), [&](const Touched& t) { return t.home == home; });
    if (it == m_before.end()) return;
    m_now = *it;
    m_before.erase(it);
}

void UndoLog::one_state(Pfn p, NrPages n, std::uint8_t state) {
    begin();
    const auto order = static_cast<unsigned>(std::countr_zero(n));
    const bool power = std::has_single_bit(n) && order < 15;
    if (!power) varint(n);
    byte(state);
    pfn(p);
    kind(Kind::state, power ? order : 15);
}

void UndoLog::states(const PageColumns& pages, Pfn p, NrPages n) {
    for (const Pfn end = p + n; p < end;) {
        const NrPages alike = pages.alike(p, end - p);
        one_state(p, alike, pages.state(p));
        p += alike;
    }
}

void UndoLog::use(const PageColumns& pages, Pfn p, unsigned order, bool hand_out) {
    const NrPages n = NrPages{1} << order;
    const bool usual = hand_out ? pages.head(p) == 0 && pages.refcount(p) == 0
                                : pages.head(p) == head_byte(order) && pages.refcount(p) == 1;
    if (!usual || (order > 0 && !pages.one_state(p, order))) {
        core(pages, p);
        return states(pages, p, n);
    }
    begin();
    const std::uint64_t ending = kind_byte(hand_out ? Kind::handed_out : Kind::freed, order);
    write(pages.state(p) | p << 8 | ending << 8 * (m_pfn_bytes + 1), m_pfn_bytes + 2);
    ++(hand_out ? m_tally.handed_out : m_tally.freed);
    (hand_out ? m_tally.pages_out : m_tally.pages_in) += n;
}

void UndoLog::core(const PageColumns& pages, Pfn p) {
    begin();
    const PageLink link = pages.link(p);
    unsigned which = 0;
    if (const std::uint8_t head = pages.head(p); head != 0) byte(head), which |= 1;
    if (const std::int32_t refs = pages.refcount(p); refs != 0) signed_varint(refs), which |= 2;
    if (link != PageLink{}) varint(link.prev), varint(link.next), which |= 4;
    pfn(p);
    kind(Kind::core, which);
}

void UndoLog::cores(const PageColumns& pages, Pfn p, NrPages n) {
    for (const Pfn end = p + n; p < end; ++p)
        if (pages.head(p) != 0 || pages.refcount(p) != 0 || pages.link(p) != PageLink{}) core(pages, p);
}

void UndoLog::flags(const PageColumns& pages, Pfn p, NrPages n) {
    for (const Pfn end = p + n; p < end;) {
        const std::uint32_t old = pages.flags(p);
        Pfn stop = p + 1;
        while (stop < end && pages.flags(stop) == old)
            ++stop;
        begin();
        varint(stop - p);
        varint(old);
        pfn(p);
        kind(Kind::flags);
        p = stop;
    }
}

void UndoLog::map(const PageColumns& pages, Pfn p) {
    begin();
    signed_varint(pages.mapcount(p));
    pfn(p);
    kind(Kind::map);
}

void UndoLog::set_tails(const PageColumns& pages, Pfn p, NrPages n) {
    for (Pfn tail = p + 1; tail < p + n; ++tail)
        if (pages.link(tail) != PageLink{}) core(pages, tail);
    begin();
    varint(n);
    pfn(p);
    kind(Kind::tails, 0);
}

void UndoLog::clear_links(const PageColumns& pages, Pfn p, NrPages n) {
    bool usual = pages.link(p) == PageLink{};
    for (Pfn tail = p + 1; usual && tail < p + n; ++tail)
        usual = pages.link(tail) == PageLink{static_cast<std::uint32_t>(p), 0};
    if (!usual) return cores(pages, p, n);
    begin();
    varint(n);
    pfn(p);
    kind(Kind::tails, 1);
}

void UndoLog::rotate(Home home, std::uint8_t list, Pfn first) {
    touch(home);
    begin();
    pfn(first);
    byte(list);
    kind(Kind::rotate);
}

void UndoLog::pageblock(Pfn p, std::uint8_t type) {
    begin();
    byte(type);
    pfn(p);
    kind(Kind::other, 1);
}

void UndoLog::number(std::uint64_t id, std::int64_t difference) {
    const bool is_small = difference >= -7 && difference <= 7;
    begin();
    if (!is_small) signed_varint(difference);
    varint(id);
    kind(Kind::number, is_small ? static_cast<unsigned>(8 + difference) : 0);
}

void UndoLog::end() {
    begin();
    kind(Kind::end);
    m_before.clear();
    m_now = {m_now.home};
    m_tally = {};
    m_expects_anything = false;
}

}  // namespace mm
