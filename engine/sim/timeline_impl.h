// SPDX-License-Identifier: GPL-3.0-or-later
// The timeline's inside, for the files it is written in (timeline.cpp, timeline_branches.cpp,
// timeline_history.cpp) and nobody else.
#pragma once

#include <algorithm>
#include <functional>

#include "engine/sim/boot.h"
#include "engine/sim/command_log.h"
#include "engine/sim/timeline.h"
#include "engine/snapshot/history_recorder.h"
#include "engine/snapshot/keyframe_index.h"
#include "engine/snapshot/machine_lives.h"

namespace mm {

inline constexpr Position keyframe_interval = 32768;  ///< events between run-time keyframes, at first
inline constexpr std::size_t most_keyframes = 48;     ///< then every second one goes, and the interval doubles

struct Timeline::Impl {
    /// First execution: everything is written down.
    class Recording final : public EventSink {
    public:
        Recording(HistoryRecorder& recorder, const MachineState& state, std::uint32_t command, int stage)
            : m_recorder(recorder),
              m_state(state),
              m_command(command),
              m_stage(stage < 0 ? std::uint16_t{0xffff} : static_cast<std::uint16_t>(stage)) {}

        void event(const Event& e, std::string_view text) override {
            m_recorder.append(e, text, m_stage, m_command);
            const bool boot_free = e.kind == EventKind::free_range || e.kind == EventKind::deferred_init;
            if (boot_free || (m_stage == 0xffff && m_recorder.size() % m_recorder.sample_interval() == 0))
                m_recorder.add_sample(sample_of(m_state.zones, m_recorder.size()));
        }
        void printk(std::string line) override { m_recorder.add_log_line(std::move(line)); }

    private:
        HistoryRecorder& m_recorder;
        const MachineState& m_state;
        std::uint32_t m_command;
        std::uint16_t m_stage;
    };

    struct StopReplay {};

    /// Replay: nothing is written down; after so many events the command is left.
    class StopAfter final : public EventSink {
    public:
        explicit StopAfter(Position events) : m_left(events) {}
        void event(const Event&, std::string_view) override {
            if (--m_left == 0) throw StopReplay{};
        }
        void printk(std::string) override {}

    private:
        Position m_left;
    };

    struct Moment {
        std::size_t next_command = 0;
        Keyframe frame;
    };

    Impl(std::shared_ptr<const Machine> machine, const KernelProfile& profile)
        : system(std::move(machine), profile), recorder(boot_stages(profile.arch)) {}

    Arch arch() const { return system.profile().arch; }

    System system;
    HistoryRecorder recorder;
    CommandLog commands;
    KeyframeIndex<Moment> keyframes;
    std::vector<StageSpan> spans;
    History published;
    MachineLives lives;  ///< as far as somebody has asked
    Position cursor = 0, boot_end = 0;
    std::size_t next_command = 0;  ///< the state is after commands[0 .. next_command) ...
    bool mid_command = false;      ///< ... and, if set, some events into commands[next_command]
    std::size_t boot_commands = 0, boot_keyframes = 0;
    Position interval = keyframe_interval;
    Bytes budget = default_history_budget;
    ActionLog actions;
    std::uint64_t cuts = 0;
    Branches branches;  ///< the current one as it was when it was last kept

    Outcome<CommandResult> record(const Command& command, int stage) {
        const Position first = recorder.size();
        Recording sink(recorder, system.state(), static_cast<std::uint32_t>(commands.size()), stage);
        const Nid il_prev = system.state().il_prev;
        const std::size_t undoable = system.undoable();
        auto result = system.execute(command, &sink);
        cursor = recorder.size();
        if (!result && cursor == first) {
            if (system.undoable() > undoable) system.undo(il_prev);  // it has not been
            return result;
        }
        commands.append(command, cursor, il_prev);
        next_command = commands.size();
        return result;
    }

    void add_keyframe() { keyframes.add(cursor, {next_command, system.freeze()}); }

    void boot() {
        add_keyframe();
        spans.resize(boot_stages(arch()).size());
        for (unsigned stage = 0; stage < spans.size(); ++stage) {
            if (!is_leaf_stage(arch(), stage)) continue;
            (void)record(RunStage{stage}, static_cast<int>(stage));
            spans[stage] = {commands.first(commands.size() - 1), commands.last(commands.size() - 1)};
            add_keyframe();
        }
        for (std::size_t i = spans.size(); i-- > 0;) {  // children stand after their parents
            const int parent = boot_stages(arch())[i].parent;
            if (parent < 0 || spans[i].empty()) continue;
            StageSpan& p = spans[static_cast<std::size_t>(parent)];
            p = p.empty() ? spans[i] : StageSpan{std::min(p.first, spans[i].first), std::max(p.last, spans[i].last)};
        }
        for (unsigned i = 0; i < spans.size(); ++i)
            recorder.set_span(i, spans[i]);
        boot_end = cursor;
        boot_commands = commands.size();
        boot_keyframes = keyframes.size();
        recorder.add_sample(sample_of(system.state().zones, cursor));
    }

