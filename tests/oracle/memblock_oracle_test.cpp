// SPDX-License-Identifier: GPL-3.0-or-later
// Random programs of memblock calls, run by our memblock and by the kernel's own: after every call both lists (bases,
// sizes, flags, nodes), the arrays' sizes and places, the totals and the answer must be equal.
//
//      program = settings + calls         seed n = program n; MM_TEST_SEED and MM_ORACLE_PROGRAMS choose others
//
// The arrays start with 4 to 128 regions, so that doubling and its failures come up all the time.
#include <dlfcn.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>

#include "engine/memblock/memblock.h"
#include "engine/types/panic.h"
#include "engine/types/rng.h"
#include "tests/oracle/kernel_memblock.h"
#include "tests/support/from_environment.h"

namespace mm {
namespace {

constexpr Bytes region_size = sizeof(km_region);

using test::from_environment;

/// The library's functions by name.
class Kernel {
    void* m_library;  // before the functions, which are looked up in it

    template<class Function>
    Function find(const char* name) const {
        return m_library ? reinterpret_cast<Function>(dlsym(m_library, name)) : nullptr;
    }

public:
    explicit Kernel(const char* path) : m_library(dlopen(path, RTLD_NOW | RTLD_LOCAL)) {}
    Kernel(const Kernel&) = delete;
    Kernel& operator=(const Kernel&) = delete;
    ~Kernel() {
        if (m_library) dlclose(m_library);
    }
    bool loaded() const { return m_library; }

#define KM_CALL(name) decltype(&km_##name) name = find<decltype(&km_##name)>("km_" #name)
    KM_CALL(reset);
    KM_CALL(list);
    KM_CALL(allow_resize);
    KM_CALL(set_bottom_up);
    KM_CALL(set_movable_node);
    KM_CALL(set_current_limit);
    KM_CALL(trim);
    KM_CALL(add);
    KM_CALL(remove);
    KM_CALL(reserve);
    KM_CALL(free);
    KM_CALL(set_node);
    KM_CALL(mark);
    KM_CALL(alloc);
    KM_CALL(is_memory);
    KM_CALL(is_reserved);
    KM_CALL(is_region_memory);
    KM_CALL(is_region_reserved);
#undef KM_CALL
};

/// One random program. step() makes one call on both sides; said() tells it in words.
class Program {
public:
    Program(const Kernel& kernel, std::uint64_t seed) : m_kernel(kernel), m_rng(seed) {
        constexpr std::size_t sizes[] = {4, 5, 8, 16, 128};
        const auto size = [&] { return sizes[m_rng.below(std::size(sizes))]; };
        const km_settings settings{size(), size(), m_rng.chance(300)};
        m_kernel.reset(&settings);
        m_ours.set_arrays(settings.memory_max, settings.reserved_max, region_size);
        m_ours.set_mirrored_kernelcore(settings.mirrored_kernelcore);
        // Near the top of the address space nothing is doubled: the kernel's array would have to exist there.
        m_high = m_rng.chance(100);
        m_bytes_matter = m_rng.chance(400);
        m_space = m_rng.chance(500) ? 4 * MiB : m_rng.chance(500) ? 64 * MiB : 64 * GiB;
        m_nodes = 1 + m_rng.below(3);
        if (!m_high && m_rng.chance(600)) allow_resize();
    }
    const std::string& said() const { return m_said; }
    bool over() const { return m_over; }

    void step() {
        switch (m_rng.below(16)) {
            case 0:
            case 1:
            case 2:
                return add();
            case 3:
                return compare_status(
                    "remove", [&](auto r) { return m_ours.remove(r.start, r.size()); },
                    [&](auto r) { return m_kernel.remove(r.start, r.size()); });
            case 4:
            case 5:
            case 6:
                return compare_status(
                    "reserve", [&](auto r) { return m_ours.reserve(r.start, r.size(), "piece"); },
                    [&](auto r) { return m_kernel.reserve(r.start, r.size()); });
            case 7:
                return free();
            case 8:
            case 9:
                return set_node();
            case 10:
                return mark();
            case 11:
                return change_settings();
            default:
                return alloc();
        }
    }

