// SPDX-License-Identifier: GPL-3.0-or-later
// 64 frames of lowmem, 64 of highmem, page tables of an i386 with PAE, and a pkmap window of a few slots.
#pragma once

#include <string>
#include <vector>

#include "engine/highmem/highmem.h"

namespace mm::test {

class Events : public EventSink {
public:
    void event(const Event&, std::string_view text) override { texts.emplace_back(text); }
    void printk(std::string) override {}
    std::vector<std::string> texts;
};

class HighmemMachine {
public:
    static constexpr Pfn first_high = 64, end = 128;

    explicit HighmemMachine(unsigned slots)
        : pages(end), tables(Pfn{1}, PagingMode::i386_pae), highmem({state, pages, &tables}) {
        pages.set_state(0, end, state_byte(PageState::reserved));
        window = {0xc0000000, 0, first_high, 0xff800000, slots, 0xfffbb000, 3, 2};
        Pfn next = 2;
        const auto alloc = [&next](PtLevel) { return next++; };
        tables.populate(window.pkmap, alloc);
        tables.populate(window.fixmap, alloc);
        highmem.init(window);
    }
    VirtAddr slot(unsigned n) const { return window.slot_address(n); }

    PageColumns pages;
    PageTables tables;
    HighmemWindow window;
    HighmemState state;
    Highmem highmem;
};

}  // namespace mm::test
