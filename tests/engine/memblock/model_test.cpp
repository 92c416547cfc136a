// SPDX-License-Identifier: GPL-3.0-or-later
// Random programs of memblock calls against a model that knows no lists: an array of page frames, searched by brute
// force. After every call lists, claims, free ranges and the answers must agree, and check() must be content.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <optional>

#include "engine/memblock/memblock.h"
#include "engine/types/rng.h"
#include "tests/support/from_environment.h"

namespace mm {
namespace {

constexpr std::size_t frames = 256;
constexpr Nid nowhere = MemblockRegion::max_numnodes;

struct Tag {
    Nid nid = nowhere;
    std::uint32_t flags = 0;
    friend bool operator==(const Tag&, const Tag&) = default;
};

struct Model {
    std::array<std::optional<Tag>, frames> memory, reserved;
    std::array<std::string, frames> owner;  ///< "" not reserved
    bool movable_node = false;

    bool usable(std::size_t f, Nid nid) const {
        if (!memory[f] || reserved[f] || (nid != no_node && memory[f]->nid != nid)) return false;
        return !(memory[f]->flags & memblock_nomap) && !(movable_node && (memory[f]->flags & memblock_hotplug));
    }
    /// A free stretch never crosses from one memory region into another.
    bool fits(std::size_t f, std::size_t count, Nid nid) const {
        for (std::size_t i = f; i < f + count; ++i)
            if (!usable(i, nid) || *memory[i] != *memory[f]) return false;
        return true;
    }
    std::size_t find(std::size_t count, std::size_t align, std::size_t start, std::size_t end, Nid nid, bool up) const {
        start = std::max<std::size_t>(start, 1);
        std::size_t best = 0;
        for (std::size_t f = start; f + count <= std::min(end, frames); ++f) {
            if (f % align != 0 || !fits(f, count, nid)) continue;
            if (up) return f;
            best = f;
        }
        return best;
    }
};

template<class Column>
std::vector<MemblockRegion> runs(const Column& column) {
    std::vector<MemblockRegion> list;
    for (std::size_t f = 0; f < frames; ++f) {
        if (!column[f]) continue;
        if (f > 0 && column[f - 1] == column[f])
            list.back().size += page_size;
        else
            list.push_back({f * page_size, page_size, column[f]->flags, column[f]->nid});
    }
    return list;
}

std::vector<MemblockClaim> owner_runs(const Model& model) {
    std::vector<MemblockClaim> list;
    for (std::size_t f = 0; f < frames; ++f) {
        if (model.owner[f].empty()) continue;
        if (f > 0 && model.owner[f - 1] == model.owner[f])
            list.back().range.end += page_size;
        else
            list.push_back({{f * page_size, (f + 1) * page_size}, model.owner[f]});
    }
    return list;
}

class Program {
public:
    explicit Program(std::uint64_t seed) : m_rng(seed) {}

    void step() {
        const std::size_t first = m_rng.below(frames),
                          count = m_rng.below(std::min<std::size_t>(frames - first, 48) + 1);
        m_first = first;
        m_last = first + count;
        switch (m_rng.below(10)) {
            case 0:
            case 1:
                return add();
            case 2:
                return remove();
            case 3:
                return reserve(first, m_last);
            case 4:
                return free();
            case 5:
                return set_node();
            case 6:
                return mark();
            case 7:
                return trim();
            default:
                return alloc();
        }
    }

    void compare() const {
        ASSERT_EQ(m_memblock.check(), Broken{});
        ASSERT_EQ(m_memblock.memory(), runs(m_model.memory));
        ASSERT_EQ(m_memblock.reserved(), runs(m_model.reserved));
        ASSERT_EQ(m_memblock.claims(), owner_runs(m_model));
        auto free = m_model.memory;
        for (std::size_t f = 0; f < frames; ++f)
            if (!m_model.usable(f, no_node)) free[f].reset();
        ASSERT_EQ(m_memblock.free_ranges(), runs(free));
    }

private:
    PhysAddr base() const { return m_first * page_size; }
    Bytes size() const { return (m_last - m_first) * page_size; }

