// SPDX-License-Identifier: GPL-3.0-or-later
// Memory for a crash kernel, which "crashkernel=" asks for.
//
//      x86      below 896 MiB, from 5.2 on below 4 GiB and else above       + low part, if it lies above
//      arm64    where all devices reach; with ",high" anywhere              + low part, if ",low" asks for one
//      generic  low first, high if that fails; with ",high" high first      + low part, if it lies above
//
// Follows arch/x86/kernel/setup.c and arch/arm64/mm/init.c, Linux 6.1; kernel/crash_core.c, Linux 6.7
// ("generic").
#include <fmt/format.h>

#include "engine/firmware/command_line.h"
#include "engine/firmware/crashkernel.h"
#include "engine/sim/boot_context.h"

namespace mm {
namespace {

constexpr PhysAddr x86_high_max = 64 * TiB, arm64_high_max = PhysAddr{1} << 48;

class CrashReservation {
public:
    explicit CrashReservation(BootContext& c)
        : m_c(c),
          m_x86(c.profile.arch != Arch::arm64),
          m_align(m_x86 ? 16 * MiB : 2 * MiB),
          m_low_max(m_x86 ? c.profile.crash_low_max : c.state.dma_limit),
          m_high_max(!m_x86                         ? arm64_high_max
                     : c.profile.arch == Arch::i386 ? c.profile.crash_low_max
                                                    : x86_high_max) {}

    void run() {
        m_total = m_c.state.memblock.memory_size();
        Crashkernel wanted = parse({});
        // x86 takes the word of ",high" also where the plain form is wrong, arm64 only where there is none.
        if (m_x86 ? !wanted.valid || wanted.size == 0 : !wanted.found) {
            wanted = parse(",high");
            m_high = true;
        }
        if (!wanted.valid || wanted.size == 0) return;
        if (m_c.profile.crash_generic)
            generic(wanted);
        else if (m_x86)
            x86(wanted);
        else
            arm64(wanted);
    }

private:
    Crashkernel parse(std::string_view suffix) {
        Crashkernel crash = parse_crashkernel(m_c.machine.command_line, m_total, suffix);
        for (std::string& message : crash.messages)
            m_c.trace.printk(std::move(message));
        return crash;
    }

    PhysAddr alloc(Bytes size, Bytes align, PhysAddr start, PhysAddr end) {
        return m_c.boot_memblock().alloc({.size = size,
                                          .align = align,
                                          .start = start,
                                          .end = end,
                                          .owner = "crash kernel",
                                          .caller = "setup_arch|bootmem_init|reserve_crashkernel",
                                          .api = MemblockApi::phys_range});
    }
    void keep(PhysRange range) { m_c.state.iomem.push_back({range, "Crash kernel", 1}); }
    void give_back(PhysRange range) { m_c.boot_memblock().phys_free(range, "setup_arch|bootmem_init"); }

    /// Buffers for devices of 32 bits: swiotlb's, and 8 MiB of others.
    Bytes low_default() const {
        if (!m_x86) return 128 * MiB;
        constexpr Bytes slot = 2 * KiB, default_swiotlb = 64 * MiB;
        const auto param = find_param(m_c.machine.command_line, "swiotlb");
        const Bytes slots = param ? simple_strtoull(*param) : 0;
        return std::max((slots != 0 ? align_up(slots, 128) * slot : default_swiotlb) + 8 * MiB, 256 * MiB);
    }

    void x86(const Crashkernel& wanted) {
        PhysAddr base = 0;
        if (wanted.base != 0) {
            base = alloc(wanted.size, MiB, wanted.base, wanted.base + wanted.size);
            if (base != wanted.base) return say("crashkernel reservation failed - memory is in use.");
        } else {
            if (!m_high) base = alloc(wanted.size, m_align, m_align, m_low_max);
            if (base == 0 && (m_high || m_c.profile.crash_falls_back_high))
                base = alloc(wanted.size, m_align, m_align, m_high_max);
            if (base == 0) return say("crashkernel reservation failed - No suitable area found.");
        }
        const PhysRange range{base, base + wanted.size};
        if (base >= 4 * GiB && !x86_low()) return give_back(range);
        say(fmt::format("Reserving {}MB of memory at {}MB for crashkernel (System RAM: {}MB)", wanted.size / MiB,
                        base / MiB, m_total / MiB));
        keep(range);
    }

