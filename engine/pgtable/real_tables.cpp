// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/pgtable/real_tables.h"

#include <fmt/format.h>

#include <cinttypes>
#include <cstdio>

namespace mm {
namespace {

constexpr PhysAddr phys_mask = 0x000fffffffffffff;  // QEMU prints PAE's no-execute bit as a part of the address

Bytes leaf_of(std::string_view text) {
    if (text == "4K") return page_size;
    if (text == "2M") return 2 * MiB;
    if (text == "4M") return 4 * MiB;
    return text == "1G" ? GiB : 0;
}

std::optional<RealRange> parse_line(const std::string& line) {
    RealRange r;
    char size[8] = {}, flags[16] = {};
    if (std::sscanf(line.c_str(), "%" SCNx64 "-%" SCNx64 " -> %" SCNx64 " %7s %15s", &r.virt.start, &r.virt.end,
                    &r.phys, size, flags) != 5)
        return std::nullopt;
    if (r.virt.end != ~VirtAddr{0}) ++r.virt.end;
    r.phys &= phys_mask;
    r.leaf_size = leaf_of(size);
    const std::string_view f = flags;
    if (r.leaf_size == 0 || f.size() != 9 || r.virt.empty() || r.virt.start % r.leaf_size != 0) return std::nullopt;
    r.no_execute = f[0] == 'X';
    r.cache_disabled = f[5] == 'C' || f[6] == 'T';
    r.writable = f[8] == 'W';
    return r;
}

}  // namespace

Outcome<std::vector<RealRange>> read_real_tables(std::istream& in, const std::string& file) {
    std::vector<RealRange> ranges;
    unsigned number = 0;
    for (std::string line; std::getline(in, line);) {
        ++number;
        if (line.empty() || line.front() == '#') continue;
        const auto range = parse_line(line);
        if (!range)
            return Error{fmt::format("\"{}\" was read; expected a line such as \"ffff888000000000-ffff8880001fffff -> "
                                     "0000000000000000 2M XGP-----W\"",
                                     line.substr(0, 120)),
                         file, number};
        ranges.push_back(*range);
    }
    if (ranges.empty()) return Error{"no mapping was read; expected lines of QEMU's \"info tlb\"", file};
    std::sort(ranges.begin(), ranges.end(), [](const auto& a, const auto& b) { return a.virt < b.virt; });
    return ranges;
}

}  // namespace mm
