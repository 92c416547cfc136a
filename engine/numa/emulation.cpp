// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/numa/emulation.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/firmware/command_line.h"
#include "engine/numa/meminfo.h"

namespace mm::numa_emulation {
namespace {

constexpr Bytes min_size = 32 * MiB;  ///< FAKE_NODE_MIN_SIZE
constexpr PhysAddr dma32_end = 4 * GiB;
constexpr Nid most_nodes = MemblockRegion::max_numnodes;
constexpr std::size_t most_memblks = 2 * static_cast<std::size_t>(most_nodes);  ///< NR_NODE_MEMBLKS

/// Cuts pieces off the fronts of the real nodes' blocks ("physical") and makes blocks of fake nodes of them.
class Splitter {
public:
    Splitter(const Numa& numa, const std::set<Nid>& parsed, const Memblock& memblock, const Tracer& trace)
        : m_physical(numa.memblks), m_nodes(parsed), m_memblock(memblock), m_trace(trace) {}

    std::vector<NumaMemblk> fake;
    std::map<Nid, Nid> real_of;  ///< emu_nid_to_phys[]

    bool interleave(PhysAddr end, std::int64_t nr_nodes);                                      ///< "4"
    bool by_size(PhysAddr end, Bytes size) { return fill(m_nodes, 0, end, size, 0, 0) >= 0; }  ///< "512M"
    bool uniform(std::uint64_t nr_nodes);                                                      ///< "2U"

private:
    /// mem_hole_size(): what of the range is no memory.
    Bytes hole(PhysAddr start, PhysAddr end) const {
        const PfnRange r{pfn_up(start), pfn_down(end)};
        if (r.start >= r.end) return 0;
        NrPages present = 0;
        for (const MemblockRegion& m : m_memblock.memory())
            present += whole_pfns(m.range()).intersect(r).size();
        return phys_of(r.size() - present);
    }
    Bytes ram(PhysAddr start, PhysAddr end) const { return end - start - hole(start, end); }

    std::vector<NumaMemblk>::iterator block_of(Nid nid) {
        return std::find_if(m_physical.begin(), m_physical.end(), [nid](const auto& b) { return b.nid == nid; });
    }

    /// emu_setup_memblk().
    bool cut(std::vector<NumaMemblk>::iterator block, Nid nid, Bytes size) {
        if (fake.size() >= most_memblks) {
            m_trace.printk("NUMA: Too many emulated memblks, failing emulation");
            return false;
        }
        const PhysRange piece{block->range.start, block->range.start + size};
        fake.push_back({piece, nid});
        real_of.try_emplace(nid, block->nid);
        block->range.start = piece.end;
        if (block->range.start >= block->range.end) m_physical.erase(block);
        m_trace.printk(fmt::format("Faking node {} at [mem {:#018x}-{:#018x}] ({}MB)", nid, piece.start, piece.end - 1,
                                   size / MiB));
        return true;
    }

    /// The rest below 4 GiB must be enough for a node with ZONE_DMA32, or belongs to this one.
    PhysAddr up_to_dma32(PhysAddr end) const {
        return end < dma32_end && ram(end, dma32_end) < min_size ? dma32_end : end;
    }
    /// find_end_of_node(): with holes taken into account.
    PhysAddr end_of_node(PhysAddr start, PhysAddr limit, Bytes size) const {
        PhysAddr end = start + size;
        while (ram(start, end) < size) {
            end += min_size;
            if (end > limit) return limit;
        }
        return end;
    }

    std::int64_t fill(std::set<Nid> nodes, PhysAddr start, PhysAddr end, Bytes size, std::uint64_t nr_nodes, Nid nid);

