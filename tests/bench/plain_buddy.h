// SPDX-License-Identifier: GPL-3.0-or-later
// The buddy allocator of the textbooks, as a yardstick: one power-of-two memory, last-in-first-out lists linked by
// index, 16 bytes a frame; no zones, migratetypes, watermarks, pictures or checks.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace mm::bench {

class PlainBuddy {
public:
    static constexpr unsigned orders = 11;
    static constexpr std::uint32_t none = 0xffffffff;

    explicit PlainBuddy(std::uint32_t frames) : m_frames(frames) {
        m_first.fill(none);
        for (std::uint32_t p = 0; p < frames; p += 1u << (orders - 1))
            push(p, orders - 1);
    }

    std::uint32_t alloc(unsigned order) {
        unsigned o = order;
        while (o < orders && m_first[o] == none)
            ++o;
        if (o == orders) return none;
        const std::uint32_t p = m_first[o];
        remove(p, o);
        while (o > order) {
            --o;
            push(p + (1u << o), o);
        }
        return p;
    }

    void free(std::uint32_t p, unsigned order) {
        for (; order + 1 < orders; ++order) {
            const std::uint32_t buddy = p ^ (1u << order);
            if (!m_frames[buddy].free || m_frames[buddy].order != order) break;
            remove(buddy, order);
            p &= buddy;
        }
        push(p, order);
    }

private:
    struct Frame {
        std::uint32_t next = none, prev = none, order = 0, free = 0;
    };
    static_assert(sizeof(Frame) == 16);

    void push(std::uint32_t p, unsigned order) {
        m_frames[p] = {m_first[order], none, order, 1};
        if (m_first[order] != none) m_frames[m_first[order]].prev = p;
        m_first[order] = p;
    }
    void remove(std::uint32_t p, unsigned order) {
        Frame& f = m_frames[p];
        if (f.prev != none)
            m_frames[f.prev].next = f.next;
        else
            m_first[order] = f.next;
        if (f.next != none) m_frames[f.next].prev = f.prev;
        f.free = 0;
    }

    std::vector<Frame> m_frames;
    std::array<std::uint32_t, orders> m_first{};
};

}  // namespace mm::bench
