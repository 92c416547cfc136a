// SPDX-License-Identifier: GPL-3.0-or-later
// memblock against 64 pages known one by one, each with node, flags and "reserved". RapidCheck makes the programs,
// prints its seed and shrinks what fails. (tests/oracle asks the kernel itself; this one runs everywhere.)
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <optional>

#include "engine/memblock/memblock.h"

namespace mm {
namespace {

constexpr std::size_t pages = 64;

enum class Kind { add, remove, reserve, free, set_node, mark, clear, alloc };

struct Call {
    Kind kind = Kind::add;
    std::size_t first = 0, count = 0, align = 1;
    Nid nid = 0;
    std::uint32_t flag = memblock_hotplug;
    bool up = false, exact = false;
};

[[maybe_unused]] void showValue(const Call& c, std::ostream& os) {
    constexpr const char* names[] = {"add", "remove", "reserve", "free", "set_node", "mark", "clear", "alloc"};
    os << names[static_cast<int>(c.kind)] << "(" << c.first << ",+" << c.count << " align " << c.align << " nid "
       << c.nid << " flag " << c.flag << (c.up ? " up" : "") << (c.exact ? " exact)" : ")");
}

struct Page {
    std::optional<std::pair<Nid, std::uint32_t>> memory;  ///< node and flags
    bool reserved = false;
};

class Model {
public:
    bool has_mirror = false;
    std::array<Page, pages> page;

    bool usable(std::size_t p, Nid nid, bool mirror) const {
        if (!page[p].memory || page[p].reserved) return false;
        const auto [node, flags] = *page[p].memory;
        if (flags & (memblock_nomap | memblock_hotplug)) return false;  // movable_node is on throughout
        return (nid == no_node || nid == node) && (!mirror || (flags & memblock_mirror));
    }
    /// The best place: a run inside one region, never page 0.
    std::size_t find(const Call& c, Nid nid, bool mirror) const {
        std::size_t best = 0;
        for (std::size_t at = c.align; at + c.count <= pages; at += c.align) {
            bool fits = true;
            for (std::size_t p = at; p < at + c.count && fits; ++p)
                fits = usable(p, nid, mirror) && page[p].memory == page[at].memory;
            if (fits && (best == 0 || !c.up)) best = at;
        }
        return best;
    }
    std::size_t alloc(const Call& c) const {
        for (const bool mirror : {true, false}) {
            if (mirror && !has_mirror) continue;
            if (const auto at = find(c, c.nid, mirror)) return at;
            if (const auto at = c.exact ? 0 : find(c, no_node, mirror)) return at;
        }
        return 0;
    }
};

void run(const Call& c, Memblock& ours, Model& model) {
    const PhysAddr base = c.first * page_size;
    const Bytes size = std::min(c.count, pages - c.first) * page_size;
    const auto each = [&](auto&& change) {
        for (std::size_t p = c.first; p < std::min(c.first + c.count, pages); ++p)
            change(model.page[p]);
    };
    switch (c.kind) {
        case Kind::add:
            RC_ASSERT(ours.add(base, size, {}, c.nid));
            return each([&](Page& p) {
                if (!p.memory) p.memory = {c.nid, 0};
            });
        case Kind::remove:
            RC_ASSERT(ours.remove(base, size));
            return each([](Page& p) { p.memory.reset(); });
        case Kind::reserve:
            RC_ASSERT(ours.reserve(base, size, "piece"));
            return each([](Page& p) { p.reserved = true; });
        case Kind::free:
            RC_ASSERT(ours.phys_free(base, size));
            return each([](Page& p) { p.reserved = false; });
        case Kind::set_node:
            RC_ASSERT(ours.set_node(base, size, c.nid, false));
            return each([&](Page& p) {
                if (p.memory) p.memory->first = c.nid;
            });
        case Kind::mark:
        case Kind::clear: {
            const bool set = c.kind == Kind::mark;
            RC_ASSERT(ours.mark(base, size, c.flag, set));
            model.has_mirror |= set && c.flag == memblock_mirror;
            return each([&](Page& p) {
                if (p.memory) p.memory->second = set ? p.memory->second | c.flag : p.memory->second & ~c.flag;
            });
        }
        case Kind::alloc: {
            ours.set_bottom_up(c.up);
            const PhysAddr at = ours.alloc({.size = c.count * page_size,
                                            .align = c.align * page_size,
                                            .nid = c.nid,
                                            .exact_nid = c.exact,
                                            .owner = "allocation"},
                                           {}, false);
            RC_ASSERT(at == model.alloc(c) * page_size);
            for (std::size_t p = at / page_size; at && p < at / page_size + c.count; ++p)
                model.page[p].reserved = true;
        }
    }
}

rc::Gen<Call> any_call() {
    return rc::gen::build<Call>(
        rc::gen::set(&Call::kind, rc::gen::element(Kind::add, Kind::add, Kind::remove, Kind::reserve, Kind::free,
                                                   Kind::set_node, Kind::mark, Kind::clear, Kind::alloc, Kind::alloc)),
        rc::gen::set(&Call::first, rc::gen::inRange<std::size_t>(0, pages)),
        rc::gen::set(&Call::count, rc::gen::inRange<std::size_t>(1, 24)),
        rc::gen::set(&Call::align, rc::gen::element<std::size_t>(1, 1, 2, 4, 8)),
        rc::gen::set(&Call::nid, rc::gen::inRange<Nid>(0, 3)),
        rc::gen::set(&Call::flag, rc::gen::element<std::uint32_t>(memblock_hotplug, memblock_mirror, memblock_nomap)),
        rc::gen::set(&Call::up, rc::gen::arbitrary<bool>()), rc::gen::set(&Call::exact, rc::gen::arbitrary<bool>()));
}

RC_GTEST_PROP(MemblockRapidCheck, agrees_with_pages_known_one_by_one, ()) {
    const auto program = *rc::gen::container<std::vector<Call>>(any_call());
    Memblock ours;
    ours.set_movable_node(true);
    ours.set_mirrored_kernelcore(true);
    Model model;
    for (const Call& call : program) {
        run(call, ours, model);
        RC_ASSERT(!ours.check());
        for (std::size_t p = 0; p < pages; ++p) {
            RC_ASSERT(ours.is_memory(p * page_size) == model.page[p].memory.has_value());
            RC_ASSERT(ours.is_reserved(p * page_size) == model.page[p].reserved);
        }
        for (const MemblockRegion& r : ours.memory())
            for (PhysAddr at = r.base; at < r.end(); at += page_size)
                RC_ASSERT(model.page[at / page_size].memory == std::make_pair(r.nid, r.flags));
    }
}

}  // namespace
}  // namespace mm