    std::vector<NumaMemblk> m_physical;
    const std::set<Nid>& m_nodes;
    const Memblock& m_memblock;
    const Tracer& m_trace;
};

/// split_nodes_interleave(): nodes of equal size over the real ones in turn.
bool Splitter::interleave(PhysAddr max_addr, std::int64_t nr_nodes) {
    if (nr_nodes <= 0) return false;
    if (nr_nodes > most_nodes) {
        m_trace.printk(fmt::format("numa=fake={} too large, reducing to {}", nr_nodes, most_nodes));
        nr_nodes = most_nodes;
    }
    const auto count = static_cast<Bytes>(nr_nodes);
    const Bytes share = phys_of(pfn_down(ram(0, max_addr)) / count);
    // What is left over by rounding down makes the first nodes bigger.
    const auto big = static_cast<Nid>(share % min_size * count / min_size);
    const Bytes size = align_down(share, min_size);
    if (size == 0) {
        m_trace.printk("Not enough memory for each node.  NUMA emulation disabled.");
        return false;
    }
    std::set<Nid> nodes = m_nodes;
    for (Nid nid = 0; !nodes.empty();) {
        for (auto it = nodes.begin(); it != nodes.end();) {
            const auto block = block_of(*it);
            if (block == m_physical.end()) {
                it = nodes.erase(it);
                continue;
            }
            const PhysAddr start = block->range.start, limit = block->range.end;
            PhysAddr end = start + size + (nid < big ? min_size : 0);
            while (ram(start, end) < size) {
                end += min_size;
                if (end > limit) {
                    end = limit;
                    break;
                }
            }
            end = up_to_dma32(end);
            if (end >= limit || ram(end, limit) < size) end = limit;
            if (!cut(block, nid++ % static_cast<Nid>(nr_nodes), end - start)) return false;
            ++it;
        }
    }
    return true;
}

/// split_nodes_size_interleave_uniform(). nr_nodes 0: nodes of at least size, holes left out of account; else one real
/// node into nr_nodes parts, holes and all. Returns the next node's number, -1 on failure.
std::int64_t Splitter::fill(std::set<Nid> nodes, PhysAddr start_addr, PhysAddr end_addr, Bytes size,
                            std::uint64_t nr_nodes, Nid nid) {
    const bool uniform = nr_nodes != 0;
    if (!uniform && size == 0) return -1;
    const NrPages all = pfn_down(end_addr) - pfn_down(start_addr);
    const NrPages holes = uniform ? 0 : pfn_down(hole(start_addr, end_addr));
    const Bytes share = phys_of((all - holes) / (uniform ? nr_nodes : static_cast<std::uint64_t>(most_nodes)));
    if (uniform) size = share;
    const Bytes least = align_up(std::max(share, min_size), min_size);
    if (size < least) {
        m_trace.printk(fmt::format("Fake node size {}MB too small, increasing to {}MB", size / MiB, least / MiB));
        size = least;
    }
    size = align_down(size, min_size);
    while (!nodes.empty()) {
        for (auto it = nodes.begin(); it != nodes.end();) {
            const auto block = block_of(*it);
            if (block == m_physical.end()) {
                it = nodes.erase(it);
                continue;
            }
            const PhysAddr start = block->range.start, limit = block->range.end;
            PhysAddr end = up_to_dma32(uniform ? start + size : end_of_node(start, limit, size));
            if (!uniform && (end >= limit || ram(end, limit) < size)) end = limit;
            if (!cut(block, nid++ % most_nodes, std::min(end, limit) - start)) return -1;
            ++it;
        }
    }
    return nid;
}

bool Splitter::uniform(std::uint64_t nr_nodes) {
    bool done = false;
    Nid nid = 0;
    for (const Nid real : m_nodes) {
        // The kernel looks at the first block that is left, whatever node it is of.
        if (m_physical.empty() || nr_nodes == 0) return false;
        const NumaMemblk first = m_physical.front();
        const std::int64_t next = fill({first.nid}, first.range.start, first.range.end, 0, nr_nodes, nid);
        if (next < 0) return false;
        done = true;
        if (next == nid) continue;
        if (static_cast<std::uint64_t>(next - nid) < nr_nodes) {
            m_trace.printk(
                fmt::format("numa_emulation: phys: {} only got {} of {} nodes, failing", real, next - nid, nr_nodes));
            return false;
        }
        nid = static_cast<Nid>(next);
    }
    return done;
}

/// get_option() == 2: a number with a comma behind it. The text moves on past what was read in any case.
bool take_distance(std::string_view& text, std::int64_t& out) {
    const bool negative = text.starts_with('-');
    std::string_view rest;
    const std::string_view digits = text.substr(negative);
    const auto value = static_cast<std::int64_t>(simple_strtoull(digits, &rest));
    if (text.empty() || rest.size() == digits.size()) return false;
    out = negative ? -value : value;
    text = rest;
    if (!text.starts_with(',')) return false;
    text.remove_prefix(1);
    return true;
}

bool split(Splitter& splitter, std::string_view& option, PhysAddr end) {
    std::string_view rest;
    bool done = false;
    if (option.find('U') != std::string_view::npos) {
        done = splitter.uniform(simple_strtoull(option, &rest));
    } else if (option.find_first_of("MG") != std::string_view::npos) {
        done = splitter.by_size(end, memparse(option, &rest));
    } else {
        done = splitter.interleave(end, static_cast<std::int32_t>(simple_strtoull(option, &rest)));
    }
    option = rest;
    if (option.starts_with(':')) option.remove_prefix(1);
    return done;
}

/// The first fake node on the CPU's real one; 0 where there is none.
void move_cpus(Numa& numa, const std::map<Nid, Nid>& real_of) {
    for (Nid& nid : numa.srat_cpu_to_node) {
        const auto it = std::find_if(real_of.begin(), real_of.end(), [&](const auto& p) { return p.second == nid; });
        nid = it == real_of.end() ? 0 : it->first;
    }
}

}  // namespace

void emulate(std::string_view option, Numa& numa, std::set<Nid>& parsed, Distances& distances, Pfn max_pfn) {
    const Tracer& trace = distances.trace();
    const Memblock& memblock = distances.boot().lists();
    Splitter splitter(numa, parsed, memblock, trace);
    if (!split(splitter, option, phys_of(max_pfn))) return;
    if (!meminfo::clean_up(splitter.fake, memblock, max_pfn, trace)) {
        trace.printk("NUMA: Warning: constructed meminfo invalid, disabling emulation");
        return;
    }
    const auto real_distance = numa.distance;
    PhysRange copy;
    if (distances.count() != 0 && (copy = distances.take_copy()).empty()) {
        trace.printk("NUMA: Warning: can't allocate copy of distance table, disabling emulation");
        return;
    }
    numa.memblks = std::move(splitter.fake);
    parsed.clear();
    for (const NumaMemblk& b : numa.memblks)
        parsed.insert(b.nid);
    move_cpus(numa, splitter.real_of);
    const Nid last = splitter.real_of.rbegin()->first, other = splitter.real_of.begin()->second;
    numa.real_node.clear();
    for (Nid nid = 0; nid <= last; ++nid)
        numa.real_node.push_back(splitter.real_of.contains(nid) ? splitter.real_of.at(nid) : other);
    distances.reset();
    for (Nid from = 0; from <= last; ++from)
        for (Nid to = 0; to <= last; ++to) {
            const auto f = static_cast<std::size_t>(numa.real_node[static_cast<std::size_t>(from)]);
            const auto t = static_cast<std::size_t>(numa.real_node[static_cast<std::size_t>(to)]);
            std::int64_t distance = 0;
            if (!take_distance(option, distance))
                distance = f < real_distance.size() && t < real_distance.size() ? real_distance[f][t]
                           : f == t                                             ? local_distance
                                                                                : remote_distance;
            distances.set(from, to, distance);
        }
    if (!copy.empty()) distances.boot().phys_free(copy, "numa_emulation|memblock_free");
}

}  // namespace mm::numa_emulation
