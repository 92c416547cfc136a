// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mm/filemap.h"

#include "engine/mm/buffer_head.h"
#include "engine/mm/folio.h"
#include "engine/mm/fscache.h"
#include "engine/mm/inode_cache.h"
#include "engine/mm/page_writeback.h"
#include "engine/mm/rmap.h"
#include "engine/mm/workingset.h"

namespace mm {
namespace {

constexpr std::uint64_t first_inode = 131073;  // ext4's second group: numbers that look as on a real disk

}  // namespace

std::optional<FileId> Filemap::open(std::string path, Bytes size, bool fscache) const {
    File file;
    file.id = m_c.state.next_file++;
    file.path = std::move(path);
    file.size = size;
    file.inode = first_inode + file.id;
    file.fscache = fscache;
    const FileId id = file.id;
    m_c.state.files.edit().emplace(id, std::move(file));
    if (HeldFile(m_c, id)) return id;
    m_c.state.files.edit().erase(id);
    return std::nullopt;
}

Pfn Filemap::find(FileId id, std::uint64_t index) const {
    const PageSlot slot = m_c.state.file(id).slot(index);
    return slot.is_page() ? slot.pfn() : no_pfn;
}

/// xas_store(): the node is made, and freed when nothing is left in it. REQUIRES: it is there or the slot is not empty.
void Filemap::replace_slot(FileId id, std::uint64_t index, PageSlot slot) const {
    File& file = m_c.file(id);
    const auto it = file.pages.find(index / xa_chunk);
    XaNode& node = it->second.edit();
    PageSlot& here = node.slots[index % xa_chunk];
    node.used += (slot.is_page() ? 1U : 0U) - (here.is_page() ? 1U : 0U);
    node.shadows += (slot.is_shadow() ? 1U : 0U) - (here.is_shadow() ? 1U : 0U);
    here = slot;
    InodeCache(m_c).update_node(id, it->first, node);
    if (node.used + node.shadows > 0) return;
    m_c.free_object(MmObject::radix_tree_node, node.at);
    file.pages.erase(it);
}

bool Filemap::add(FileId id, std::uint64_t index, Pfn p) const {
    File& file = m_c.file(id);
    if (!file.pages.contains(index / xa_chunk)) {
        const auto object = m_c.alloc_object(MmObject::radix_tree_node);
        if (!object) return false;
        m_c.file(id).pages[index / xa_chunk].edit().at = *object;
    }
    const PageSlot before = m_c.state.file(id).slot(index);
    replace_slot(id, index, {p + 1});
    ++m_c.file(id).nrpages;
    m_c.state.mappings.set(p, {MappingKind::file, id, no_id, index});
    ++m_c.counters(p).nr_file_pages;
    m_c.set_flags(p, bit(PageFlag::locked));
    if (before.is_shadow()) workingset_refault(m_c, p, before.word);
    m_c.lru().add(p);
    return true;
}

void Filemap::remove(Pfn p, std::uint64_t shadow) const {
    const PageMapping mapping = m_c.state.mappings[p];
    clear_page_dirty(m_c, p);
    replace_slot(mapping.id, mapping.index, {shadow});
    --m_c.file(mapping.id).nrpages;
    --m_c.counters(p).nr_file_pages;
    m_c.state.mappings.set(p, {});
    InodeCache(m_c).mapping_shrunk(mapping.id);
    put_user_page(m_c, p);
}

/// A page of the file that holds nothing yet: its one reference is the cache's.
Pfn Filemap::new_page(FileId id, std::uint64_t index, Gfp gfp) const {
    const Pfn p = m_c.alloc_page(gfp);
    if (p == no_pfn) return no_pfn;
    m_c.get_page(p);  // nobody moves it while there is no list to take it from
    const bool added = add(id, index, p);
    if (!added) m_c.put_page(p);
    put_user_page(m_c, p);
    return added ? p : no_pfn;
}

/// filemap_create_folio(): one page without those around it.
Pfn Filemap::read_page(FileId id, std::uint64_t index) const {
    const Pfn p = new_page(id, index, gfp::GFP_HIGHUSER_MOVABLE);
    if (p == no_pfn) return p;
    end_read(p, 0, true);
    m_c.state.events.pgpgin_kib += page_size / KiB;
    return p;
}

/// Whose blocks lie side by side on the disk is marked so when it is read (ext4_mpage_readpages()).
/// The reader sleeps on the page until then, waited for: folio_wait_bit_common().
void Filemap::end_read(Pfn p, std::uint32_t also, bool waited) const {
    if (waited) m_c.set_flags(p, bit(PageFlag::waiters));
    const bool fscache = must_be_cached(m_c, p);
    if (fscache) start_fscache(m_c, p);  // netfs_rreq_unlock_folios()
    const std::uint32_t on_disk = has_fscache(m_c, p) ? 0 : bit(PageFlag::mappedtodisk);
    m_c.change(p, bit(PageFlag::uptodate) | on_disk | also, bit(PageFlag::locked));
    if (waited) m_c.clear_flags(p, bit(PageFlag::waiters));
    if (fscache) end_fscache(m_c, p);
}

/// Nobody sees the page between but who waits for it: I/O takes no time.
void Filemap::write_page(Pfn p, bool waited) const {
    m_c.set_flags(p, bit(PageFlag::writeback));
    const bool fscache = has_fscache(m_c, p);
    if (fscache) start_fscache(m_c, p);  // ceph_set_page_fscache()
    if (waited) m_c.set_flags(p, bit(PageFlag::waiters));
    m_c.clear_flags(p, bit(PageFlag::writeback));
    if (waited) m_c.clear_flags(p, bit(PageFlag::waiters));
    if (fscache) end_fscache(m_c, p);
}

bool Filemap::read(FileId id, PageSpan span) const {
    span.end = std::min(span.end, m_c.state.file(id).end());
    for (std::uint64_t index = span.first; index < span.end; ++index) {
        Pfn p = find(id, index);
        if (p == no_pfn) {
            readahead(id, index, span.end - index, false);
            p = find(id, index);
        }
        if (p == no_pfn) {
            p = read_page(id, index);
            if (p == no_pfn) return false;
        }
        if (m_c.columns().flags(p) & pg_readahead) {
            m_c.clear_flags(p, pg_readahead);
            readahead(id, index, span.end - index, true);
            p = find(id, index);
        }
        File& file = m_c.file(id);
        if (p != no_pfn && file.ra.prev != index) m_c.lru().mark_accessed(p, m_c.state.events);
        file.ra.prev = index;
    }
    return true;
}

/// ext4_da_write_begin(): the page, with its buffers. False: no memory for one or the other.
bool Filemap::write_begin(FileId id, std::uint64_t index, Pfn& p) const {
    p = find(id, index);
    if (p == no_pfn) p = new_page(id, index, gfp::GFP_HIGHUSER_MOVABLE | gfp::write);
    if (p == no_pfn) return false;
    m_c.get_page(p);  // it must not be reclaimed while memory for its buffers is looked for
    const bool made = create_empty_buffers(m_c, p);
    if (!made) m_c.clear_flags(p, bit(PageFlag::locked));
    put_user_page(m_c, p);
    return made;
}

bool Filemap::write(FileId id, PageSpan span) const {
    for (std::uint64_t index = span.first; index < span.end; ++index) {
        Pfn p = no_pfn;
        if (!write_begin(id, index, p)) return false;
        m_c.change(p, bit(PageFlag::uptodate), bit(PageFlag::locked));
        if (m_c.state.layout.paging == PagingMode::arm64 && (m_c.columns().flags(p) & pg_dcache_clean))
            m_c.clear_flags(p, pg_dcache_clean);  // flush_dcache_page()
        set_page_dirty(m_c, p);
        File& file = m_c.file(id);
        file.size = std::max(file.size, (index + 1) << page_shift);
        balance_dirty_pages(m_c);
    }
    return true;
}

NrPages Filemap::write_back(FileId id, NrPages most) const {
    if (m_c.state.file(id).dirty == 0) return 0;
    NrPages written = 0;
    const auto pages = m_c.state.file(id).pages;
    for (const auto& [chunk, node] : pages)
        for (const PageSlot slot : node->slots)
            if (written < most && slot.is_page() && clear_page_dirty(m_c, slot.pfn())) {
                (void)Rmap(m_c).mkclean(slot.pfn());
                write_page(slot.pfn(), written == 0);  // filemap_fdatawait(): then the others are done, too
                ++written;
            }
    m_c.state.events.pgpgout_kib += written * (page_size / KiB);
    InodeCache(m_c).mapping_shrunk(id);  // inode_sync_complete()
    return written;
}

Invalidated Filemap::invalidate(FileId id) const {
    Invalidated gone;
    const auto pages = m_c.state.file(id).pages;
    for (const auto& [chunk, node] : pages)
        for (unsigned i = 0; i < xa_chunk; ++i) {
            const PageSlot slot = node->slots[i];
            if (slot.is_page() && evict_page(slot.pfn())) ++gone.pages;
            if (!slot.is_shadow()) continue;
            replace_slot(id, chunk * xa_chunk + i, {});  // invalidate_exceptional_entry()
            ++gone.shadows;
        }
    if (gone.shadows > 0) InodeCache(m_c).mapping_shrunk(id);
    return gone;
}

bool Filemap::evict_page(Pfn p, std::int32_t held) const {
    const PageColumns& pages = m_c.columns();
    if (m_c.state.mappings[p].kind != MappingKind::file || pages.mapcount(p) >= 0) return false;
    if (pages.refcount(p) > 1 + private_references(pages, p) + held) return false;
    if (pages.flags(p) & bit(PageFlag::dirty)) return false;
    try_to_free_buffers(m_c, p);
    remove(p);
    return true;
}

void Filemap::truncate(Pfn p) const {
    (void)clear_page_dirty(m_c, p);
    try_to_free_buffers(m_c, p);
    remove(p);
}

}  // namespace mm
