// SPDX-License-Identifier: GPL-3.0-or-later
// The free lists right after memblock_free_all(), block by block and in list order, against those read out of real
// kernels' memory (x86_64, Linux 6.1). memblock's lists are the input. MMSCOPE_BOOT_STATES names a folder with more
// recordings than those in tests/data (a folder each, the state in it or in its boot_state/).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "engine/mmzone/init.h"
#include "engine/page_alloc/page_allocator.h"
#include "tests/golden/boot_state.h"

namespace mm {
namespace {

namespace fs = std::filesystem;

/// What memblock_free_all() works on, made from memblock's lists alone.
class Freed {
public:
    explicit Freed(const test::BootState& state) {
        Memblock memblock;
        std::set<Nid> nodes;
        for (const MemblockRegion& r : state.memory) {
            memblock.add(r.base, r.size, {}, r.nid, r.flags);
            nodes.insert(r.nid);
        }
        for (const MemblockRegion& r : state.reserved)
            memblock.reserve(r.base, r.size, "boot");
        const Pfn end = pfn_down(memblock.end_of_dram());
        pages = PageColumns(align_up(end, Pfn{section_blocks} * pageblock_pages));
        free_area_init(zones, pages, memblock, profile, end, end, {nodes.begin(), nodes.end()}, {});
        build_all_zonelists(zones, profile, {}, {}, {});
        memblock_free_all(zones, pages, memblock, profile,
                          [this](Pfn pfn, Order order) { allocator.free_pages_core(pfn, order); }, {});
    }

    /// preallocate_vmalloc_pages(): the recordings were made after it. 64 entries of the PGD are the vmalloc area's.
    void preallocate_vmalloc_pages() {
        constexpr unsigned entries = 64;
        for (unsigned i = 0; i < entries; ++i)
            ASSERT_TRUE(allocator.alloc_pages({.gfp = gfp::GFP_KERNEL | gfp::zero, .nid = zones.nodes.front().nid}));
    }

    std::map<std::string, std::vector<Pfn>> free_lists() const {
        std::map<std::string, std::vector<Pfn>> out;
        each_zone([&](const Zone& zone, const std::string& key) {
            for (unsigned order = 0; order < profile.max_order; ++order)
                for (unsigned mt = 0; mt < nr_migratetypes; ++mt) {
                    const auto blocks = list_blocks(zone.free_area[order].free_list[mt], pages);
                    const auto type = name_of(static_cast<MigrateType>(mt));
                    if (!blocks.empty()) out[fmt::format("{} {} {}", key, type, order)] = blocks;
                }
        });
        return out;
    }

    template<class Visit>
    void each_zone(Visit visit) const {
        for (const Node& node : zones.nodes)
            for (const Zone& zone : node.zones)
                if (zone.populated()) visit(zone, fmt::format("{}:{}", node.nid, name_of(zone.type)));
    }

    const KernelProfile& profile = profile_for(Arch::x86_64, {6, 1, 0});
    Zones zones;
    PageColumns pages;
    AllocStats stats;
    PageAllocator allocator{zones, pages, stats, profile};
};

class FreeLists : public testing::TestWithParam<std::string> {};

TEST_P(FreeLists, are_the_real_kernels_block_by_block_and_in_order) {
    const test::BootState real = test::read_boot_state(GetParam());
    Freed ours(real);
    ours.preallocate_vmalloc_pages();
    const auto lists = ours.free_lists();
    for (const auto& [name, blocks] : real.free_lists) {
        const auto it = lists.find(name);
        ASSERT_NE(it, lists.end()) << name << " is empty";
        EXPECT_EQ(it->second, blocks) << name;
    }
    EXPECT_EQ(lists.size(), real.free_lists.size()) << "no list beyond the real ones";
    EXPECT_EQ(ours.allocator.check(), Broken{});
}

TEST_P(FreeLists, pageblock_types_are_the_real_ones) {
    const test::BootState real = test::read_boot_state(GetParam());
    Freed ours(real);
    ours.preallocate_vmalloc_pages();
    for (const auto& [pfn, text] : real.pageblocks) {
        // The zone of the block's first frame that is in one: frame 0 is in none.
        const Zone* zone = nullptr;
        for (Pfn p = pfn; !zone && p < pfn + pageblock_pages; ++p)
            zone = ours.zones.zone_of(p);
        ASSERT_NE(zone, nullptr) << pfn;
        EXPECT_EQ(fmt::format("{}:{} {}", zone->nid, name_of(zone->type), name_of(ours.zones.pageblock(pfn))), text)
            << pfn;
    }
}

TEST_P(FreeLists, zone_counters_are_the_real_ones) {
    const test::BootState real = test::read_boot_state(GetParam());
    Freed ours(real);
    ours.preallocate_vmalloc_pages();
    std::map<std::string, std::map<std::string, std::uint64_t>> zones;
    ours.each_zone([&](const Zone& z, const std::string& key) {
        zones[key] = {{"start_pfn", z.start_pfn},
                      {"spanned", z.spanned},
                      {"present", z.present},
                      {"managed", z.managed},
                      {"nr_free_pages", z.free_pages}};
    });
    EXPECT_EQ(zones, real.zones);
}

/// Folders below root that hold a state, by name.
void find_states(const fs::path& root, std::vector<std::string>& out) {
    std::vector<std::string> found;
    if (fs::is_directory(root))
        for (const auto& entry : fs::directory_iterator(root))
            for (const fs::path& at : {entry.path(), entry.path() / "boot_state"})
                if (fs::exists(at / "memblock_memory.txt")) found.push_back(at);
    std::sort(found.begin(), found.end());
    out.insert(out.end(), found.begin(), found.end());
}

std::vector<std::string> states() {
    std::vector<std::string> out;
    find_states(std::string(MMSCOPE_TEST_DATA) + "/boot_states", out);
    if (const char* more = std::getenv("MMSCOPE_BOOT_STATES")) find_states(more, out);
    return out;
}

std::string test_name(const testing::TestParamInfo<std::string>& state) {
    const fs::path path(state.param);
    std::string name = path.filename() == "boot_state" ? path.parent_path().filename() : path.filename();
    std::replace(name.begin(), name.end(), '-', '_');
    return fmt::format("{}_{}", name, state.index);
}

INSTANTIATE_TEST_SUITE_P(Real, FreeLists, testing::ValuesIn(states()), test_name);

}  // namespace
}  // namespace mm
