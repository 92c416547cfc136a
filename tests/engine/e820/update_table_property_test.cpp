// SPDX-License-Identifier: GPL-3.0-or-later
// update_table() and range_update()/range_remove() against a model that knows every byte of a very small memory.
#include <gtest/gtest.h>

#include <array>

#include "engine/e820/e820_table.h"
#include "engine/types/rng.h"
#include "tests/support/from_environment.h"

namespace mm {
namespace {

constexpr unsigned memory_size = 48;
constexpr unsigned rounds = 30000;
using Model = std::array<E820Type, memory_size>;

constexpr std::array types{E820Type::ram,      E820Type::reserved, E820Type::acpi,          E820Type::nvs,
                           E820Type::unusable, E820Type::pram,     E820Type::soft_reserved, static_cast<E820Type>(20)};

std::uint64_t seed() {
    return test::from_environment("MM_TEST_SEED", 20240817);
}

E820Entry random_entry(Rng& rng) {
    const auto start = rng.below(memory_size);
    return {start, rng.below(memory_size - start + 1), types[rng.below(types.size())]};
}

std::string text_of(const std::vector<E820Entry>& entries) {
    std::string text;
    for (const auto& e : entries)
        text += "[" + std::to_string(e.start) + ",+" + std::to_string(e.size) + ") " + e820_type_name(e.type) + "; ";
    return text;
}

Model model_of(const std::vector<E820Entry>& entries) {
    Model model{};
    for (const auto& e : entries)
        for (auto at = e.start; at < e.start + e.size; ++at)
            model[at] = std::max(model[at], e.type);
    return model;
}

Model bytes_of(const E820Table& table) {
    Model model{};
    for (unsigned at = 0; at < memory_size; ++at)
        model[at] = table.type_at(at);
    return model;
}

TEST(UpdateTableProperty, AtEveryByteTheHighestTypeOfTheInputStands) {
    Rng rng(seed());
    for (unsigned round = 0; round < rounds; ++round) {
        std::vector<E820Entry> entries;
        for (auto n = 2 + rng.below(9); n > 0; --n)
            entries.push_back(random_entry(rng));
        E820Table table;
        ASSERT_TRUE(table.append(entries));
        ASSERT_TRUE(table.update_table());
        const auto where = "MM_TEST_SEED=" + std::to_string(seed()) + " round " + std::to_string(round) + ": ";
        ASSERT_EQ(bytes_of(table), model_of(entries))
            << where << text_of(entries) << "gave " << text_of(table.entries());
        ASSERT_EQ(table.check(), std::nullopt) << where << text_of(entries);
        // Sorting a sorted table changes nothing.
        const auto once = table;
        table.update_table();
        ASSERT_EQ(table, once) << where << text_of(entries);
    }
}

TEST(UpdateTableProperty, TheOrderOfTheInputDoesNotMatter) {
    Rng rng(seed() + 1);
    for (unsigned round = 0; round < rounds / 10; ++round) {
        std::vector<E820Entry> entries;
        for (auto n = 2 + rng.below(7); n > 0; --n)
            entries.push_back(random_entry(rng));
        E820Table straight, shuffled;
        straight.append(entries);
        for (std::size_t i = entries.size() - 1; i > 0; --i)
            std::swap(entries[i], entries[rng.below(i + 1)]);
        shuffled.append(entries);
        straight.update_table();
        shuffled.update_table();
        ASSERT_EQ(straight, shuffled) << "MM_TEST_SEED=" << seed() << " round " << round << ": " << text_of(entries);
    }
}

TEST(RangeProperty, UpdateAndRemoveChangeExactlyTheBytesOfTheOldTypeInside) {
    Rng rng(seed() + 2);
    for (unsigned round = 0; round < rounds; ++round) {
        E820Table table;
        for (auto n = 2 + rng.below(5); n > 0; --n) {
            const auto e = random_entry(rng);
            table.range_add(e.start, e.size, e.type);
        }
        table.update_table();
        Model expected = bytes_of(table);
        const auto before = table.entries();
        const auto range = random_entry(rng);
        const E820Type from = types[rng.below(types.size())];
        const bool remove = rng.chance(500), check_type = rng.chance(700);
        if (!remove && from == range.type) continue;
        Bytes changed = 0;
        for (auto at = range.start; at < range.start + range.size; ++at) {
            const bool hit = expected[at] == from || (remove && !check_type && expected[at] != E820Type::none);
            if (hit) expected[at] = remove ? E820Type::none : range.type;
            changed += hit;
        }
        const Bytes told = remove ? table.range_remove(range.start, range.size, from, check_type)
                                  : table.range_update(range.start, range.size, from, range.type);
        const auto where = "MM_TEST_SEED=" + std::to_string(seed()) + " round " + std::to_string(round) + ": " +
                           text_of(before) + (remove ? "remove " : "update ") + text_of({range});
        ASSERT_EQ(bytes_of(table), expected) << where;
        ASSERT_EQ(told, changed) << where;
    }
}

// Hostile entries: anywhere in 64 bits, wrapping, empty, of unknown types. Expect no crash, and order where it sorted.
TEST(UpdateTableProperty, HostileMapsAreSortedOrLeftAlone) {
    Rng rng(seed() + 3);
    constexpr std::array<std::uint64_t, 8> corners{0, 1, 0xfff, 0x100000, 0xffffffff, 1ull << 52, ~0ull - 1, ~0ull};
    const auto number = [&] { return rng.chance(700) ? corners[rng.below(corners.size())] : rng.next(); };
    unsigned refused = 0;
    for (unsigned round = 0; round < rounds; ++round) {
        E820Table table;
        std::vector<E820Entry> map;
        for (auto n = rng.below(12); n > 0; --n)
            map.push_back({number(), number(), static_cast<E820Type>(static_cast<std::uint32_t>(rng.next()) % 14)});
        table.append(map);
        const auto before = table;
        const bool sorted = table.update_table();
        ASSERT_EQ(sorted ? table.check() : Broken(), std::nullopt) << "MM_TEST_SEED=" << seed() << " round " << round;
        if (!sorted) {
            ASSERT_EQ(table, before);
            ++refused;
        }
        table.range_update(number(), number(), E820Type::ram, E820Type::reserved);
        table.range_remove(number(), number(), E820Type::ram, rng.chance(500));
        const Pfn end = table.end_of_ram_pfn(Pfn{1} << 34);
        ASSERT_LE(end, Pfn{1} << 34);
        ASSERT_FALSE(table.pci_gap().empty() && sorted);
    }
    EXPECT_GT(refused, 0u);
}

}  // namespace
}  // namespace mm
