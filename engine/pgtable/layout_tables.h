// SPDX-License-Identifier: GPL-3.0-or-later
// The areas of each architecture's kernel virtual layout, ascending; what lies between them is a hole. Only for
// kernel_layout.cpp, which joins them.
#pragma once

#include "engine/pgtable/kernel_layout.h"

namespace mm::layout {

std::vector<LayoutArea> x86_64_areas(const LayoutInput& input);
std::vector<LayoutArea> i386_areas_listed(const LayoutInput& input);
std::vector<LayoutArea> arm64_areas(const LayoutInput& input);

inline constexpr VirtAddr arm64_kimage = 0xffff800008000000;  ///< KIMAGE_VADDR: 128 MiB of modules above PAGE_END
inline constexpr VirtAddr arm64_vmemmap_start = 0xfffffc0000000000;  ///< VMEMMAP_START

}  // namespace mm::layout
