// SPDX-License-Identifier: GPL-3.0-or-later
// Between a recording's text and the engine's state: zones, lists and frames built from a recorded state, and the lists
// written again in its format.
//
// Frames that were in use when the recording began are in state unknown: which blocks they formed is not recorded.
#pragma once

#include "engine/page_alloc/alloc_state.h"
#include "engine/replay/recording.h"

namespace mm {

struct RecordedMachine {
    Zones zones;
    PageColumns pages;
    std::vector<RecordedPageblock> pageblocks;  ///< which pageblocks the recording lists, and in which zone
};

/// Error: a list that cannot be (a block twice, misaligned, outside its zone, a wrong list number, a wrong count).
Outcome<RecordedMachine> build_machine(const RecordedState& state, const KernelProfile& profile);

/// The recording's files of today's lists.
std::string print_free_lists(const Zones& zones, const PageColumns& pages, const KernelProfile& profile);
std::string print_pcp_lists(const Zones& zones, const PageColumns& pages, const KernelProfile& profile);
std::string print_pageblocks(const Zones& zones, const std::vector<RecordedPageblock>& pageblocks);
/// All three into a folder. Error: a file that cannot be written.
Outcome<Done> write_lists(const std::string& folder, const Zones& zones, const PageColumns& pages,
                          const std::vector<RecordedPageblock>& pageblocks, const KernelProfile& profile);

}  // namespace mm
