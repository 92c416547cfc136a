// SPDX-License-Identifier: GPL-3.0-or-later
// Named workloads: what kinds of jobs run on a machine, and what each of them does, step by step. Data; who plays them
// is StoryPlayer.
//
//      kernel-build   4 at a time of   cc1: read headers, read source, grow heap, write object, exit
//                                      ld:  read many objects, write one large file, exit
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/mm/program.h"
#include "engine/types/outcome.h"

namespace mm {

/// A thing a job does; low .. high: pages, or how many times.
struct StoryStep {
    enum class Kind : std::uint8_t {
        library,     ///< mmap() of a shared library, some of its pages are run
        read,        ///< a file of so many pages is read; path: "%" is one of so many (count), "#" the job's own
        write,       ///< a file of so many pages is written
        heap,        ///< sbrk() and its pages are written
        map,         ///< anonymous mmap() and its pages are written
        fill,        ///< map of so many percent of the machine's memory
        map_huge,    ///< the same, with madvise(MADV_HUGEPAGE) before the first write
        again,       ///< pages that are there already are touched
        read_again,  ///< and are only read
        lock,        ///< anonymous memory is mapped and locked
        fork,        ///< so many children, each writes some of what it has inherited and exits
        kmalloc,     ///< so many objects of the kernel, kept until the job ends
        pages,       ///< so many unmovable blocks straight from the page allocator, kept
        sync,
    };
    Kind kind{};
    NrPages low = 1, high = 1;
    std::string_view path{};
    unsigned count = 1;  ///< of different files; bytes of an object for kmalloc; order for pages; for maps: how many
                         ///< pages are written at a time, if more than one
    bool once = false;   ///< in the first round only
};

struct StoryJob {
    std::string_view path;
    ProgramSize size;
    unsigned weight = 1;  ///< how often it is chosen
    unsigned times = 1;   ///< the steps are gone through so often
    bool stays = false;   ///< it does not exit: the story goes on without end
    std::vector<StoryStep> steps;
};

struct Story {
    std::string name;
    std::string teaches;    ///< one sentence
    unsigned together = 1;  ///< jobs that run at a time
    Bytes swap = 0;         ///< a swap area of that size is there; as a share of memory if below 100: percent
    std::vector<StoryJob> jobs;
    bool huge_pages = false;  ///< transparent huge pages are on, even where the machine is too small for that
};

std::span<const Story> all_stories();
std::string story_names();  ///< "idle-boot, kernel-build, ..."
/// Null: no story of that name.
const Story* story_named(std::string_view name);
/// "kernel-build", or several at once, "kernel-build+leak": jobs of each, started as often as many of it run together.
/// Error: which of them there is not, and which there are.
Outcome<Story> mixed_story(std::string_view names);

}  // namespace mm
