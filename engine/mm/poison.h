// SPDX-License-Identifier: GPL-3.0-or-later
// What memory_failure(), soft_offline_page() and unpoison_memory() share. Private to them.
// Follows mm/memory-failure.c, Linux 6.1.
#pragma once

#include <string>

#include "engine/mm/memory_failure.h"

namespace mm {

/// In which state get_hwpoison_page() finds a page; in_use: of a process or a file, on an LRU list.
enum class HwpoisonPage : std::uint8_t { free, in_use, unhandlable };
/// No page of its zone waits for a CPU after it. Told: "unhandlable page."
HwpoisonPage get_hwpoison_page(const MmContext& context, Pfn p);

/// Why there is no struct page, or nothing.
Broken no_frame(const MmContext& context, Pfn p);
/// take_page_off_buddy() with PG_hwpoison. REQUIRES: the frame is free and waits for no CPU.
void take_off(const MmContext& context, Pfn p);
/// memory_failure_event of the frame.
void tell_failure(const MmContext& context, Pfn p, std::string_view words, MfResult result = MfResult::recovered);
/// action_result(): told, and counted among the poisoned.
void action_result(const MmContext& context, Pfn p, std::string_view what, MfResult result);
/// A line of this file's.
void say(const MmContext& context, const std::string& line);

}  // namespace mm