    /// reserve_crashkernel_low(); false where there is no room.
    bool x86_low() {
        const Crashkernel low = parse(",low");
        const Bytes size = low.valid ? low.size : low_default();
        if (size == 0) return true;
        const PhysAddr base = alloc(size, m_align, 0, m_low_max);
        if (base == 0) {
            say(fmt::format("Cannot reserve {}MB crashkernel low memory, please try smaller size.", size / MiB));
            return false;
        }
        say(fmt::format("Reserving {}MB of low memory at {}MB for crashkernel (low RAM limit: {}MB)", size / MiB,
                        base / MiB, std::min<Bytes>(m_total, m_low_max) / MiB));
        keep({base, base + size});
        return true;
    }

    void arm64(const Crashkernel& wanted) {
        Bytes low = 0;
        if (m_high) {
            const Crashkernel below = parse(",low");
            if (below.found && !below.valid) return;
            low = below.size;
        }
        const Bytes size = align_up(wanted.size, page_size);
        const PhysAddr end = wanted.base != 0 ? wanted.base + size : m_high ? m_high_max : m_low_max;
        finish(size, alloc(size, m_align, wanted.base, end), low);
    }

    void generic(const Crashkernel& wanted) {
        Bytes low = 0;
        if (m_high) {
            const Crashkernel below = parse(",low");
            if (below.found && !below.valid) return;
            low = below.found ? below.size : low_default();
        }
        const Bytes size = align_up(wanted.size, page_size);
        if (wanted.base != 0) {
            const PhysAddr base = alloc(size, m_align, wanted.base, wanted.base + size);
            return base == 0 ? say("crashkernel reservation failed - memory is in use.") : finish(size, base, low);
        }
        PhysAddr base = m_high ? alloc(size, m_align, m_low_max, m_high_max) : alloc(size, m_align, 0, m_low_max);
        if (base == 0 && m_high) {
            base = alloc(size, m_align, 0, m_low_max);
        } else if (base == 0) {
            base = alloc(size, m_align, m_low_max, m_high_max);
            low = low_default();
        }
        finish(size, base, low);
    }

    void finish(Bytes size, PhysAddr base, Bytes low_size) {
        if (base == 0) return say(fmt::format("cannot allocate crashkernel (size:{:#x})", size));
        if (base >= m_low_max && low_size != 0 && !low_part(low_size)) return give_back({base, base + size});
        say(fmt::format("crashkernel reserved: {:#018x} - {:#018x} ({} MB)", base, base + size, size / MiB));
        keep({base, base + size});
    }

    bool low_part(Bytes size) {
        const PhysAddr base = alloc(size, m_align, 0, m_low_max);
        if (base == 0) {
            say(fmt::format("cannot allocate crashkernel low memory (size:{:#x}).", size));
            return false;
        }
        say(fmt::format("crashkernel low memory reserved: {:#010x} - {:#010x} ({} MB)", base, base + size, size / MiB));
        keep({base, base + size});
        return true;
    }

    void say(std::string line) { m_c.trace.printk(std::move(line)); }

    BootContext& m_c;
    bool m_x86, m_high = false;
    Bytes m_align;
    PhysAddr m_low_max, m_high_max;
    Bytes m_total = 0;
};

}  // namespace

void boot::reserve_crashkernel(BootContext& c) {
    CrashReservation(c).run();
    if (c.profile.arch == Arch::arm64) c.boot_memblock().dump_all();
}

}  // namespace mm
