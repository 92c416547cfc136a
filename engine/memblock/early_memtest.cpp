// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/memblock/early_memtest.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "engine/firmware/command_line.h"

namespace mm {
namespace {

/// As they are printed, the first byte in memory first. The first one is 0, to leave memory zeroed.
constexpr std::array<std::uint64_t, 17> patterns{
    0,
    0xffffffffffffffff,
    0x5555555555555555,
    0xaaaaaaaaaaaaaaaa,
    0x1111111111111111,
    0x2222222222222222,
    0x4444444444444444,
    0x8888888888888888,
    0x3333333333333333,
    0x6666666666666666,
    0x9999999999999999,
    0xcccccccccccccccc,
    0x7777777777777777,
    0xbbbbbbbbbbbbbbbb,
    0xdddddddddddddddd,
    0xeeeeeeeeeeeeeeee,
    0x4c494e5558726c7a,  // "LINUXrlz"
};

class Memtest {
public:
    Memtest(PhysRange window, std::span<const BadMemory> bad, const BootMemblock& boot, unsigned digits)
        : m_window(window), m_bad(bad), m_boot(boot), m_width(digits + 2) {}

    /// do_one_pass(). What a pass reserves moves on the list that it walks, as in the kernel: the rest of a piece
    /// behind a bad word is tested once more.
    void pass(std::uint64_t pattern) {
        std::size_t a = 0, b = 0;
        while (const auto piece = next_free(a, b)) {
            const PhysRange range = piece->intersect(m_window);
            if (range.empty()) continue;
            m_boot.trace().printk(fmt::format("  {:#0{}x} - {:#0{}x} pattern {:016x}", range.start, m_width, range.end,
                                              m_width, pattern));
            for (const BadMemory& bad : m_bad)
                if (bad.pattern == pattern && range.contains(bad.range) && !bad.range.empty()) reserve_bad(bad);
        }
    }

private:
    /// __next_mem_range(): the next gap of reserved inside memory from region a and gap b on.
    std::optional<PhysRange> next_free(std::size_t& a, std::size_t& b) const {
        const Memblock& mb = m_boot.lists();
        for (; a < mb.memory().size(); ++a) {
            const MemblockRegion& memory = mb.memory()[a];
            if (memory.flags & (memblock_nomap | memblock_driver_managed)) continue;
            if (mb.movable_node() && (memory.flags & memblock_hotplug)) continue;
            for (; b <= mb.reserved().size(); ++b) {
                const PhysRange gap{b == 0 ? 0 : mb.reserved()[b - 1].end(),
                                    b < mb.reserved().size() ? mb.reserved()[b].base : ~PhysAddr{0}};
                if (gap.start >= memory.end()) break;
                if (memory.base >= gap.end) continue;
                if (memory.end() <= gap.end)
                    ++a;
                else
                    ++b;
                return memory.range().intersect(gap);
            }
        }
        return {};
    }

    void reserve_bad(const BadMemory& bad) {
        m_boot.trace().printk(fmt::format("  {:016x} bad mem addr {:#0{}x} - {:#0{}x} reserved", bad.pattern,
                                          bad.range.start, m_width, bad.range.end, m_width));
        m_boot.reserve(bad.range, "bad memory", "reserve_bad_mem|memtest");
    }

    PhysRange m_window;
    std::span<const BadMemory> m_bad;
    const BootMemblock& m_boot;
    unsigned m_width;
};

}  // namespace

unsigned memtest_patterns(std::string_view command_line) {
    unsigned wanted = 0;
    for (const KernelParam& p : parse_command_line(command_line)) {
        if (p.name != "memtest") continue;
        if (!p.has_value) {
            wanted = patterns.size();
            continue;
        }
        std::string_view rest;
        const auto number = simple_strtoull(p.value, &rest);
        const bool good = !p.value.empty() && rest.empty() && number <= std::numeric_limits<unsigned>::max();
        if (good) wanted = static_cast<unsigned>(number);
    }
    return wanted;
}

void early_memtest(unsigned wanted, PhysRange window, std::span<const BadMemory> bad, const BootMemblock& boot,
                   unsigned phys_addr_digits) {
    if (wanted == 0) return;
    boot.trace().printk(fmt::format("early_memtest: # of tests: {}", wanted));
    constexpr unsigned most_passes = 4 * patterns.size();  // after that a pass only says the same again
    Memtest test(window, bad, boot, phys_addr_digits);
    for (unsigned i = std::min(wanted, most_passes); i-- > 0;)
        test.pass(patterns[i % patterns.size()]);
}

}  // namespace mm
