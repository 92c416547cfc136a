// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/vmalloc/free_tree.h"

#include <fmt/format.h>

#include <algorithm>

namespace mm {

VirtAddr first_aligned(const VirtRange& stretch, Bytes align, VirtAddr from) {
    return align_up(std::max(stretch.start, from), align);
}

bool fits(const VirtRange& stretch, Bytes size, Bytes align, VirtAddr from) {
    const VirtAddr start = first_aligned(stretch, align, from);
    if (start + size < start || start < from) return false;  // beyond the end of all addresses
    return start + size <= stretch.end;
}

FreeTree::NodeId FreeTree::first() const {
    NodeId id = m_root;
    while (id != none && at(id).left != none)
        id = at(id).left;
    return id;
}

FreeTree::NodeId FreeTree::next(NodeId id) const {
    if (at(id).right != none) {
        id = at(id).right;
        while (at(id).left != none)
            id = at(id).left;
        return id;
    }
    NodeId parent = at(id).parent;
    while (parent != none && at(parent).right == id)
        id = parent, parent = at(id).parent;
    return parent;
}

FreeTree::NodeId FreeTree::lowest_match(Bytes size, Bytes align, VirtAddr from, bool adjust) const {
    const Bytes length = adjust ? size + align - 1 : size;
    NodeId id = m_root;
    while (id != none) {
        if (largest(at(id).left) >= length && from < at(id).area.range.start) {
            id = at(id).left;
            continue;
        }
        if (fits(at(id).area.range, size, align, from)) return id;
        if (largest(at(id).right) >= length) {
            id = at(id).right;
            continue;
        }
        // Nothing here: back to the first ancestor that fits, or whose right side may.
        for (id = at(id).parent; id != none; id = at(id).parent) {
            const VirtRange& stretch = at(id).area.range;
            if (fits(stretch, size, align, from)) return id;
            if (largest(at(id).right) < length || from > stretch.start) continue;
            from = stretch.start + 1;  // not into this side again
            id = at(id).right;
            break;
        }
    }
    return none;
}

std::optional<PhysAddr> FreeTree::cut(NodeId id, VirtAddr start, Bytes size, const std::function<PhysAddr()>& spare) {
    VirtRange& stretch = at(id).area.range;
    const VirtAddr end = start + size;
    if (stretch.start == start && stretch.end == end) {
        const PhysAddr descriptor = at(id).area.at;
        erase(id);
        return descriptor;
    }
    if (stretch.start == start) {
        stretch.start = end;
    } else if (stretch.end == end) {
        stretch.end = start;
    } else {
        const VmapArea lower{{stretch.start, start}, spare()};
        stretch.start = end;
        measure_up(id);
        insert(lower);
        return std::nullopt;
    }
    measure_up(id);
    return std::nullopt;
}

std::vector<PhysAddr> FreeTree::add(const VmapArea& area) {
    NodeId above = m_root, next_one = none, previous = none;
    while (above != none) {
        const bool lower = area.range.start < at(above).area.range.start;
        (lower ? next_one : previous) = above;
        above = lower ? at(above).left : at(above).right;
    }
    const bool joins_next = next_one != none && at(next_one).area.range.start == area.range.end;
    const bool joins_previous = previous != none && at(previous).area.range.end == area.range.start;
    if (!joins_next && !joins_previous) {
        insert(area);
        return {};
    }
    std::vector<PhysAddr> unused{area.at};
    VirtAddr end = area.range.end;
    if (joins_next && joins_previous) {
        end = at(next_one).area.range.end;
        unused.push_back(at(next_one).area.at);
        erase(next_one);
    } else if (joins_next) {
        at(next_one).area.range.start = area.range.start;
        measure_up(next_one);
        return unused;
    }
    at(previous).area.range.end = end;
    measure_up(previous);
    return unused;
}

void FreeTree::measure(NodeId id) {
    at(id).largest = std::max({at(id).area.range.size(), largest(at(id).left), largest(at(id).right)});
}

void FreeTree::measure_up(NodeId id) {
    for (; id != none; id = at(id).parent)
        measure(id);
}

void FreeTree::replace_child(NodeId parent, NodeId old, NodeId now) {
    if (parent == none)
        m_root = now;
    else
        (at(parent).left == old ? at(parent).left : at(parent).right) = now;
    if (now != none) at(now).parent = parent;
}

//      to the left:    id                 up
//                     /  \               /  \        .
//                    a    up    ==>    id    c
//                        /  \         /  \           .
//                       b    c       a    b
void FreeTree::rotate(NodeId id, bool to_left) {
    const NodeId up = to_left ? at(id).right : at(id).left;
    const NodeId inner = to_left ? at(up).left : at(up).right;
    replace_child(at(id).parent, id, up);
    (to_left ? at(up).left : at(up).right) = id;
    at(id).parent = up;
    (to_left ? at(id).right : at(id).left) = inner;
    if (inner != none) at(inner).parent = id;
    measure(id);
    measure(up);
}

void FreeTree::insert(const VmapArea& area) {
    NodeId id = static_cast<NodeId>(m_nodes.size());
    if (m_spare.empty()) {
        m_nodes.emplace_back();
    } else {
        id = m_spare.back();
        m_spare.pop_back();
    }
    at(id) = {area, area.range.size(), none, none, none, true};
    NodeId parent = none, below = m_root;
    bool lower = false;
    while (below != none) {
        parent = below;
        lower = area.range.start < at(below).area.range.start;
        below = lower ? at(below).left : at(below).right;
    }
    at(id).parent = parent;
    if (parent == none)
        m_root = id;
    else
        (lower ? at(parent).left : at(parent).right) = id;
    measure_up(parent);
    mend_insert(id);
}

/// __rb_insert().
void FreeTree::mend_insert(NodeId id) {
    while (is_red(at(id).parent)) {
        NodeId parent = at(id).parent;
        const NodeId grand = at(parent).parent;
        const bool left = at(grand).left == parent;
        const NodeId uncle = left ? at(grand).right : at(grand).left;
        if (is_red(uncle)) {
            at(parent).red = at(uncle).red = false;
            at(grand).red = true;
            id = grand;
            continue;
        }
        if (id == (left ? at(parent).right : at(parent).left)) {
            rotate(parent, left);
            std::swap(id, parent);
        }
        at(parent).red = false;
        at(grand).red = true;
        rotate(grand, !left);
        break;
    }
    at(m_root).red = false;
}

/// __rb_erase_augmented(): where there are two children the next node takes the place.
void FreeTree::erase(NodeId id) {
    const NodeId left = at(id).left, right = at(id).right;
    NodeId child = left == none ? right : left, parent = at(id).parent;
    bool was_red = at(id).red;
    if (left != none && right != none) {
        NodeId heir = right;
        while (at(heir).left != none)
            heir = at(heir).left;
        was_red = at(heir).red;
        child = at(heir).right;
        parent = at(heir).parent;
        if (parent == id) {
            parent = heir;
        } else {
            replace_child(parent, heir, child);
            at(heir).right = right;
            at(right).parent = heir;
        }
        at(heir).left = left;
        at(left).parent = heir;
        at(heir).red = at(id).red;
        replace_child(at(id).parent, id, heir);
    } else {
        replace_child(parent, id, child);
    }
    at(id) = {};
    m_spare.push_back(id);
    measure_up(parent);
    if (!was_red) mend_erase(child, parent);
}

/// ____rb_erase_color(): the subtree at id has one black node too few on its paths.
void FreeTree::mend_erase(NodeId id, NodeId parent) {
    while (parent != none && !is_red(id)) {
        const bool left = at(parent).left == id;
        NodeId sibling = left ? at(parent).right : at(parent).left;
        if (is_red(sibling)) {
            at(sibling).red = false;
            at(parent).red = true;
            rotate(parent, left);
            sibling = left ? at(parent).right : at(parent).left;
        }
        const NodeId outer = left ? at(sibling).right : at(sibling).left;
        const NodeId inner = left ? at(sibling).left : at(sibling).right;
        if (!is_red(outer) && !is_red(inner)) {
            at(sibling).red = true;
            id = parent;
            parent = at(id).parent;
            continue;
        }
        if (!is_red(outer)) {
            at(inner).red = false;
            at(sibling).red = true;
            rotate(sibling, !left);
            sibling = inner;
        }
        at(sibling).red = at(parent).red;
        at(parent).red = false;
        at(left ? at(sibling).right : at(sibling).left).red = false;
        rotate(parent, left);
        return;
    }
    if (id != none) at(id).red = false;
}

FreeTree::Height FreeTree::check_below(NodeId id) const {
    if (id == none) return {1, std::nullopt};
    const Node& n = at(id);
    Bytes most = n.area.range.size();
    Height below;
    for (const NodeId child : {n.left, n.right}) {
        if (child != none && at(child).parent != id)
            return {0, fmt::format("the parent of {:#x} is wrong", at(child).area.range.start)};
        if (n.red && is_red(child)) return {0, fmt::format("{:#x} and its child are both red", n.area.range.start)};
        const Height h = check_below(child);
        if (h.broken) return h;
        if (child == n.right && n.left != n.right && below.black != h.black)
            return {0,
                    fmt::format("black nodes below {:#x} differ: {} and {}", n.area.range.start, below.black, h.black)};
        below = h;
        most = std::max(most, largest(child));
    }
    if (n.largest != most)
        return {0, fmt::format("the largest below {:#x} is {:#x}, not {:#x}", n.area.range.start, most, n.largest)};
    return {below.black + !n.red, std::nullopt};
}

Broken FreeTree::check() const {
    if (is_red(m_root)) return "the root is red";
    if (Height h = check_below(m_root); h.broken) return h.broken;
    VirtAddr end = 0;
    std::size_t count = 0;
    for (NodeId id = first(); id != none; id = next(id), ++count) {
        const VirtRange& r = at(id).area.range;
        if (r.empty() || (count != 0 && r.start <= end))
            return fmt::format("free {:#x} .. {:#x} does not lie behind {:#x}, apart from it", r.start, r.end, end);
        end = r.end;
    }
    if (count != size()) return fmt::format("{} free areas in order, {} in all", count, size());
    return std::nullopt;
}

}  // namespace mm
