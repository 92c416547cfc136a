// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "engine/profile/kernel_profile.h"

namespace mm {
namespace {

std::string_view chosen(KernelVersion version, std::string_view release = {}) {
    return profile_for(Arch::x86_64, version, release).name;
}

TEST(Profiles, TheNearestOlderOneIsTaken) {
    EXPECT_EQ(chosen({4, 17, 19}), "4.17");
    EXPECT_EQ(chosen({5, 18, 3}), "5.18");
    EXPECT_EQ(chosen({6, 1, 192}), "6.1");
    EXPECT_EQ(chosen({6, 6, 0}), chosen({6, 1, 0}));  // nothing changed in between
    EXPECT_EQ(chosen({5, 15, 7}), "5.14");
    EXPECT_EQ(chosen({99, 0, 0}), all_profiles().empty() ? "" : chosen({98, 0, 0}));
}

TEST(Profiles, AKernelOlderThanAllGetsTheOldest) {
    EXPECT_EQ(chosen({2, 6, 18}), "2.6.32");
    EXPECT_EQ(chosen({}), "2.6.32");
}

TEST(Profiles, AVendorsMarkInTheReleaseCounts) {
    EXPECT_EQ(chosen({3, 10, 0}, "Linux version 3.10.0-1062.1.1.el7.x86_64"), "3.10-el7");
    EXPECT_EQ(chosen({2, 6, 32}, "Linux version 2.6.32-279.el6.x86_64"), "2.6.32-el6");
    EXPECT_EQ(chosen({3, 10, 5}, "Linux version 3.10.5"), "3.9");
    EXPECT_EQ(chosen({4, 18, 0}, "Linux version 4.18.0-80.el7"), "4.18") << "another version with the mark";
}

TEST(Profiles, StepsAreOldestFirstAndNamesAreUnique) {
    std::set<std::tuple<Arch, bool, std::string_view>> names;
    const KernelProfile* before = nullptr;
    for (const KernelProfile& p : all_profiles()) {
        EXPECT_TRUE(names.insert({p.arch, p.pae, p.name}).second) << p.name;
        if (before && before->arch == p.arch && before->pae == p.pae && p.vendor.empty()) {
            EXPECT_LT(before->since, p.since) << p.name;
        }
        before = &p;
    }
    for (const std::string_view name : {"4.17", "5.18", "6.1"})
        EXPECT_TRUE(names.contains({Arch::x86_64, false, name})) << name;
}

// Expect a change to last: what 5.13 does, 6.1 does; what 4.20 ended has ended.
TEST(Profiles, StepsAddUp) {
    EXPECT_EQ(profile_for(Arch::x86_64, {5, 12, 0}).trim_low_memory, 64 * KiB);
    EXPECT_EQ(profile_for(Arch::x86_64, {6, 1, 0}).trim_low_memory, 1 * MiB);
    EXPECT_EQ(profile_for(Arch::x86_64, {3, 6, 0}).trim_bios_low, 64 * KiB);
    EXPECT_EQ(profile_for(Arch::x86_64, {3, 10, 0}).trim_bios_low, page_size);
    EXPECT_TRUE(profile_for(Arch::x86_64, {4, 17, 0}).reserves_non_ram);
    EXPECT_FALSE(profile_for(Arch::x86_64, {4, 20, 0}).reserves_non_ram);
    EXPECT_EQ(profile_for(Arch::x86_64, {2, 6, 32}).struct_page_size, 56u);
    EXPECT_EQ(profile_for(Arch::x86_64, {3, 2, 0}).struct_page_size, 64u);
}

TEST(KernelVersion, IsReadFromReleases) {
    EXPECT_EQ(parse_kernel_version("Linux version 2.6.32-279.el6"), (KernelVersion{2, 6, 32}));
    EXPECT_EQ(parse_kernel_version("5.10.245-1008429-g8426c769398e"), (KernelVersion{5, 10, 245}));
    EXPECT_EQ(parse_kernel_version("6.18-amd64"), (KernelVersion{6, 18, 0}));
    EXPECT_EQ(parse_kernel_version("no number"), KernelVersion{});
}

}  // namespace
}  // namespace mm
