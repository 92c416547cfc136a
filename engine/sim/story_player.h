// SPDX-License-Identifier: GPL-3.0-or-later
// Plays a story on a machine: jobs are started, take turns and end; each turn is one command. Same story, seed and
// machine: the same commands.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "engine/sim/story.h"
#include "engine/sim/timeline.h"
#include "engine/types/rng.h"

namespace mm {

class StoryPlayer {
public:
    StoryPlayer(Story story, std::uint64_t seed) : m_story(std::move(story)), m_rng(seed) {}
    StoryPlayer(const StoryPlayer&) = delete;  // jobs point to their kinds
    StoryPlayer& operator=(const StoryPlayer&) = delete;

    const Story& story() const { return m_story; }
    /// Does the next command. Error: the machine refuses it, which no story means to happen.
    Outcome<Done> step(Timeline& timeline);
    std::uint64_t jobs_ended() const { return m_ended; }
    std::uint64_t jobs_killed() const { return m_killed; }

private:
    struct Area {
        VirtAddr start = 0;
        NrPages pages = 0;
    };
    struct Job {
        const StoryJob* kind = nullptr;
        std::uint64_t number = 0;
        Pid pid = 0;
        std::size_t step = 0;
        unsigned round = 0;
        NrPages left = 0;      ///< of the step: pages, objects or children
        std::uint64_t at = 0;  ///< where in the file or the area
        std::string path;      ///< of the step's file
        bool opened = false;
        std::vector<Area> areas;  ///< what it has written to
        std::vector<PhysAddr> objects;
        std::vector<std::pair<Pfn, Order>> blocks;
        Pid child = 0;
        bool exits = false;
    };

    Outcome<CommandResult> run(Timeline& timeline, const Command& command);
    Outcome<Done> start_job(Timeline& timeline);
    Outcome<Done> turn(Timeline& timeline, Job& job);
    Outcome<Done> end(Timeline& timeline, Job& job);
    void begin_step(Job& job);
    bool next_step(Job& job);
    using Asker = std::function<CommandResult(const Command&)>;
    void file_turn(const Asker& ask, Job& job, const StoryStep& step);
    void library_turn(const Asker& ask, Job& job);
    void memory_turn(const Asker& ask, Job& job, const StoryStep& step);
    void map_turn(const Asker& ask, Job& job, StoryStep::Kind kind);
    std::optional<Command> setup(const MachineState& state);
    Touch touch_again(Pid pid, const Job& job, NrPages most, bool write);
    void fork_turn(const Asker& ask, Job& job, const Timeline& timeline);
    void kernel_turn(const Asker& ask, Job& job, const StoryStep& step, Nid nid);
    NrPages between(NrPages low, NrPages high) { return low + m_rng.below(high - low + 1); }
    void forget_dead(const Timeline& timeline);

    const Story m_story;
    Rng m_rng;
    std::vector<Job> m_jobs;
    bool m_is_set_up = false;
    unsigned m_set_up = 0;  ///< commands that came before the first process
    std::uint64_t m_started = 0, m_ended = 0, m_killed = 0;
    unsigned m_cpu = 0;
    NrPages m_memory = 0;  ///< the machine's
};

}  // namespace mm
