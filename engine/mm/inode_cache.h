// SPDX-License-Identifier: GPL-3.0-or-later
// Names and files that are known in memory: a dentry for the name, an inode for the file. They stay when nobody uses
// them any more, on lists that shrinkers look at when memory runs short.
//
//      open foo.c    dentry ──► inode ──► pages        used: neither goes
//      closed        dentry ──► inode ──► pages        on the list of dentries; used again: referenced, one more round
//      shrunk                   inode ──► pages        on the list of inodes once no page is left of it (i386: at once)
//      shrunk        (on the disk alone)
//
// Nodes of a file's tree that hold nothing but shadows are on a list, too. Objects go to the list of the node they are
// on. Follows fs/dcache.c (dput, prune_dcache_sb), fs/inode.c (iput_final, inode_lru_isolate) and mm/workingset.c
// (workingset_update_node, shadow_lru_isolate), Linux 6.1; directories and names of nothing are left out.
#pragma once

#include "engine/mm/mm_context.h"

namespace mm {

/// struct shrink_control: whom objects are taken back for.
struct ShrinkControl {
    Nid nid = 0;
    Gfp gfp = gfp::GFP_KERNEL;
    bool kswapd = false;
    NrPages reclaimed = 0;  ///< pages of slabs and files given back (reclaim_state)
};

class InodeCache {
public:
    explicit InodeCache(const MmContext& context) : m_c(context) {}

    /// The path is walked: name and file are in memory and stay until put(). False: no memory for one of them.
    bool get(FileId id) const;
    /// dput() of whoever had it.
    void put(FileId id) const;
    /// The same, of its last mapping.
    void unmapped(FileId id) const;
    /// inode_add_lru(): its last page has gone, or the last one that was dirty.
    void mapping_shrunk(FileId id) const;
    /// workingset_update_node(): what the node holds has changed.
    void update_node(FileId id, std::uint64_t chunk, XaNode& node) const;

    /// prune_dcache_sb(), prune_icache_sb() and scan_shadow_nodes(): so many are looked at. Objects freed.
    NrPages prune_dentries(const ShrinkControl& sc, NrPages nr_to_scan) const;
    NrPages prune_inodes(ShrinkControl& sc, NrPages nr_to_scan) const;
    NrPages prune_shadows(const ShrinkControl& sc, NrPages nr_to_scan) const;

private:
    std::uint32_t node_of(PhysAddr object) const;
    NodeCounters& counters_of(PhysAddr object) const { return m_c.state.lru[node_of(object)].counters; }
    bool mapping_shrinkable(const File& file) const;
    void add_inode(FileId id, bool rotate) const;
    LruStatus isolate_inode(FileId id, ListLruPlace rotated, ShrinkControl& sc) const;

    const MmContext& m_c;
};

/// A file held for as long as something is done with it.
class HeldFile {
public:
    HeldFile(const MmContext& context, FileId id) : m_c(context), m_id(id), m_held(InodeCache(context).get(id)) {}
    ~HeldFile() {
        if (m_held) InodeCache(m_c).put(m_id);
    }
    HeldFile(const HeldFile&) = delete;
    HeldFile& operator=(const HeldFile&) = delete;
    explicit operator bool() const { return m_held; }

private:
    const MmContext& m_c;
    FileId m_id;
    bool m_held;
};

/// Nothing, or which list of the three does not hold what it should.
Broken check_file_lists(const MmState& state);

}  // namespace mm
