// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mm/page_writeback.h"
#include "engine/snapshot/mm_counters.h"
#include "engine/snapshot/put.h"
#include "engine/snapshot/reclaim_format.h"

namespace mm {
namespace {

NrPages shadows_of(const File& file) {
    NrPages n = 0;
    for (const auto& [chunk, node] : file.pages)
        n += node->shadows;
    return n;
}

void put_list(std::string& out, const Snapshot& s, const LruVec& vec, LruList l) {
    constexpr std::size_t shown = 8;
    const FreeList& list = vec.lists[static_cast<std::size_t>(l)];
    put(out, "  {:<14}{:>10} pages", name_of(l), vec.pages(l));
    for (const Pfn p : lru_tail(list, s.pages, shown))
        put(out, " {:#x}{}", p, s.pages.at(p).flags & bit(PageFlag::referenced) ? "R" : "");
    out += list.blocks > shown ? " ...\n" : "\n";
}

}  // namespace

std::string_view kept_as(const File& file) {
    if (file.is_used()) return "open";
    if (file.dentry) return "name";
    return file.at ? "inode" : "disk";
}

std::uint64_t maps_of(const File& file) {
    std::uint64_t n = 0;
    for (const auto& [mm, areas] : file.mms)
        n += areas;
    return n;
}

NodeMarks marks_of(const Node& node) {
    NodeMarks marks;
    for (const Zone& zone : node.zones) {
        marks.free += zone.free_pages;
        marks.min += zone.watermark[0], marks.low += zone.watermark[1], marks.high += zone.watermark[2];
    }
    return marks;
}

std::vector<Pfn> lru_tail(const FreeList& list, const FrozenPages& pages, std::size_t limit) {
    std::vector<Pfn> out;
    for (std::uint32_t p = list.last; p != no_link && out.size() < limit; p = pages.at(p).link.prev)
        out.push_back(p);
    return out;
}

std::string print_files(const Snapshot& s) {
    std::string out =
        fmt::format("{:>10}{:>10}{:>8}{:>9}{:>6} {:<6}{}\n", "pages", "of", "dirty", "evicted", "maps", "kept", "path");
    for (const auto& [id, file] : *s.state.processes.files)
        put(out, "{:>10}{:>10}{:>8}{:>9}{:>6} {:<6}{}\n", file->nrpages, file->end(), file->dirty, shadows_of(*file),
            maps_of(*file), kept_as(*file), file->path);
    return out;
}

std::string print_lru(const Snapshot& s) {
    const MmState& state = s.state.processes;
    std::string out;
    for (const Node& node : s.state.zones.nodes) {
        const auto nid = static_cast<std::size_t>(node.nid);
        if (nid >= state.lru.size()) continue;
        const auto [free, min, low, high] = marks_of(node);
        put(out, "Node {}: {} pages free, min {}, low {}, high {}; R: referenced since it was looked at\n", node.nid,
            free, min, low, high);
        for (unsigned l = 0; l < nr_lru_lists; ++l)
            put_list(out, s, state.lru[nid], static_cast<LruList>(l));
        const auto n = static_cast<std::uint32_t>(node.nid);
        const FileLists& lists = *state.file_lists;
        put(out, "  {:<14}{:>10}\n  {:<14}{:>10}\n  {:<14}{:>10}\n", "dentries", lists.dentries.count(n), "inodes",
            lists.inodes.count(n), "shadow nodes", lists.shadow_nodes.count(n));
    }
    if (out.empty()) return "no process or file was there yet: no page is on a list\n";
    const DirtyLimits limits = global_dirty_limits(s.state.zones, state.lru);
    put(out, "dirty {} pages, the flusher begins beyond {}, writers wait beyond {}\n", node_stat(state, "nr_dirty"),
        limits.background, limits.freerun());
    return out;
}

}  // namespace mm