    void compare() {
        if (m_over) return;
        compare_list(MemblockList::memory, m_ours.memory(), m_ours.memory_size());
        compare_list(MemblockList::reserved, m_ours.reserved(), m_ours.reserved_size());
        ASSERT_EQ(m_ours.check(), Broken{});
        const PhysRange r = range();
        ASSERT_EQ(m_ours.is_memory(r.start), m_kernel.is_memory(r.start)) << r.start;
        ASSERT_EQ(m_ours.is_reserved(r.start), m_kernel.is_reserved(r.start)) << r.start;
        ASSERT_EQ(m_ours.is_region_memory(r), m_kernel.is_region_memory(r.start, r.size())) << r.start;
        ASSERT_EQ(m_ours.is_region_reserved(r), m_kernel.is_region_reserved(r.start, r.size())) << r.start;
    }

private:
    PhysRange range() {
        const Bytes grain = m_bytes_matter && m_rng.chance(300) ? 1 : m_rng.chance(300) ? 64 * KiB : page_size;
        PhysAddr start = align_down(m_rng.below(m_space), grain);
        Bytes size = align_up(m_rng.below(m_space / (m_rng.chance(300) ? 4 : 64)), grain);
        if (m_high && m_rng.chance(500)) {
            start = ~PhysAddr{0} - m_rng.below(m_space);
            if (m_rng.chance(500)) start = align_down(start, grain);
            size = m_rng.below(m_space / 16);
        }
        return {start, start + std::min(size, ~PhysAddr{0} - start)};
    }
    Nid node() { return m_rng.chance(200) ? MemblockRegion::max_numnodes : static_cast<Nid>(m_rng.below(m_nodes)); }

    void allow_resize() {
        m_ours.allow_resize();
        m_kernel.allow_resize();
    }

    PhysRange place_of(MemblockList which) const {
        const MemblockArray& array = m_ours.array(which);
        return {array.at, array.at ? array.at + array.max * region_size : 0};
    }
    /// memblock_double_array() frees the old array before it reserves the new one; when that doubles the other list,
    /// both may take the same place, and from there on the kernel overwrites itself. Nothing is left to compare with.
    bool arrays_overlap() const { return place_of(MemblockList::memory).overlaps(place_of(MemblockList::reserved)); }
    /// Runs ours; a BUG of the kernel is a panic here, and the end of the program.
    template<class Ours>
    std::optional<decltype(std::declval<Ours>()())> ours_or_bug(Ours&& ours, bool bug) {
        try {
            auto answer = ours();
            m_over = arrays_overlap();
            if (m_over) return {};
            EXPECT_FALSE(bug) << "the kernel stopped at a BUG_ON";
            m_over = bug;
            return answer;
        } catch (const KernelPanic& panic) {
            EXPECT_TRUE(bug) << panic.message;
            m_over = true;
            return {};
        }
    }
    template<class Ours, class Theirs>
    void compare_status(std::string_view name, Ours&& ours, Theirs&& theirs) {
        const PhysRange r = range();
        m_said = fmt::format("{} [{:#x}, {:#x})", name, r.start, r.end);
        const int expected = theirs(r);
        const auto done = ours_or_bug([&] { return ours(r); }, expected == km_bug);
        ASSERT_EQ(done.value_or(expected == 0), expected == 0);
    }