    /// Undoes commands until those that had ended at the position are left. False, and nothing done: there is no way
    /// back, or the one over the keyframe is shorter.
    bool go_back(Position to, Position keyframe) {
        if (keyframe > cursor || (cursor > to && cursor - to > to - keyframe)) return false;
        const std::size_t done = next_command + (mid_command ? 1 : 0);
        const std::size_t left = std::min(commands.ended_at(to), next_command);
        if (done - left > system.undoable()) return false;
        for (next_command = done; next_command > left;)
            system.undo(commands.il_prev(--next_command));
        cursor = left == 0 ? 0 : commands.last(left - 1);
        mid_command = false;
        return true;
    }

    void restore(const KeyframeIndex<Moment>::Entry& keyframe) {
        system.restore(keyframe.frame.frame);
        next_command = keyframe.frame.next_command;
        cursor = keyframe.at;
        mid_command = false;
    }

    void seek(Position to) {
        if (to == cursor) return;
        const auto& nearest = keyframes.before(to);
        const bool is_behind = mid_command || to < cursor;
        if (is_behind ? !go_back(to, nearest.at) : nearest.at > cursor) {
            restore(nearest);
        }
        while (next_command < commands.size() && commands.last(next_command) <= to) {
            (void)system.execute(commands[next_command], nullptr);
            cursor = commands.last(next_command++);
        }
        if (cursor == to) return;
        StopAfter sink(to - commands.first(next_command));
        mid_command = true;
        try {
            (void)system.execute(commands[next_command], &sink);
        } catch (const StopReplay&) {
        }
        cursor = to;
    }

    /// Does the command once more, watched.
    std::vector<WhyFact> facts_of(std::size_t command) {
        seek(commands.first(command));
        auto facts = system.explain(commands[command]);
        next_command = command + 1;
        cursor = commands.last(command);
        return facts;
    }

    /// To just before that command, or behind the last one; commands without events make this more than a position.
    void seek_command(std::size_t index) {
        seek(index < commands.size() ? commands.first(index) : recorder.size());
        if (next_command > index) {
            restore(keyframes.before(cursor));
        }
        while (next_command < index) {
            (void)system.execute(commands[next_command], nullptr);
            cursor = commands.last(next_command++);
        }
    }

    /// A command after the boot, with all that is known behind it.
    Outcome<CommandResult> append(const Command& command) {
        const Position before = cursor;
        auto result = record(command, -1);
        // One behind a command without events could not be told from one before it.
        if (cursor == before || cursor - keyframes.last().at < interval) return result;
        add_keyframe();
        if (keyframes.size() > boot_keyframes + most_keyframes) thin_keyframes();
        keep_to_budget();
        return result;
    }

    void thin_keyframes() {
        keyframes.thin_after(boot_end);
        interval *= 2;
    }
    Bytes bytes_of_commands() const { return commands.bytes() + actions.bytes() + branches.bytes(); }
    Bytes bytes_of_keyframes() const;
    HistorySize size_of_history() const {
        return {recorder.bytes(), bytes_of_keyframes(), system.undo_bytes(), bytes_of_commands()};
    }
    /// What there is too much of is thinned out or forgotten; commands stay.
    void keep_to_budget();
    /// REQUIRES: the event is one of a command.
    Command command_at(Position event) const { return commands[commands.ended_at(event)]; }

    /// The same as the user's doing.
    Outcome<CommandResult> run(const Command& command) {
        const std::size_t index = commands.size();
        auto result = append(command);
        if (commands.size() > index) actions.add(index, command);
        return result;
    }

    void cut_future() {
        branches.cut(next_command - boot_commands);
        cut_history(next_command, cursor);
    }

    /// History ends after so many commands, at `end`; the cursor is no further. What branches are is not touched.
    void cut_history(std::size_t left, Position end) {
        cuts += commands.size() != left;
        commands.cut(left);
        keyframes.cut_after(end);
        recorder.truncate(end);
        lives.cut(end);
    }

    void keep_branch() {
        branches.keep(
            commands.size() - boot_commands, [this](std::size_t i) { return commands[boot_commands + i]; }, actions,
            cursor);
    }
    /// The history becomes that branch's, the cursor somewhere in it. Up to where both are the same it stays. Nothing:
    /// it was given up, and all is as it was.
    std::optional<Position> play(std::size_t branch, const Progress& progress);

    /// A history to come back to. Chunks of events and keyframes are shared.
    struct Past {
        HistoryRecorder recorder;
        CommandLog commands;
        KeyframeIndex<Moment> keyframes;
        Position interval = 0, cursor = 0;
    };
    Past past() const { return {recorder, commands, keyframes, interval, cursor}; }
    /// fork: up to there history is what it was.
    void return_to(Past past, Position fork);

    /// Ends of leaf stages and of run-time commands are where stepping over stops.
    Position end_after(Position p) const {
        const std::size_t ended = commands.ended_at(p);
        return ended == commands.size() ? recorder.size() : commands.last(ended);
    }
    Position end_before(Position p) const {
        const std::size_t ended = commands.ended_before(p);
        return ended == 0 ? 0 : commands.last(ended - 1);
    }
};

}  // namespace mm
