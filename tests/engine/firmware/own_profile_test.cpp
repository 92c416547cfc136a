// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/firmware/own_profile.h"

#include <gtest/gtest.h>

#include "engine/firmware/log_reader.h"

namespace mm {
namespace {

const std::string first_lines =
    "Linux version 4.17.3 (a@b) (gcc version 8.1.1) #1 SMP\n"
    "BIOS-provided physical RAM map:\n"
    "BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable\n"
    "BIOS-e820: [mem 0x0000000000100000-0x000000001fffffff] usable\n";

const KernelProfile& profile_of_log(const std::string& log) {
    const auto machine = read_log(log, "machine", "dmesg.txt");
    EXPECT_TRUE(machine) << machine.error().text();
    return own_profile(*machine);
}

//      4.17 could be built with SLAB or SLUB; only SLUB says so
TEST(OwnProfile, AKernelThatSpeaksOfSlubWasBuiltWithIt) {
    EXPECT_EQ(profile_of_log(first_lines).slab_design, SlabDesign::slab);
    const KernelProfile& slub =
        profile_of_log(first_lines + "SLUB: HWalign=64, Order=0-3, MinObjects=0, CPUs=2, Nodes=1\n");
    EXPECT_EQ(slub.slab_design, SlabDesign::slub);
    EXPECT_EQ(slub.since, profile_for(Arch::x86_64, {4, 17, 0}).since);
}

TEST(OwnProfile, OtherVersionsHaveTheOneDesign) {
    std::string log = first_lines;
    log.replace(log.find("4.17.3"), 6, "6.1.20");
    EXPECT_EQ(&profile_of_log(log), &profile_of_log(log + "SLUB: HWalign=64\n"));
}

//      np and pae have profiles of the same names
TEST(OwnProfile, I386BuildsKeepTheirPaging) {
    for (const bool pae : {false, true}) {
        Machine machine;
        machine.arch = Arch::i386;
        machine.version = {4, 17, 0};
        machine.pae = pae;
        machine.slub = true;
        EXPECT_EQ(own_profile(machine).pae, pae);
        EXPECT_EQ(own_profile(machine).slab_design, SlabDesign::slub);
    }
}

}  // namespace
}  // namespace mm
