// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/story.h"

#include <algorithm>

#include "engine/types/words.h"

namespace mm {
namespace {

using Step = StoryStep;
using Kind = StoryStep::Kind;

constexpr std::string_view libc = "/lib/x86_64-linux-gnu/libc.so.6";

ProgramSize program(Bytes text_kib, Bytes data_kib, Bytes bss_kib) {
    return {text_kib * KiB, data_kib * KiB, bss_kib * KiB};
}

std::vector<Story> make_stories() {
    std::vector<Story> out;
    out.push_back(
        {"idle-boot",
         "A machine that has just started: daemons that read their configuration, allocate a little and sleep.",
         3,
         0,
         {{"/usr/sbin/daemon",
           program(300, 20, 40),
           1,
           1,
           false,
           {{Kind::library, 450, 450, libc},
            {Kind::read, 1, 4, "/etc/daemon%.conf", 40},
            {Kind::heap, 30, 300},
            {Kind::write, 1, 3, "/var/log/daemon%.log", 8},
            {Kind::read_again, 5, 30}}}}});
    out.push_back(
        {"kernel-build",
         "Many short processes share a compiler's pages in the page cache; each has a heap that comes and goes.",
         4,
         20,
         {{"/usr/lib/gcc/cc1",
           program(22000, 300, 900),
           8,
           1,
           false,
           {{Kind::library, 450, 450, libc},
            {Kind::read, 2, 12, "/usr/src/linux/include/header%.h", 400},
            {Kind::read, 2, 12, "/usr/src/linux/include/header%.h", 400},
            {Kind::read, 4, 30, "/usr/src/linux/file#.c"},
            {Kind::heap, 400, 4000},
            {Kind::again, 50, 200},
            {Kind::write, 5, 40, "/usr/src/linux/file#.o"}}},
          {"/usr/bin/make",
           program(220, 10, 10),
           2,
           1,
           false,
           {{Kind::library, 450, 450, libc},
            {Kind::read, 1, 20, "/usr/src/linux/Makefile%", 60},
            {Kind::heap, 20, 120},
            {Kind::fork, 1, 3}}},
          {"/usr/bin/ld",
           program(1600, 40, 20),
           1,
           1,
           false,
           {{Kind::library, 450, 450, libc},
            {Kind::heap, 500, 2000},
            {Kind::write, 100, 600, "/usr/src/linux/built-in%.a", 20},
            {Kind::sync}}}}});
    out.push_back(
        {"database",
         "One process locks a large cache and reads a file many times its size: the page cache has what is left.",
         2,
         20,
         {{"/usr/sbin/mysqld",
           program(18000, 900, 3000),
           1,
           200,
           true,
           {{Kind::library, 450, 450, libc},
            {Kind::lock, 4000, 8000, {}, 1, true},
            {Kind::read, 20, 200, "/var/lib/mysql/table%.ibd", 300},
            {Kind::again, 20, 100},
            {Kind::write, 4, 40, "/var/lib/mysql/ib_logfile%", 2}}},
          {"/usr/bin/mysqldump",
           program(3000, 60, 30),
           1,
           1,
           false,
           {{Kind::library, 450, 450, libc},
            {Kind::heap, 50, 200},
            {Kind::read, 200, 900, "/var/lib/mysql/table%.ibd", 300},
            {Kind::write, 50, 300, "/var/backups/dump%.sql", 10}}}}});
    out.push_back({"web-server",
                   "Workers that live long and serve many: sockets and buffers are objects of the slab allocator.",
                   6,
                   20,
                   {{"/usr/sbin/nginx",
                     program(1200, 60, 120),
                     1,
                     30,
                     false,
                     {{Kind::library, 450, 450, libc},
                      {Kind::kmalloc, 20, 80, {}, 1024},
                      {Kind::kmalloc, 40, 200, {}, 192},
                      {Kind::read, 1, 30, "/var/www/page%.html", 500},
                      {Kind::heap, 2, 40},
                      {Kind::again, 5, 20}}}}});
    out.push_back({"fragmenter",
                   "Unmovable pages sprinkled among movable ones: soon there is memory enough and no large block.",
                   6,
                   20,
                   {{"/usr/bin/batch",
                     program(100, 10, 10),
                     4,
                     1,
                     false,
                     {{Kind::fill, 12, 30, {}, 64}, {Kind::kmalloc, 5, 20, {}, 2048}, {Kind::again, 20, 60}}},
                    {"/usr/sbin/driver",
                     program(100, 10, 10),
                     3,
                     25,
                     false,
                     {{Kind::pages, 10, 40, {}, 0}, {Kind::map, 2, 10}, {Kind::again, 5, 20}}}}});
    out.push_back(
        {"leak",
         "A process that never gives anything back: kswapd, swap, direct reclaim and in the end the OOM killer.",
         2,
         25,
         {{"/usr/bin/leaky", program(100, 10, 10), 3, 100000, false, {{Kind::heap, 100, 600}, {Kind::again, 1, 20}}},
          {"/usr/bin/shell",
           program(900, 40, 40),
           1,
           20,
           false,
           {{Kind::library, 450, 450, libc}, {Kind::heap, 10, 60}, {Kind::read, 5, 40, "/usr/bin/tool%", 60}}}}});
    out.push_back(
        {"fork-bomb",
         "Children that share everything with their parents until they write: memory grows by page tables first.",
         40,
         20,
         {{"/bin/bomb",
           program(60, 10, 10),
           1,
           6,
           false,
           {{Kind::heap, 200, 500}, {Kind::fork, 3, 12}, {Kind::again, 5, 50}}}}});
    out.push_back(
        {"file-scan",
         "A file far larger than memory is read from end to end: who used his pages twice keeps them.",
         2,
         20,
         {{"/usr/bin/grep",
           program(180, 10, 20),
           1,
           1,
           false,
           {{Kind::library, 450, 450, libc}, {Kind::read, 4000, 9000, "/data/log%", 80}}},
          {"/usr/bin/editor",
           program(2000, 80, 60),
           1,
           400,
           true,
           {{Kind::heap, 200, 600, {}, 1, true}, {Kind::read, 5, 30, "/home/document%", 6}, {Kind::again, 20, 60}}}}});
    out.push_back(
        {"thp",
         "Huge pages come with the first write as long as large blocks are free; page cache and kernel pages "
         "between them make faults fall back to small ones, and who asked for huge pages waits for compaction.",
         5,
         20,
         {{"/usr/bin/simulation",
           program(400, 20, 40),
           12,
           1,
           false,
           {{Kind::library, 60, 60, libc}, {Kind::map, 1500, 6000, {}, 256}, {Kind::again, 100, 400}}},
          {"/usr/bin/java",
           program(900, 40, 80),
           6,
           1,
           false,
           {{Kind::library, 60, 60, libc},
            {Kind::map_huge, 1500, 6000, {}, 256},
            {Kind::again, 100, 400},
            {Kind::fork, 0, 2}}},
          {"/usr/bin/backup", program(300, 10, 20), 2, 1, false, {{Kind::read, 6000, 20000, "/srv/disk%", 300}}},
          {"/usr/sbin/driver", program(100, 10, 10), 1, 1, false, {{Kind::pages, 100, 400, {}, 0}}}},
         true});
    return out;
}

}  // namespace

std::span<const Story> all_stories() {
    static const std::vector<Story> stories = make_stories();
    return stories;
}

std::string story_names() {
    std::string names;
    for (const Story& story : all_stories())
        names += (names.empty() ? "" : ", ") + story.name;
    return names;
}

namespace {

/// So that a story's share of the jobs does not depend on how many kinds of them it has.
void add_jobs(Story& mix, const Story& other) {
    unsigned total = 0;
    for (const StoryJob& job : other.jobs)
        total += job.weight;
    for (StoryJob job : other.jobs) {
        job.weight = std::max(job.weight * other.together * 1000 / total, 1u);
        mix.jobs.push_back(std::move(job));
    }
}

}  // namespace

Outcome<Story> mixed_story(std::string_view names) {
    std::vector<const Story*> parts;
    for (const std::string_view name : split_words(names, "+")) {
        const Story* part = story_named(name);
        if (!part || std::find(parts.begin(), parts.end(), part) != parts.end()) {
            return Error{std::string(name) + (part ? ": named twice" : ": there is no such workload") +
                         "; expected one of " + story_names() + ", or several with + between"};
        }
        parts.push_back(part);
    }
    if (parts.empty()) return Error{"no workload is named"};
    if (parts.size() == 1) return *parts.front();
    Story mix;
    mix.name = std::string(names);
    mix.together = 0;
    for (const Story* part : parts) {
        mix.teaches += (mix.teaches.empty() ? "" : " ") + part->teaches;
        mix.together += part->together;
        mix.swap = std::max(mix.swap, part->swap);
        mix.huge_pages |= part->huge_pages;
        add_jobs(mix, *part);
    }
    return mix;
}

const Story* story_named(std::string_view name) {
    for (const Story& story : all_stories())
        if (story.name == name) return &story;
    return nullptr;
}

}  // namespace mm
