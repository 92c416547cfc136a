// SPDX-License-Identifier: GPL-3.0-or-later
// e820__update_table() as a whole against a memory of 64 bytes: RapidCheck makes maps, prints its seed and shrinks what
// fails (RC_PARAMS="seed=... max_success=..." repeats or prolongs).
//
//      byte      0123456789...63        every byte has the highest type of the entries over it
//      entries   runs of one type; PRAM and soft-reserved ones are also cut wherever an entry starts or ends
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>

#include "engine/e820/e820_table.h"
#include "engine/e820/update_table.h"

namespace rc {

template<>
struct Arbitrary<mm::E820Entry> {
    static Gen<mm::E820Entry> arbitrary() {
        using mm::E820Type;
        const auto type = gen::element(E820Type::ram, E820Type::ram, E820Type::reserved, E820Type::acpi, E820Type::nvs,
                                       E820Type::unusable, E820Type::pram, E820Type::soft_reserved);
        return gen::construct<mm::E820Entry>(gen::inRange<std::uint64_t>(0, 64), gen::inRange<std::uint64_t>(0, 40),
                                             type);
    }
};

}  // namespace rc

namespace mm {

void showValue(const E820Entry& e, std::ostream& os) {
    os << "[" << e.start << ",+" << e.size << ") " << e820_type_name(e.type);
}

namespace {

constexpr std::size_t memory_size = 104;  ///< the highest start and the longest size
using Map = std::vector<E820Entry>;

struct Bytewise {
    std::array<E820Type, memory_size> type{};
    std::array<bool, memory_size + 1> point{};
};

Bytewise model_of(const Map& map) {
    Bytewise m;
    for (const auto& e : map) {
        if (e.size == 0) continue;
        m.point[e.start] = m.point[e.start + e.size] = true;
        for (auto at = e.start; at < e.start + e.size; ++at)
            m.type[at] = std::max(m.type[at], e.type);
    }
    return m;
}

Map runs(const Bytewise& m) {
    Map map;
    E820Type before = E820Type::none;
    for (std::size_t at = 0; at < memory_size; ++at) {
        const E820Type type = m.type[at];
        if (type != E820Type::none) {
            if (type != before || (e820_nomerge(type) && m.point[at])) map.push_back({at, 0, type});
            ++map.back().size;
        }
        before = type;
    }
    return map;
}

E820Table table_of(const Map& map) {
    E820Table table;
    for (const auto& e : map)
        table.range_add(e.start, e.size, e.type);
    return table;
}

RC_GTEST_PROP(E820RapidCheck, sorted_as_the_bytes_say, (const Map& map)) {
    E820Table table = table_of(map);
    const bool sorted = table.update_table();
    RC_ASSERT(sorted == (map.size() >= 2));
    if (!sorted) return;
    RC_ASSERT(table.entries() == runs(model_of(map)));
    RC_ASSERT(!table.check());
    const E820Table once = table;
    table.update_table();
    RC_ASSERT(table == once || table.entries().size() < 2);
}

RC_GTEST_PROP(E820RapidCheck, update_changes_the_old_type_inside_the_range, (const Map& map, const E820Entry& range)) {
    const E820Type from = E820Type::ram;
    RC_PRE(range.type != from);
    E820Table table = table_of(map);
    table.update_table();
    Bytewise m = model_of(table.entries());
    const Bytes told = table.range_update(range.start, range.size, from, range.type);
    Bytes changed = 0;
    for (auto at = range.start; at < range.start + range.size; ++at)
        if (m.type[at] == from) m.type[at] = range.type, ++changed;
    // Before sorting with fewer than two entries overlaps do not exist, so that each byte counts once.
    RC_ASSERT(told == changed);
    for (std::size_t at = 0; at < memory_size; ++at)
        RC_ASSERT(table.type_at(at) == m.type[at]);
}

// Anything in 64 bits: wrapping, empty, thousands of entries. Expect a sorted table, or one left as it was.
RC_GTEST_PROP(E820RapidCheck, hostile_maps_are_sorted_or_left_alone, ()) {
    const auto corner =
        rc::gen::element<std::uint64_t>(0, 1, 0xfff, 4096, MiB, 4 * GiB, 1ull << 52, ~0ull - 4095, ~0ull);
    const auto number = rc::gen::oneOf(corner, rc::gen::arbitrary<std::uint64_t>());
    const auto entry = rc::gen::construct<E820Entry>(
        number, number,
        rc::gen::map(rc::gen::inRange<std::uint32_t>(0, 14), [](auto t) { return static_cast<E820Type>(t); }));
    const Map map = *rc::gen::container<Map>(*rc::gen::element<std::size_t>(0, 1, 2, 5, 20, 140, 4000), entry);
    E820Table table;
    table.append(map);
    RC_ASSERT(table.entries().size() <= E820Table::max_entries);
    const E820Table before = table;
    if (table.update_table())
        RC_ASSERT(!table.check());
    else
        RC_ASSERT(table == before);
    E820Table chain;
    RC_ASSERT(!chain.memory_setup(map, 0, 0).empty());
}

}  // namespace
}  // namespace mm