    void add() {
        const Nid nid = m_rng.chance(500) ? nowhere : static_cast<Nid>(m_rng.below(2));
        m_memblock.add(base(), size(), {}, nid);
        for (std::size_t f = m_first; f < m_last; ++f)
            if (!m_model.memory[f]) m_model.memory[f] = Tag{nid, 0};
    }
    void remove() {
        m_memblock.remove(base(), size());
        for (std::size_t f = m_first; f < m_last; ++f)
            m_model.memory[f].reset();
    }
    void reserve(std::size_t first, std::size_t last) {
        const std::string owner(1, static_cast<char>('a' + m_rng.below(3)));
        m_memblock.reserve(first * page_size, (last - first) * page_size, owner);
        note_reserved(first, last, owner);
    }
    void note_reserved(std::size_t first, std::size_t last, const std::string& owner) {
        for (std::size_t f = first; f < last; ++f)
            if (!m_model.reserved[f]) {
                m_model.reserved[f] = Tag{};
                m_model.owner[f] = owner;
            }
    }
    void free() {
        m_memblock.phys_free(base(), size());
        for (std::size_t f = m_first; f < m_last; ++f) {
            m_model.reserved[f].reset();
            m_model.owner[f].clear();
        }
    }
    void set_node() {
        const bool in_reserved = m_rng.chance(500);
        const Nid nid = static_cast<Nid>(m_rng.below(2));
        m_memblock.set_node(base(), size(), nid, in_reserved);
        auto& column = in_reserved ? m_model.reserved : m_model.memory;
        for (std::size_t f = m_first; f < m_last; ++f)
            if (column[f]) column[f]->nid = nid;
    }
    void mark() {
        const std::uint32_t flag = m_rng.chance(500) ? memblock_nomap : memblock_hotplug;
        const bool set = m_rng.chance(400);
        m_memblock.mark(base(), size(), flag, set);
        for (std::size_t f = m_first; f < m_last; ++f)
            if (m_model.memory[f])
                m_model.memory[f]->flags = set ? m_model.memory[f]->flags | flag : m_model.memory[f]->flags & ~flag;
        m_model.movable_node = m_rng.chance(300);
        m_memblock.set_movable_node(m_model.movable_node);
    }
    void trim() {
        if (!m_rng.chance(100)) return;
        m_memblock.trim_memory(4 * page_size);
        for (const auto& r : runs(m_model.memory)) {
            const PhysAddr start = align_up(r.base, 4 * page_size), end = align_down(r.end(), 4 * page_size);
            for (PhysAddr at = r.base; at < r.end(); at += page_size)
                if (at < start || at >= end) m_model.memory[at / page_size].reset();
        }
    }
    void alloc() {
        const std::size_t count = 1 + m_rng.below(8), align = std::size_t{1} << m_rng.below(5);
        const std::size_t end = m_rng.chance(300) ? m_last : 0, limit = 1 + m_rng.below(frames + 16);
        const Nid nid = m_rng.chance(400) ? static_cast<Nid>(m_rng.below(2)) : no_node;
        const bool exact = m_rng.chance(300), retry = m_rng.chance(500), up = m_rng.chance(500);
        const std::string owner(1, static_cast<char>('A' + m_rng.below(3)));
        m_memblock.set_bottom_up(up);
        m_memblock.set_current_limit(limit * page_size);
        const PhysAddr got = m_memblock.alloc({.size = count * page_size,
                                               .align = align * page_size,
                                               .start = base(),
                                               .end = end * page_size,
                                               .nid = nid,
                                               .exact_nid = exact,
                                               .owner = owner},
                                              {}, retry);
        std::size_t bound = end == 0 ? limit : end;
        if (retry) bound = std::min(bound, limit);
        std::size_t expected = 0;
        for (const std::size_t start : {m_first, std::size_t{0}}) {
            if (expected == 0) expected = m_model.find(count, align, start, bound, nid, up);
            if (expected == 0 && !exact) expected = m_model.find(count, align, start, bound, no_node, up);
            if (!retry) break;
        }
        ASSERT_EQ(got, expected * page_size);
        if (expected) note_reserved(expected, expected + count, owner);
    }

    Rng m_rng;
    Memblock m_memblock;
    Model m_model;
    std::size_t m_first = 0, m_last = 0;
};

TEST(MemblockModel, RandomProgramsAgreeWithABitmap) {
    const std::uint64_t base = test::from_environment("MM_TEST_SEED", 1);
    for (std::uint64_t seed = base; seed < base + 60; ++seed) {
        Program program(seed);
        for (int step = 0; step < 300; ++step) {
            SCOPED_TRACE(fmt::format("MM_TEST_SEED={} step {}", seed, step));
            ASSERT_NO_FATAL_FAILURE(program.step());
            ASSERT_NO_FATAL_FAILURE(program.compare());
        }
    }
}

}  // namespace
}  // namespace mm
