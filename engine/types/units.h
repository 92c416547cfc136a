// SPDX-License-Identifier: GPL-3.0-or-later
// The words everything else is written in: page frame numbers, physical and virtual addresses, page counts, half-open
// ranges of them, and the conversions between them.
//
// Ranges are half-open [start, end) everywhere in mmscope; the kernel's inclusive ends exist only in printers and
// parsers. PhysRange and PfnRange are different types on purpose: bytes and frames are the two things most easily mixed
// up here.
//
// Follows include/linux/pfn.h and include/linux/mm_types.h, Linux 6.1; 4 KiB pages on every architecture so far.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

namespace mm {

using Pfn = std::uint64_t;       ///< page frame number: physical address >> page_shift
using NrPages = std::uint64_t;   ///< a count of page frames
using PhysAddr = std::uint64_t;  ///< bytes
using VirtAddr = std::uint64_t;  ///< bytes
using Bytes = std::uint64_t;
using Order = unsigned;  ///< a block of 2^order page frames
using Nid = int;         ///< NUMA node

inline constexpr unsigned page_shift = 12;
inline constexpr Bytes page_size = Bytes{1} << page_shift;
inline constexpr Nid no_node = -1;  ///< NUMA_NO_NODE
inline constexpr Pfn no_pfn = ~Pfn{0};

constexpr Bytes KiB = 1024, MiB = 1024 * KiB, GiB = 1024 * MiB, TiB = 1024 * GiB;

constexpr Pfn pfn_down(PhysAddr a) {
    return a >> page_shift;
}  ///< PFN_DOWN
constexpr Pfn pfn_up(PhysAddr a) {
    return (a >> page_shift) + ((a & (page_size - 1)) != 0);
}  ///< PFN_UP, no wrap
/// get_order(): of the smallest block with so many bytes. REQUIRES: size > 0.
constexpr Order get_order(Bytes size) {
    return static_cast<Order>(std::bit_width((size - 1) >> page_shift));
}
constexpr PhysAddr phys_of(Pfn pfn) {
    return pfn << page_shift;
}  ///< PFN_PHYS
constexpr std::uint64_t align_up(std::uint64_t x, std::uint64_t a) {
    return (x + a - 1) & ~(a - 1);
}
constexpr std::uint64_t align_down(std::uint64_t x, std::uint64_t a) {
    return x & ~(a - 1);
}

/// Half-open range; an empty range has end <= start.
template<class Tag>
struct Range {
    std::uint64_t start = 0;
    std::uint64_t end = 0;

    constexpr bool empty() const { return end <= start; }
    constexpr std::uint64_t size() const { return empty() ? 0 : end - start; }
    constexpr bool contains(std::uint64_t x) const { return x >= start && x < end; }
    constexpr bool contains(Range r) const { return r.start >= start && r.end <= end; }
    constexpr bool overlaps(Range r) const { return start < r.end && r.start < end; }
    constexpr Range intersect(Range r) const { return {std::max(start, r.start), std::min(end, r.end)}; }
    friend constexpr bool operator==(Range, Range) = default;
    friend constexpr auto operator<=>(Range, Range) = default;
};

using PhysRange = Range<struct PhysTag>;  ///< [start, end) in bytes of physical memory
using VirtRange = Range<struct VirtTag>;  ///< [start, end) in bytes of virtual memory
using PfnRange = Range<struct PfnTag>;    ///< [start, end) in page frames

constexpr PhysRange phys_of(PfnRange r) {
    return {phys_of(r.start), phys_of(r.end)};
}
/// The frames that lie wholly inside the range.
constexpr PfnRange whole_pfns(PhysRange r) {
    return {pfn_up(r.start), pfn_down(r.end)};
}
/// The frames that the range touches.
constexpr PfnRange touched_pfns(PhysRange r) {
    return {pfn_down(r.start), pfn_up(r.end)};
}

}  // namespace mm
