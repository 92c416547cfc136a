// SPDX-License-Identifier: GPL-3.0-or-later
// A file's pages in memory: struct inode with its address_space, whose tree has nodes of 64 slots; a slot holds a page,
// or what remembers when the page that was there was evicted.
//
//      i_pages    [0 .. 63] ──► slot 0: pfn 0x1a2b   slot 1: evicted at 812   ...
//                 [64 .. 127] nothing was ever read there
//
// Follows include/linux/fs.h and mm/workingset.c, Linux 6.1.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>

#include "engine/mm/list_lru.h"
#include "engine/mm/page_mapping.h"

namespace mm {

/// An entry of i_pages.
struct PageSlot {
    static constexpr std::uint64_t shadow_bit = std::uint64_t{1} << 63;
    std::uint64_t word = 0;  ///< 0 nothing; else pfn + 1, or a shadow

    bool empty() const { return word == 0; }
    bool is_page() const { return word != 0 && !(word & shadow_bit); }
    bool is_shadow() const { return word & shadow_bit; }
    Pfn pfn() const { return word - 1; }
    friend bool operator==(const PageSlot&, const PageSlot&) = default;
};
inline constexpr unsigned xa_chunk = 64;

/// A leaf of the tree: one object of radix_tree_node.
struct XaNode {
    std::array<PageSlot, xa_chunk> slots{};
    unsigned used = 0, shadows = 0;
    PhysAddr at = 0;
    ListLruPlace lru;  ///< one with shadows alone is on a list
    friend bool operator==(const XaNode&, const XaNode&) = default;
};

/// struct file_ra_state.
struct ReadAhead {
    std::uint64_t start = 0;
    unsigned size = 0, async_size = 0;
    std::uint64_t prev = ~std::uint64_t{0};  ///< prev_pos, in pages; all ones: nothing was read
    friend bool operator==(const ReadAhead&, const ReadAhead&) = default;
};

struct File {
    FileId id = no_id;
    std::string path;
    Bytes size = 0;
    std::uint64_t inode = 0;
    std::map<std::uint64_t, Shared<XaNode>> pages;  ///< i_pages, by index / 64
    NrPages nrpages = 0, dirty = 0;
    std::uint64_t dirtied_when = 0;      ///< since when it is dirty: the flusher begins with the oldest
    std::map<MmId, unsigned> mms;        ///< i_mmap: how many areas of which address spaces map it
    ReadAhead ra;                        ///< of the one struct file that reads it
    std::optional<PhysAddr> at;          ///< the inode's object; nothing: the file is on the disk alone
    std::optional<PhysAddr> dentry;      ///< the object of its name; with it comes the inode
    unsigned users = 0;                  ///< struct files that are open at the moment
    ListLruPlace dentry_lru, inode_lru;  ///< where both wait to be shrunk
    bool dentry_referenced = false, inode_referenced = false;  ///< used since: they get another round
    bool fscache = false;                                      ///< it is on another machine, and kept on the local disk
    SharedVector<std::uint64_t> cached;                        ///< a bit a page: the local disk has it

    PageSlot slot(std::uint64_t index) const {
        const auto it = pages.find(index / xa_chunk);
        return it == pages.end() ? PageSlot{} : it->second->slots[index % xa_chunk];
    }
    /// Somebody has it open or maps it.
    bool is_used() const { return users > 0 || !mms.empty(); }
    std::uint64_t end() const { return (size + page_size - 1) >> page_shift; }
    friend bool operator==(const File&, const File&) = default;
};

/// A node of a file's tree.
struct XaNodeId {
    FileId file = no_id;
    std::uint64_t chunk = 0;
    friend bool operator==(const XaNodeId&, const XaNodeId&) = default;
};

/// What shrinkers look at: s_dentry_lru and s_inode_lru of the one file system, shadow_nodes; and nr_deferred of both
/// shrinkers, by node.
struct FileLists {
    ListLru<FileId> dentries, inodes;
    ListLru<XaNodeId> shadow_nodes;
    std::map<Nid, NrPages> fs_deferred, shadows_deferred;
    friend bool operator==(const FileLists&, const FileLists&) = default;
};

}  // namespace mm