    void add() {
        const Nid nid = m_rng.chance(500) ? MemblockRegion::max_numnodes : node();
        const std::uint32_t flags = m_rng.chance(800)   ? memblock_none
                                    : m_rng.chance(500) ? memblock_hotplug
                                                        : memblock_driver_managed;
        compare_status(
            fmt::format("add node {} flags {}", nid, flags),
            [&](auto r) { return m_ours.add(r.start, r.size(), {}, nid, flags); },
            [&](auto r) { return m_kernel.add(r.start, r.size(), nid, flags); });
    }
    void free() {
        const PhysRange r = range();
        m_said = fmt::format("phys_free [{:#x}, {:#x})", r.start, r.end);
        // Nobody frees memblock's own arrays behind its back: in the kernel the next one would overwrite them.
        if (r.overlaps(place_of(MemblockList::memory)) || r.overlaps(place_of(MemblockList::reserved))) return;
        const int expected = m_kernel.free(r.start, r.size());
        const auto done = ours_or_bug([&] { return m_ours.phys_free(r.start, r.size()); }, expected == km_bug);
        ASSERT_EQ(done.value_or(expected == 0), expected == 0);
    }
    void set_node() {
        const bool reserved = m_rng.chance(300);
        const Nid nid = node();
        compare_status(
            fmt::format("set_node {} {}", nid, reserved ? "reserved" : "memory"),
            [&](auto r) { return m_ours.set_node(r.start, r.size(), nid, reserved); },
            [&](auto r) { return m_kernel.set_node(r.start, r.size(), reserved, nid); });
    }
    void mark() {
        const std::uint32_t flag = 1u << m_rng.below(3);
        const bool set = flag == memblock_mirror || m_rng.chance(600);
        compare_status(
            fmt::format("mark {} {}", flag, set), [&](auto r) { return m_ours.mark(r.start, r.size(), flag, set); },
            [&](auto r) { return m_kernel.mark(r.start, r.size(), flag, set); });
    }
    void change_settings() {
        const bool yes = m_rng.chance(500);
        switch (m_rng.below(m_high ? 3 : 5)) {
            case 0:
                m_said = fmt::format("bottom_up {}", yes);
                m_ours.set_bottom_up(yes);
                return m_kernel.set_bottom_up(yes);
            case 1:
                m_said = fmt::format("movable_node {}", yes);
                m_ours.set_movable_node(yes);
                return m_kernel.set_movable_node(yes);
            case 2: {
                const PhysAddr limit = yes ? ~PhysAddr{0} : range().end;
                m_said = fmt::format("current_limit {:#x}", limit);
                m_ours.set_current_limit(limit);
                return m_kernel.set_current_limit(limit);
            }
            case 3:
                m_said = "allow_resize";
                return allow_resize();
            default: {
                const Bytes align = yes ? page_size : 64 * KiB;
                m_said = fmt::format("trim_memory {:#x}", align);
                m_ours.trim_memory(align);
                return m_kernel.trim(align);
            }
        }
    }
    void alloc() {
        const Bytes size = 1 + m_rng.below(m_rng.chance(500) ? 4 * page_size : m_space / 16);
        const PhysRange window = range();
        MemblockRequest q{.size = m_rng.chance(500) ? align_up(size, page_size) : size,
                          .align = m_rng.chance(100) ? 0 : Bytes{1} << m_rng.below(22),
                          .start = m_rng.chance(500) ? 0 : window.start,
                          .end = m_rng.chance(600) ? m_rng.below(2) : window.end,
                          .nid = m_rng.chance(500) ? no_node : static_cast<Nid>(m_rng.below(m_nodes)),
                          .exact_nid = m_rng.chance(300),
                          .owner = "allocation"};
        const bool retry = m_rng.chance(500);
        m_said = fmt::format("alloc {:#x} align {:#x} from {:#x} max {:#x} nid {} exact {} retry {}", q.size, q.align,
                             q.start, q.end, q.nid, q.exact_nid, retry);
        const long long expected = m_kernel.alloc(q.size, q.align, q.start, q.end, q.nid, q.exact_nid, retry);
        const auto found = ours_or_bug([&] { return m_ours.alloc(q, {}, retry); }, expected == km_bug);
        ASSERT_EQ(found.value_or(static_cast<PhysAddr>(expected)), static_cast<PhysAddr>(expected));
    }

    void compare_list(MemblockList which, const std::vector<MemblockRegion>& ours, Bytes total) {
        km_array theirs{};
        m_kernel.list(which == MemblockList::reserved, &theirs);
        std::vector<MemblockRegion> expected;
        for (unsigned long i = 0; i < theirs.count; ++i) {
            const km_region& r = theirs.regions[i];
            expected.push_back({r.base, r.size, r.flags, r.nid});
        }
        ASSERT_EQ(ours, expected);
        ASSERT_EQ(total, theirs.total);
        ASSERT_EQ(m_ours.array(which).max, theirs.max);
        ASSERT_EQ(m_ours.array(which).at, theirs.at);
    }

    const Kernel& m_kernel;
    Rng m_rng;
    Memblock m_ours;
    bool m_high = false, m_bytes_matter = false, m_over = false;
    Bytes m_space = 0;
    std::uint64_t m_nodes = 1;
    std::string m_said;
};

TEST(MemblockOracle, random_programs_agree_with_the_kernel) {
    const char* path = std::getenv("MM_KERNEL_MEMBLOCK");
    if (!path) GTEST_SKIP() << "MM_KERNEL_MEMBLOCK is not set: run_oracle.py builds the library and runs this";
    const Kernel kernel(path);
    ASSERT_TRUE(kernel.loaded()) << dlerror();
    const std::uint64_t first = from_environment("MM_TEST_SEED", 1);
    const std::uint64_t programs = from_environment("MM_ORACLE_PROGRAMS", std::getenv("MM_TEST_SEED") ? 1 : 100'000);
    std::uint64_t calls = 0, bugs = 0;
    for (std::uint64_t seed = first; seed < first + programs; ++seed) {
        Program program(kernel, seed);
        const int steps = seed % 16 == 0 ? 240 : 40;
        for (int i = 0; i < steps && !program.over(); ++i, ++calls) {
            program.step();
            if (!HasFatalFailure() && !HasNonfatalFailure()) program.compare();
            if (HasFatalFailure() || HasNonfatalFailure())
                FAIL() << "MM_TEST_SEED=" << seed << " step " << i << ": " << program.said();
        }
        bugs += program.over();
    }
    std::printf("%llu programs, %llu calls, %llu ended where the kernel stops or overwrites itself: no difference\n",
                static_cast<unsigned long long>(programs), static_cast<unsigned long long>(calls),
                static_cast<unsigned long long>(bugs));
}

}  // namespace
}  // namespace mm
