// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mmzone/zone_movable.h"

#include <algorithm>

#include "engine/firmware/command_line.h"

namespace mm {
namespace {

/// cmdline_parse_core(): "30%" or bytes.
void parse_core(std::string_view text, NrPages& pages, unsigned& percent) {
    std::string_view rest;
    const Bytes value = memparse(text, &rest);
    if (!rest.empty() && rest.front() == '%') {
        percent = static_cast<unsigned>(value);
    } else {
        pages = value >> page_shift;
        percent = 0;
    }
}

/// kernelcore frames are spread evenly over the nodes, in rounds while some nodes have too little; each node's
/// ZONE_MOVABLE starts behind its share.
class Spread {
public:
    Spread(const std::vector<MemRange>& memory, NrPages kernelcore, Pfn lowest)
        : m_memory(memory), m_left(kernelcore), m_lowest(lowest) {
        for (const MemRange& r : memory)
            m_start[r.nid] = 0;
    }

    std::map<Nid, Pfn> run() {
        std::uint64_t usable_nodes = m_start.size();
        do {
            NrPages share = m_left / usable_nodes;
            for (auto& [nid, start] : m_start) {
                if (m_left < share) share = m_left / usable_nodes;
                one_node(nid, start, share);
            }
            --usable_nodes;
        } while (usable_nodes && m_left > usable_nodes);
        return std::move(m_start);
    }

private:
    void take(NrPages n, NrPages& share) {
        share -= std::min(n, share);
        m_left -= std::min(n, m_left);
    }

    void one_node(Nid nid, Pfn& start, NrPages share) {
        for (const MemRange& r : m_memory) {
            if (r.nid != nid) continue;
            Pfn from = std::max(r.frames.start, start);
            if (from >= r.frames.end) continue;
            if (from < m_lowest) {  // usable by the kernel only
                take(std::min(r.frames.end, m_lowest) - from, share);
                if (r.frames.end <= m_lowest) {
                    start = r.frames.end;
                    continue;
                }
                from = m_lowest;
            }
            const NrPages size = std::min(r.frames.end - from, share);
            start = from + size;
            m_left -= std::min(m_left, size);
            share -= size;
            if (share == 0) break;
        }
    }

    const std::vector<MemRange>& m_memory;
    NrPages m_left;
    Pfn m_lowest;
    std::map<Nid, Pfn> m_start;
};

/// movable_node and kernelcore=mirror: the first hotpluggable (or not mirrored) memory of each node.
std::map<Nid, Pfn> starts_by_flag(const Memblock& memblock, const MovableRequest& request) {
    std::map<Nid, Pfn> out;
    for (const MemblockRegion& r : memblock.memory()) {
        const bool kernel_only =
            request.movable_node ? !(r.flags & memblock_hotplug) : (r.flags & memblock_mirror) != 0;
        const Pfn first = request.movable_node ? pfn_down(r.base) : pfn_up(r.base);
        if (kernel_only || (!request.movable_node && first < pfn_down(4 * GiB))) continue;
        const auto it = out.find(r.nid);
        out[r.nid] = it == out.end() || it->second == 0 ? first : std::min(it->second, first);
    }
    return out;
}

}  // namespace

MovableRequest movable_request(std::string_view command_line) {
    MovableRequest request;
    for (const KernelParam& p : parse_command_line(command_line)) {
        if (p.name == "movable_node") request.movable_node = true;
        if (p.name == "kernelcore" && p.value == "mirror")
            request.mirror = true;
        else if (p.name == "kernelcore")
            parse_core(p.value, request.kernelcore, request.kernelcore_percent);
        if (p.name == "movablecore") parse_core(p.value, request.movablecore, request.movablecore_percent);
    }
    return request;
}

bool has_unmirrored_low_memory(const Memblock& memblock) {
    const auto& memory = memblock.memory();
    return std::any_of(memory.begin(), memory.end(), [](const MemblockRegion& r) {
        return !(r.flags & memblock_mirror) && pfn_up(r.base) < pfn_down(4 * GiB);
    });
}

std::map<Nid, Pfn> find_zone_movable_pfns(const Memblock& memblock, const KernelProfile& profile,
                                          const MovableRequest& request, Pfn lowest) {
    const std::vector<MemRange> memory = mem_pfn_ranges(memblock);
    const Pfn max_order_pages = Pfn{1} << (profile.max_order - 1);
    std::map<Nid, Pfn> starts;
    if (request.movable_node || request.mirror) {
        starts = starts_by_flag(memblock, request);
    } else {
        NrPages total = 0;
        for (const MemRange& r : memory)
            total += r.frames.size();
        NrPages core = request.kernelcore, movable = request.movablecore;
        if (request.kernelcore_percent) core = total * 100 * request.kernelcore_percent / 10000;
        if (request.movablecore_percent) movable = total * 100 * request.movablecore_percent / 10000;
        if (movable) core = std::max(core, total - std::min(total, align_up(movable, max_order_pages)));
        if (core == 0 || core >= total) return {};
        starts = Spread(memory, core, lowest).run();
    }
    for (auto it = starts.begin(); it != starts.end();) {
        it->second = align_up(it->second, max_order_pages);
        Pfn end = 0;
        for (const MemRange& r : memory)
            if (r.nid == it->first) end = std::max(end, r.frames.end);
        it = it->second == 0 || it->second >= end ? starts.erase(it) : std::next(it);
    }
    return starts;
}

}  // namespace mm
