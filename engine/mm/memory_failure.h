// SPDX-License-Identifier: GPL-3.0-or-later
// A frame whose memory is broken must not be used again: what was in it is saved, dropped or lost, and the frame is
// nobody's from then on.
//
//      free                 leaves the free lists
//      clean, of a file     dropped; the next access reads it again
//      dirty or anonymous   lost: page tables say so, the next access is a SIGBUS
//      in the swap cache    clean: the slot still has it; dirty: lost
//      the kernel's own     nothing can be done; PG_hwpoison keeps the frame from being used again
//
// Follows mm/memory-failure.c, Linux 6.1, as if errors were injected (MF_SW_SIMULATED). No process asks for early
// signals (vm.memory_failure_early_kill = 0): none is killed before it touches what it lost.
#pragma once

#include <string_view>

#include "engine/mm/mm_context.h"

namespace mm {

/// enum mf_result.
enum class MfResult : std::uint8_t { ignored, failed, delayed, recovered };
std::string_view name_of(MfResult);  ///< "Ignored", as the log has it

/// memory_failure(): an error that could not be corrected. Error: no frame of memory there.
Outcome<MfResult> memory_failure(const MmContext& context, Pfn p);
/// soft_offline_page(): so many errors were corrected that the frame is better left: its page moves. False: it stays.
Outcome<bool> soft_offline_page(const MmContext& context, Pfn p);
/// unpoison_memory(): the frame may be used again. False: it cannot, or it was never poisoned.
Outcome<bool> unpoison_memory(const MmContext& context, Pfn p);

}  // namespace mm
