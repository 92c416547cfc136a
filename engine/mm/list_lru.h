// SPDX-License-Identifier: GPL-3.0-or-later
// Objects that nobody uses at the moment, by the node their memory is on: shrinkers look at the oldest first.
//
//      node 0   oldest [a][c][d] newest     walk(0, 2, isolate)   a: removed, c: rotated   ─►   [d][c]
//      node 1          [b]
//
// An object remembers its place. Follows list_lru_add(), list_lru_del() and __list_lru_walk_one() of mm/list_lru.c,
// Linux 6.1, without memory cgroups.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "engine/types/units.h"

namespace mm {

/// Where an object is; none: on no list.
struct ListLruPlace {
    std::uint64_t order = 0;
    std::uint32_t node = 0;

    explicit operator bool() const { return order != 0; }
    friend bool operator==(const ListLruPlace&, const ListLruPlace&) = default;
};

/// enum lru_status: what became of an object that was looked at. Retry: the list is begun anew.
enum class LruStatus : std::uint8_t { removed, removed_retry, rotate, retry };

template<class Item>
class ListLru {
public:
    /// Behind all others of the node.
    ListLruPlace add(std::uint32_t node, Item item) {
        if (m_nodes.size() <= node) m_nodes.resize(node + 1);
        m_nodes[node].emplace(++m_last, std::move(item));
        return {m_last, node};
    }
    /// REQUIRES: it is there.
    void del(ListLruPlace place) { m_nodes[place.node].erase(place.order); }
    /// list_lru_count_node().
    NrPages count(std::uint32_t node) const { return node < m_nodes.size() ? m_nodes[node].size() : 0; }
    const Item* find(ListLruPlace place) const {
        if (place.node >= m_nodes.size()) return nullptr;
        const auto it = m_nodes[place.node].find(place.order);
        return it == m_nodes[place.node].end() ? nullptr : &it->second;
    }
    NrPages total() const {
        NrPages n = 0;
        for (const auto& node : m_nodes)
            n += node.size();
        return n;
    }

    /// Looks at so many objects of the node, the oldest first. isolate(item, place) says what becomes of each; one that
    /// is rotated is at `place` from then on, one that is removed nowhere. Objects removed.
    template<class Isolate>
    NrPages walk(std::uint32_t node, NrPages nr_to_walk, Isolate isolate) {
        NrPages isolated = 0;
        if (node >= m_nodes.size()) return 0;
        for (auto it = m_nodes[node].begin(); it != m_nodes[node].end() && nr_to_walk > 0; --nr_to_walk) {
            const Item item = it->second;
            const std::uint64_t order = it->first;
            const ListLruPlace rotated{m_last + 1, node};
            const LruStatus status = isolate(item, rotated);
            const bool removed = status == LruStatus::removed || status == LruStatus::removed_retry;
            isolated += removed;
            const auto next = m_nodes[node].upper_bound(order);
            const bool is_last = next == m_nodes[node].end();
            if (status != LruStatus::retry) m_nodes[node].erase(order);
            if (status == LruStatus::rotate) m_nodes[node].emplace(++m_last, item);
            if (status == LruStatus::retry || status == LruStatus::removed_retry)
                it = m_nodes[node].begin();
            else
                it = is_last ? m_nodes[node].end() : next;
        }
        return isolated;
    }

    friend bool operator==(const ListLru&, const ListLru&) = default;

private:
    std::vector<std::map<std::uint64_t, Item>> m_nodes;
    std::uint64_t m_last = 0;
};

}  // namespace mm
