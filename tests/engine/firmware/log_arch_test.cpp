// SPDX-License-Identifier: GPL-3.0-or-later
// Which architecture a log is of, and on i386 whether with PAE.
#include <gtest/gtest.h>

#include "engine/firmware/log_reader.h"

namespace mm {
namespace {

Machine read(const std::string& banner, const std::string& more, const char* end = "000000001fffffff") {
    const std::string log = "Linux version " + banner +
                            "\nBIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable\n"
                            "BIOS-e820: [mem 0x0000000000100000-0x" +
                            end + "] usable\n" + more;
    auto machine = read_log(log, "test", "test");
    EXPECT_TRUE(machine) << machine.error().text();
    return machine ? *machine : Machine();
}

TEST(LogArch, the_banner_names_flavours) {
    EXPECT_EQ(read("6.1.0-50-686", "").arch, Arch::i386);
    EXPECT_FALSE(read("6.1.0-50-686", "").pae);
    EXPECT_TRUE(read("6.1.0-50-686-pae", "").pae);
    EXPECT_EQ(read("3.2.0-29-generic-pae", "").arch, Arch::i386);
    EXPECT_TRUE(read("2.6.38.6-26.rc1.fc15.i686.PAE", "").pae);
    EXPECT_EQ(read("6.1.0-56-amd64", "").arch, Arch::x86_64);
}

TEST(LogArch, max_arch_pfn_tells_all) {
    const Machine plain = read("5.13.0", "last_pfn = 0x20000 max_arch_pfn = 0x100000\n");
    EXPECT_EQ(plain.arch, Arch::i386);
    EXPECT_FALSE(plain.pae);
    const Machine pae = read("5.13.0", "last_pfn = 0x20000 max_arch_pfn = 0x1000000\n");
    EXPECT_EQ(pae.arch, Arch::i386);
    EXPECT_TRUE(pae.pae);
    EXPECT_EQ(read("5.13.0", "last_pfn = 0x20000 max_arch_pfn = 0x400000000\n").arch, Arch::x86_64);
}

TEST(LogArch, lowmem_is_of_32_bits_and_DMA32_of_64) {
    EXPECT_EQ(read("5.13.0", "511MB LOWMEM available.\n").arch, Arch::i386);
    const std::string few_cpus = "setup_percpu: NR_CPUS:8 nr_cpumask_bits:1 nr_cpu_ids:1 nr_node_ids:1\n";
    EXPECT_EQ(read("5.13.0", few_cpus + "Zone ranges:\n  DMA32    empty\n").arch, Arch::x86_64);
}

//   "virtual kernel memory layout" tells the split
TEST(LogArch, lowmems_start_tells_where_the_kernel_begins) {
    const Machine m = read("3.16.0-4-686", "    lowmem  : 0x80000000 - 0xf77fe000   (1911 MB)\n");
    EXPECT_EQ(m.arch, Arch::i386);
    EXPECT_EQ(m.image.page_offset, 0x80000000u);
    EXPECT_EQ(read("3.16.0-4-686", "    lowmem  : 0x12345000 - 0xf77fe000   (1911 MB)\n").image.page_offset, 0u);
}

TEST(LogArch, a_kernel_for_few_CPUs_without_memory_above_4_GiB_is_taken_to_be_32_bit_and_says_so) {
    const std::string few_cpus = "setup_percpu: NR_CPUS:8 nr_cpumask_bits:1 nr_cpu_ids:1 nr_node_ids:1\n";
    const Machine small = read("3.13.0-43-generic", few_cpus);
    EXPECT_EQ(small.arch, Arch::i386);
    EXPECT_TRUE(small.pae);
    ASSERT_FALSE(small.notes.empty());
    EXPECT_NE(small.notes.front().find("taken to have 32"), std::string::npos) << small.notes.front();
    EXPECT_EQ(read("3.13.0-43-generic", few_cpus, "000000013fffffff").arch, Arch::x86_64);
    EXPECT_EQ(read("3.13.0-43-generic", "").arch, Arch::x86_64);
}

}  // namespace
}  // namespace mm
