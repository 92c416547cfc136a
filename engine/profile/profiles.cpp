// SPDX-License-Identifier: GPL-3.0-or-later
// Makes profiles of bases and steps, and finds the one for a kernel.
#include <algorithm>
#include <vector>

#include "engine/profile/profile_steps.h"

namespace mm {
namespace {

bool same_minor(KernelVersion a, KernelVersion b) {
    return a.major == b.major && a.minor == b.minor && (a.major > 2 || a.patch == b.patch);
}

/// Steps of several tables in the order of versions; those of one version stay in the order of the tables.
std::vector<VersionStep> merged(std::initializer_list<std::span<const VersionStep>> tables) {
    std::vector<VersionStep> steps;
    for (const auto table : tables)
        steps.insert(steps.end(), table.begin(), table.end());
    std::stable_sort(steps.begin(), steps.end(),
                     [](const VersionStep& a, const VersionStep& b) { return a.since < b.since; });
    return steps;
}

/// The base, and a profile for each version at which something changes.
void add_profiles(std::vector<KernelProfile>& out, const KernelProfile& base, const std::vector<VersionStep>& steps) {
    out.push_back(base);
    for (const VersionStep& step : steps) {
        if (out.back().since < step.since) {  // older than the architecture itself: part of its base
            out.push_back(out.back());
            out.back().name = step.name;
            out.back().since = step.since;
        }
        step.apply(out.back());
    }
}

const KernelProfile* nearest(const std::vector<KernelProfile>& profiles, Arch arch, bool pae, KernelVersion version) {
    const KernelProfile* best = nullptr;
    for (const auto& p : profiles) {
        if (p.arch != arch || p.pae != pae || !p.vendor.empty()) continue;
        if (!best || p.since <= version) best = &p;
    }
    return best;
}

void add_vendors(std::vector<KernelProfile>& out, Arch arch) {
    for (const VendorStep& step : vendor_steps()) {
        const KernelProfile* base = nearest(out, arch, false, step.version);
        if (!base) continue;
        KernelProfile p = *base;
        p.name = step.name;
        p.since = step.version;
        p.vendor = step.mark;
        step.apply(p);
        out.push_back(p);
    }
}

/// A kernel of that version could be built with either design.
void add_slub_builds(std::vector<KernelProfile>& out) {
    const std::vector<KernelProfile> all = out;
    for (KernelProfile p : all) {
        if (p.slab_design != SlabDesign::slab) continue;
        p.name = "4.17-slub";
        p.vendor = built_with_slub;
        p.slab_design = SlabDesign::slub;
        out.push_back(p);
    }
}

std::vector<KernelProfile> make_profiles() {
    std::vector<KernelProfile> profiles;
    add_profiles(profiles, x86_64_base(), merged({mm_steps(), x86_steps()}));
    add_vendors(profiles, Arch::x86_64);
    for (const KernelProfile& base : {i386_base(), i386_pae_base()})
        add_profiles(profiles, base, merged({mm_steps(), x86_steps(), i386_steps()}));
    add_profiles(profiles, arm64_base(), merged({mm_steps(), arm64_steps()}));
    add_slub_builds(profiles);
    return profiles;
}

const std::vector<KernelProfile>& profiles() {
    static const std::vector<KernelProfile> all = make_profiles();
    return all;
}

}  // namespace

std::string_view name_of(Arch arch) {
    switch (arch) {
        case Arch::x86_64:
            return "x86_64";
        case Arch::i386:
            return "i386";
        case Arch::arm64:
            return "arm64";
    }
    return "?";
}

std::span<const KernelProfile> all_profiles() {
    return profiles();
}

const KernelProfile& profile_for(Arch arch, KernelVersion version, std::string_view release, bool pae) {
    for (const auto& p : profiles())
        if (p.arch == arch && p.pae == pae && !p.vendor.empty() && same_minor(p.since, version) &&
            release.find(p.vendor) != std::string_view::npos)
            return p;
    const KernelProfile* best = nearest(profiles(), arch, pae, version);
    return best ? *best : profiles().front();
}

}  // namespace mm
