// SPDX-License-Identifier: GPL-3.0-or-later
// Kernels that vendors keep at an old version number with much of newer kernels in them.
#include <array>

#include "engine/profile/profile_steps.h"

namespace mm {
namespace {

constexpr std::array vendor_rows{
    VendorStep{{2, 6, 32}, ".el6", "2.6.32-el6", [](KernelProfile&) {}},
    VendorStep{{3, 10, 0},
               ".el7",
               "3.10-el7",
               [](KernelProfile& p) {
                   p.log.initmem_of_zones = true;
                   p.log.node_data_allocated = true;
               }},
    // Debian 11's kernels follow stable 5.10, which their release does not show.
    VendorStep{{5, 10, 0}, "-amd64", "5.10-debian", [](KernelProfile& p) { p.log.holes = HoleWords::node_zone; }},
    // The first release candidates of 5.13 give the low memory beyond 64 KiB out.
    VendorStep{{5, 13, 0}, "5.13.0-rc1", "5.13-rc1", [](KernelProfile& p) { p.trim_low_memory = 64 * KiB; }},
};

}  // namespace

std::span<const VendorStep> vendor_steps() {
    return vendor_rows;
}

}  // namespace mm
