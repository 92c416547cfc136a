// SPDX-License-Identifier: GPL-3.0-or-later
// Why one request of the page allocator ended as it did: the facts of page_alloc/explain.h in the order they were
// decided, each with the event it led to. Made for recordings (replay/explain.h) and for simulated machines
// (sim/timeline.h), read by printers and views.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/page_alloc/explain.h"
#include "engine/snapshot/history.h"

namespace mm {

/// An event that ends a request for pages, or for an object: one can ask why of either.
inline bool ends_request_for_pages(EventKind kind) {
    return kind == EventKind::mm_page_alloc || kind == EventKind::mm_page_alloc_failed;
}
inline bool hands_out_object(EventKind kind) {
    return kind == EventKind::kmalloc || kind == EventKind::kmem_cache_alloc;
}

struct WhyStep {
    Position event = 0;  ///< number of the event
    WhyFact fact;
};

struct Explanation {
    Position first = 0, last = 0;   ///< events of the request
    std::string who;                ///< "task init-1", or the command
    std::optional<double> seconds;  ///< since the machine started, where that is known
    std::vector<WhyStep> steps;
    std::vector<std::string> log;  ///< what the kernel printed about it: the report of a failure

    /// The request itself, the first of several; null: no pages were asked for.
    const why::Request* request() const;
    /// The answer; null where it is not known (an explanation cut short).
    const why::Answer* answer() const;
    /// The object, where one was asked for and found.
    const why::ObjectAnswer* object() const;
};

/// Facts, each with the event of positions first to last that it led to.
std::vector<WhyStep> with_events(std::vector<WhyFact> facts, const History& history, Position first, Position last);

/// 0 for decisions, 1 for what an attempt did, 2 for what a refill fetched.
unsigned depth_of(const WhyFact& fact);

std::string print_text(const Explanation& explanation);
/// Keys event, first_event, seconds, task, steps: kind, event, function, text; log.
std::string print_json(const Explanation& explanation);

}  // namespace mm
