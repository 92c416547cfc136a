// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/mm/inode_cache.h"

#include <fmt/format.h>

#include "engine/mm/filemap.h"

namespace mm {

std::uint32_t InodeCache::node_of(PhysAddr object) const {
    const Zone* zone = m_c.pages.zones.zone_of(pfn_down(object));
    return zone ? static_cast<std::uint32_t>(zone->nid) : 0;
}

bool InodeCache::get(FileId id) const {
    if (!m_c.state.file(id).dentry) {
        const auto dentry = m_c.alloc_object(MmObject::dentry);  // d_alloc_parallel()
        if (!dentry) return false;
        if (!m_c.state.file(id).at) {
            const auto inode = m_c.alloc_object(MmObject::inode);  // ext4_iget()
            if (!inode) return m_c.free_object(MmObject::dentry, *dentry), false;
            m_c.file(id).at = *inode;
        }
        m_c.file(id).dentry = *dentry;
    }
    ++m_c.file(id).users;
    return true;
}

void InodeCache::put(FileId id) const {
    --m_c.file(id).users;
    unmapped(id);
}

/// retain_dentry(): one on the list already has been used since.
void InodeCache::unmapped(FileId id) const {
    const File& now = m_c.state.file(id);
    if (now.is_used() || !now.dentry) return;
    File& file = m_c.file(id);
    if (file.dentry_lru)
        file.dentry_referenced = true;
    else
        file.dentry_lru = m_c.state.file_lists.edit().dentries.add(node_of(*file.dentry), id);
}

/// With high memory inodes are shrunk whatever they hold: low memory may be short long before the cache is.
bool InodeCache::mapping_shrinkable(const File& file) const {
    const PagingMode paging = m_c.state.layout.paging;
    return paging == PagingMode::i386 || paging == PagingMode::i386_pae || file.pages.empty();
}

/// __inode_add_lru().
void InodeCache::add_inode(FileId id, bool rotate) const {
    const File& now = m_c.state.file(id);
    if (!now.at || now.dentry || now.is_used() || now.dirty > 0 || !mapping_shrinkable(now)) return;
    if (now.inode_lru && !rotate) return;
    File& file = m_c.file(id);
    if (file.inode_lru)
        file.inode_referenced = true;
    else
        file.inode_lru = m_c.state.file_lists.edit().inodes.add(node_of(*file.at), id);
}

void InodeCache::mapping_shrunk(FileId id) const {
    add_inode(id, false);
}

void InodeCache::update_node(FileId id, std::uint64_t chunk, XaNode& node) const {
    const bool shadows_only = node.used == 0 && node.shadows > 0;
    if (shadows_only == static_cast<bool>(node.lru)) return;
    auto& lists = m_c.state.file_lists.edit();
    if (shadows_only) {
        node.lru = lists.shadow_nodes.add(node_of(node.at), {id, chunk});
        ++counters_of(node.at).workingset_nodes;
    } else {
        lists.shadow_nodes.del(std::exchange(node.lru, {}));
        --counters_of(node.at).workingset_nodes;
    }
}

NrPages InodeCache::prune_dentries(const ShrinkControl& sc, NrPages nr_to_scan) const {
    std::vector<FileId> dispose;
    auto& dentries = m_c.state.file_lists.edit().dentries;
    const NrPages freed =
        dentries.walk(static_cast<std::uint32_t>(sc.nid), nr_to_scan, [&](FileId id, ListLruPlace rotated) {
            File& file = m_c.file(id);
            if (!file.is_used() && file.dentry_referenced) {
                file.dentry_referenced = false;
                file.dentry_lru = rotated;
                return LruStatus::rotate;
            }
            file.dentry_lru = {};
            file.dentry_referenced = false;
            if (!file.is_used()) dispose.push_back(id);
            return LruStatus::removed;
        });
    for (const FileId id : dispose) {  // __dentry_kill()
        const PhysAddr dentry = *std::exchange(m_c.file(id).dentry, std::nullopt);
        add_inode(id, true);  // iput()
        m_c.free_object(MmObject::dentry, dentry);
    }
    return freed;
}

LruStatus InodeCache::isolate_inode(FileId id, ListLruPlace rotated, ShrinkControl& sc) const {
    File& file = m_c.file(id);
    if (file.dentry || file.is_used() || file.dirty > 0 || !mapping_shrinkable(file)) {
        file.inode_lru = {};
        file.inode_referenced = false;
        return LruStatus::removed;
    }
    if (file.inode_referenced) {
        file.inode_referenced = false;
        file.inode_lru = rotated;
        return LruStatus::rotate;
    }
    if (!file.pages.empty()) {
        const Invalidated gone = Filemap(m_c).invalidate(id);
        MmEvents& events = m_c.state.events;
        (sc.kswapd ? events.kswapd_inodesteal : events.pginodesteal) += gone.pages + gone.shadows;
        sc.reclaimed += gone.pages + gone.shadows;
        return LruStatus::retry;
    }
    file.inode_lru = {};
    return LruStatus::removed;
}

NrPages InodeCache::prune_inodes(ShrinkControl& sc, NrPages nr_to_scan) const {
    std::vector<FileId> freeable;
    auto& inodes = m_c.state.file_lists.edit().inodes;
    const NrPages freed =
        inodes.walk(static_cast<std::uint32_t>(sc.nid), nr_to_scan, [&](FileId id, ListLruPlace rotated) {
            const LruStatus status = isolate_inode(id, rotated, sc);
            const File& file = m_c.state.file(id);
            if (status == LruStatus::removed && !file.dentry && !file.is_used() && file.pages.empty())
                freeable.push_back(id);
            return status;
        });
    for (auto id = freeable.rbegin(); id != freeable.rend(); ++id) {  // dispose_list(): the last one first; evict()
        File& file = m_c.file(*id);
        file.ra = {};
        m_c.free_object(MmObject::inode, *std::exchange(file.at, std::nullopt));
    }
    return freed;
}

NrPages InodeCache::prune_shadows(const ShrinkControl& sc, NrPages nr_to_scan) const {
    auto& nodes = m_c.state.file_lists.edit().shadow_nodes;
    return nodes.walk(static_cast<std::uint32_t>(sc.nid), nr_to_scan, [&](const XaNodeId& node, ListLruPlace) {
        auto& pages = m_c.file(node.file).pages;
        const auto here = pages.find(node.chunk);
        const PhysAddr at = here->second->at;
        pages.erase(here);  // xa_delete_node()
        --counters_of(at).workingset_nodes;
        ++counters_of(at).workingset_nodereclaim;
        m_c.free_object(MmObject::radix_tree_node, at);
        mapping_shrunk(node.file);
        return LruStatus::removed_retry;
    });
}

Broken check_file_lists(const MmState& state) {
    const FileLists& lists = *state.file_lists;
    NrPages dentries = 0, inodes = 0, nodes = 0;
    for (const auto& [id, file] : *state.files) {
        const auto broken = [&, &name = file->path](std::string_view what) {
            return fmt::format("{}: {}", name, what);
        };
        if (file->dentry && !file->at) return broken("has a dentry and no inode");
        if (file->is_used() && !file->dentry) return broken("is used and has no dentry");
        if (!file->at && (file->nrpages > 0 || !file->pages.empty())) return broken("has pages and no inode");
        if (file->dentry && !file->is_used() && !file->dentry_lru) return broken("nobody will find its dentry");
        if (!file->dentry && file->dentry_lru) return broken("no dentry is on a list");
        const auto is_on = [id = id](const ListLru<FileId>& list, ListLruPlace place) {
            const FileId* found = list.find(place);
            return !place || (found && *found == id);
        };
        if (!is_on(lists.dentries, file->dentry_lru) || !is_on(lists.inodes, file->inode_lru))
            return broken("is not where it should be on its list");
        if (file->inode_lru && !file->at) return broken("no inode is on a list");
        dentries += static_cast<bool>(file->dentry_lru);
        inodes += static_cast<bool>(file->inode_lru);
        for (const auto& [chunk, node] : file->pages) {
            if (static_cast<bool>(node->lru) != (node->used == 0))
                return broken("a node of shadows is not on its list");
            const XaNodeId* found = lists.shadow_nodes.find(node->lru);
            if (node->lru && (!found || *found != XaNodeId{id, chunk})) return broken("its list holds another node");
            nodes += static_cast<bool>(node->lru);
        }
    }
    if (dentries != lists.dentries.total() || inodes != lists.inodes.total() || nodes != lists.shadow_nodes.total())
        return "a list of dentries, inodes or shadow nodes holds what is not there";
    return std::nullopt;
}

}  // namespace mm
