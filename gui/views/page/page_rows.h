// SPDX-License-Identifier: GPL-3.0-or-later
// The fields of one struct page as lines of the inspector: name, value in words, and where the kernel says so. What the
// big union means depends on the page's use: a free head has private = order and hangs in a free list, a compound tail
// points to its head, a reserved page has an owner. Follows include/linux/mm_types.h (struct page), Linux 6.1.
#pragma once

#include <QString>
#include <vector>

#include "gui/models/flags_layout.h"
#include "gui/models/frame_facts.h"

namespace mm::gui {

struct PageRow {
    QString name, value;
    QString why;                   ///< tooltip: what it is, kernel source
    std::optional<Pfn> leadsTo;    ///< a frame to go to, shown as a link
    std::optional<QString> was{};  ///< at A, where it was not the same; "": the field was not there
};

std::vector<PageRow> pageRows(const Snapshot& snapshot, const FrameFacts& facts);
/// The same, with what rows were at the moment A that is compared with (null: with none); fields only A had are among
/// them, with a dash for now.
std::vector<PageRow> pageRows(const Snapshot& now, const FrameFacts& facts, const Snapshot* mark);
FlagsLayout flagsLayoutOf(const Snapshot& snapshot);
/// page->flags as the kernel would hold it, without lastcpupid; nothing without a struct page.
std::optional<std::uint64_t> flagsWord(const Snapshot& snapshot, const FrameFacts& facts);

}  // namespace mm::gui
