// SPDX-License-Identifier: GPL-3.0-or-later
// Owners of the hierarchy that run: processes with their areas and page tables, files in memory, swap.
#include <algorithm>

#include "engine/mm/rmap.h"
#include "engine/snapshot/frame_block.h"
#include "engine/snapshot/hierarchy_owners.h"
#include "engine/snapshot/mm_counters.h"
#include "engine/snapshot/process_format.h"
#include "engine/snapshot/put.h"

namespace mm {
namespace {

using Path = std::vector<PathStep>;

constexpr unsigned caller_layer = 0, area_layer = 1, table_layer = 2, page_layer = 4;

/// Pages of files: NR_FILE_PAGES has those of the swap cache too.
NrPages file_pages(const Snapshot& s) {
    const MmState& state = s.state.processes;
    return node_stat(state, "nr_file_pages") - node_stat(state, "nr_swapcached");
}

/// All pages on LRU lists that are no file's: the kernel has no counter of its own for pages in the swap cache alone.
NrPages anonymous_pages(const Snapshot& s) {
    NrPages listed = 0;
    for (const LruVec& vec : s.state.processes.lru)
        for (unsigned l = 0; l < nr_lru_lists; ++l)
            listed += vec.pages(static_cast<LruList>(l));
    return listed - file_pages(s);
}

/// nr_page_table_pages leaves out the top tables.
NrPages table_pages(const Snapshot& s) {
    const MmState& state = s.state.processes;
    return node_stat(state, "nr_page_table_pages") + (state.mms->size() << state.layout.pgd_order);
}

void add_anonymous(const Snapshot& s, unsigned lane, HierarchyMaker& out) {
    const MmState& state = s.state.processes;
    if (!state.up) return;
    std::size_t areas = 0;
    for (const auto& [id, mm] : *state.mms)
        areas += mm->areas.size();
    const auto box = [&](const char* id, const char* title, std::string words, const char* source, unsigned layer) {
        out.box({id, title, std::move(words), source, layer, lane, {}});
    };
    box("process", "process", counted(state.tasks->size(), "task"), "struct mm_struct", caller_layer);
    box("vma", "area", counted(areas, "area"), "struct vm_area_struct", area_layer);
    box("page_table", "page tables", pages_text(table_pages(s)), "mm/memory.c", table_layer);
    box("anon", "anonymous pages", pages_text(anonymous_pages(s)), "mm/rmap.c", page_layer);
    out.edge("process", "vma");
    out.edge("vma", "page_table");
    out.edge("page_table", "anon");
    out.edge("page_table", "page_cache");
    out.edge("page_table", "page_allocator");
    out.edge("anon", "page_allocator");
    if (!state.swap.on()) return;
    box("swap", "swap", pages_text(state.swap.inuse) + " of " + pages_text(state.swap.total()), "mm/swapfile.c",
        page_layer);
    out.edge("page_table", "swap");
}

void add_page_cache(const Snapshot& s, unsigned lane, HierarchyMaker& out) {
    const MmState& state = s.state.processes;
    if (!state.up) return;
    NrPages dirty = 0;
    for (const auto& [id, file] : *state.files)
        dirty += file->dirty;
    out.box({"read", "read(), write()", counted(state.files->size(), "file"), "mm/filemap.c", caller_layer, lane, {}});
    out.box({"address_space",
             "file's pages",
             counted(file_pages(s), "page"),
             "struct address_space",
             area_layer,
             lane,
             {}});
    out.box({"page_cache",
             "page cache",
             pages_text(file_pages(s)) + ", " + pages_text(dirty) + " dirty",
             "mm/filemap.c",
             page_layer,
             lane,
             {}});
    out.edge("read", "address_space");
    out.edge("address_space", "page_cache");
    out.edge("page_cache", "page_allocator");
}

void add_nothing(const Snapshot&, unsigned, HierarchyMaker&) {}  // its box stands in the lane of processes

std::string task_words(const MmState& state, MmId mm) {
    std::string out;
    for (const auto& [pid, task] : *state.tasks)
        if (task.mm == mm) put(out, "{}{} \"{}\"", out.empty() ? "PID " : ", ", pid, task.comm);
    return out;
}

/// The process, area and entry that map the page; of the first, how many others are told.
void add_mapping(const MmState& state, const std::vector<MappedAt>& mapped, Path& path) {
    if (mapped.empty()) return;
    const MappedAt& first = mapped.front();
    const Mm& mm = state.mm(first.mm);
    const Vma& area = mm.areas.at(first.area);
    std::string words = task_words(state, first.mm);
    if (mapped.size() > 1) put(words, " and {}", counted(mapped.size() - 1, "other place", "other places"));
    path.push_back({"process", std::exchange(words, {})});
    const std::string_view name = name_in_maps(state, mm, area);
    put(words, "{:#x}-{:#x} {}", area.range.start, area.range.end, name.empty() ? "anonymous memory" : name);
    path.push_back({"vma", std::exchange(words, {})});
    put(words, "{} entry {} of the table at pfn {:#x}: mapped at {:#x}", name_of(first.at.level), first.at.index,
        first.at.table, first.address);
    path.push_back({"page_table", words});
}

/// The frame whose mapping tells: of a block the head.
Pfn head_of(const Snapshot& s, Pfn pfn) {
    const auto block = block_of_frame(s.pages, pfn);
    return block && !block->free ? block->head : pfn;
}

Path anonymous_path(const Snapshot& s, const AskedFrame& asked) {
    const MmState& state = s.state.processes;
    if (!state.up) return {};
    const Pfn pfn = head_of(s, asked.pfn);
    const PageMapping mapping = state.mappings[pfn];
    if (mapping.kind != MappingKind::anon) return {};
    Path path;
    const std::vector<MappedAt> mapped = rmap_walk(state, pfn);
    add_mapping(state, mapped, path);
    std::string words;
    put(words, "anonymous page, {}",
        mapped.empty() ? "mapped nowhere now" : counted(mapped.size(), "entry", "entries"));
    if (mapping.swap != no_id) put(words, ", in the swap cache: slot {}", mapping.swap);
    path.push_back({"anon", words});
    return path;
}

Path page_cache_path(const Snapshot& s, const AskedFrame& asked) {
    const MmState& state = s.state.processes;
    if (!state.up) return {};
    const Pfn pfn = head_of(s, asked.pfn);
    const PageMapping mapping = state.mappings[pfn];
    if (mapping.kind != MappingKind::file) return {};
    const File& file = state.file(mapping.id);
    Path path;
    std::string words;
    const std::vector<MappedAt> mapped = rmap_walk(state, pfn);
    put(words, "page {} of {} of {}, {} in memory", mapping.index, file.end(), file.path, file.nrpages);
    if (mapped.empty()) {
        path.push_back({"read", file.path});
        path.push_back({"address_space", std::exchange(words, {})});
    }
    add_mapping(state, mapped, path);
    put(words, "{}{}", words.empty() ? "" : ", ",
        s.pages.at(pfn).flags & bit(PageFlag::dirty) ? "dirty: to be written before it can be evicted" : "clean");
    path.push_back({"page_cache", words});
    return path;
}

Path table_path(const Snapshot& s, const AskedFrame& asked) {
    const MmState& state = s.state.processes;
    if (!state.up) return {};
    const PageMapping mapping = state.mappings[head_of(s, asked.pfn)];
    if (mapping.kind != MappingKind::table) return {};
    std::string words;
    put(words, "a {} table", name_of(static_cast<PtLevel>(mapping.index)));
    return {{"process", task_words(state, mapping.id)}, {"page_table", words}};
}

NrPages hugetlb_pages(const Snapshot& s) {
    return s.state.processes.hugetlb.nr() * s.state.processes.hpage_nr();
}

void add_hugetlb(const Snapshot& s, unsigned lane, HierarchyMaker& out) {
    const HugetlbState& pool = s.state.processes.hugetlb;
    if (pool.nr() == 0) return;
    out.box({"hugetlb",
             "huge pages by name",
             counted(pool.nr(), "page") + ", " + counted(pool.free(), "free", "free"),
             "mm/hugetlb.c",
             page_layer,
             lane,
             {}});
    out.edge("page_table", "hugetlb");
    out.edge("hugetlb", "page_allocator");
}

Path hugetlb_path(const Snapshot& s, const AskedFrame& asked) {
    const MmState& state = s.state.processes;
    if (!state.up) return {};
    const Pfn head = head_of(s, asked.pfn);
    if (state.mappings[head].kind != MappingKind::hugetlb) return {};
    Path path;
    const std::vector<MappedAt> mapped = rmap_walk(state, head);
    add_mapping(state, mapped, path);
    path.push_back({"hugetlb", mapped.empty() ? "free, in the pool that vm.nr_hugepages sets"
                                              : "of the pool that vm.nr_hugepages sets"});
    return path;
}

NrPages poisoned_pages(const Snapshot& s) {
    NrPages n = 0;
    if (s.state.stats.poisoned > 0)
        s.state.processes.mappings.each([&](Pfn, const PageMapping& m) { n += m.kind == MappingKind::poisoned; });
    return n;
}

void add_poisoned(const Snapshot& s, unsigned lane, HierarchyMaker& out) {
    if (const NrPages n = poisoned_pages(s))
        out.box({"poisoned", "poisoned", counted(n, "frame"), "mm/memory-failure.c", page_layer, lane, {}});
}

Path poisoned_path(const Snapshot& s, const AskedFrame& asked) {
    const PageRecord page = s.pages.at(asked.pfn);
    if (!(page.flags & pg_hwpoison)) return {};
    const MappingKind kind = s.state.processes.mappings[asked.pfn].kind;
    if (kind != MappingKind::poisoned && page.refcount > 0) return {};
    return {{"poisoned", "its memory is broken: nobody gets the frame again (PG_hwpoison)"}};
}

}  // namespace

Owner hugetlb_pool() {
    return {"hugetlb", add_hugetlb, hugetlb_pages, hugetlb_path};
}
Owner poisoned_frames() {
    return {"poisoned frames", add_poisoned, poisoned_pages, poisoned_path};
}
Owner anonymous_memory() {
    return {"anonymous pages", add_anonymous, anonymous_pages, anonymous_path};
}
Owner page_cache() {
    return {"page cache", add_page_cache, file_pages, page_cache_path};
}
Owner user_page_tables() {
    return {"page tables", add_nothing, table_pages, table_path};
}

}  // namespace mm
