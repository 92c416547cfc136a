// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/timeline.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/sim/boot.h"
#include "engine/snapshot/history_recorder.h"
#include "engine/snapshot/keyframe_index.h"
#include "engine/snapshot/machine_lives.h"

namespace mm {
namespace {

constexpr Position keyframe_interval = 32768;  ///< events between run-time keyframes

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

}  // namespace

struct Timeline::Impl {
    struct Entry {
        Command command;
        Position first = 0, last = 0;
        Nid il_prev = no_node;  ///< before it
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
    std::vector<Entry> commands;
    KeyframeIndex<Moment> keyframes;
    std::vector<StageSpan> spans;
    History published;
    MachineLives lives;  ///< as far as somebody has asked
    Position cursor = 0, boot_end = 0;
    std::size_t next_command = 0;  ///< the state is after commands[0 .. next_command) ...
    bool mid_command = false;      ///< ... and, if set, some events into commands[next_command]
    std::size_t boot_commands = 0;
    ActionLog actions;
    std::uint64_t cuts = 0;

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
        commands.push_back({command, first, cursor, il_prev});
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
            spans[stage] = {commands.back().first, commands.back().last};
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
        recorder.add_sample(sample_of(system.state().zones, cursor));
    }

    /// Undoes commands until those that had ended at the position are left. False, and nothing done: there is no way
    /// back, or the one over the keyframe is shorter.
    bool go_back(Position to, Position keyframe) {
        if (keyframe > cursor || (cursor > to && cursor - to > to - keyframe)) return false;
        const auto ended =
            std::partition_point(commands.begin(), commands.end(), [&](const Entry& e) { return e.last <= to; });
        const std::size_t done = next_command + (mid_command ? 1 : 0);
        const std::size_t left = std::min(static_cast<std::size_t>(ended - commands.begin()), next_command);
        if (done - left > system.undoable()) return false;
        for (next_command = done; next_command > left;)
            system.undo(commands[--next_command].il_prev);
        cursor = left == 0 ? 0 : commands[left - 1].last;
        mid_command = false;
        return true;
    }

    void seek(Position to) {
        if (to == cursor) return;
        const auto& nearest = keyframes.before(to);
        const bool is_behind = mid_command || to < cursor;
        if (is_behind ? !go_back(to, nearest.at) : nearest.at > cursor) {
            system.restore(nearest.frame.frame);
            next_command = nearest.frame.next_command;
            cursor = nearest.at;
            mid_command = false;
        }
        while (next_command < commands.size() && commands[next_command].last <= to) {
            (void)system.execute(commands[next_command].command, nullptr);
            cursor = commands[next_command++].last;
        }
        if (cursor == to) return;
        StopAfter sink(to - commands[next_command].first);
        mid_command = true;
        try {
            (void)system.execute(commands[next_command].command, &sink);
        } catch (const StopReplay&) {
        }
        cursor = to;
    }

    /// Does the command once more, watched.
    std::vector<WhyFact> facts_of(std::size_t command) {
        seek(commands[command].first);
        auto facts = system.explain(commands[command].command);
        next_command = command + 1;
        cursor = commands[command].last;
        return facts;
    }

    /// To just before that command, or behind the last one; commands without events make this more than a position.
    void seek_command(std::size_t index) {
        seek(index < commands.size() ? commands[index].first : recorder.size());
        if (next_command > index) {
            const auto& keyframe = keyframes.before(cursor);
            system.restore(keyframe.frame.frame);
            next_command = keyframe.frame.next_command;
            cursor = keyframe.at;
        }
        while (next_command < index) {
            (void)system.execute(commands[next_command].command, nullptr);
            cursor = commands[next_command++].last;
        }
    }

    /// A command of the user's, with all that is known behind it.
    Outcome<CommandResult> run(const Command& command) {
        const std::size_t index = commands.size();
        auto result = record(command, -1);
        if (commands.size() > index) actions.add(index, command);
        if (cursor - keyframes.last().at >= keyframe_interval) add_keyframe();
        return result;
    }

    void cut_future() {
        cuts += commands.size() != next_command;
        commands.resize(next_command);
        keyframes.cut_after(cursor);
        recorder.truncate(cursor);
        lives.cut(cursor);
    }

    /// Ends of leaf stages and of run-time commands are where stepping over stops.
    Position end_after(Position p) const {
        const auto c =
            std::partition_point(commands.begin(), commands.end(), [&](const Entry& e) { return e.last <= p; });
        return c == commands.end() ? recorder.size() : c->last;
    }
    Position end_before(Position p) const {
        const auto c =
            std::partition_point(commands.begin(), commands.end(), [&](const Entry& e) { return e.last < p; });
        return c == commands.begin() ? 0 : std::prev(c)->last;
    }
};

Timeline::Timeline(std::shared_ptr<const Machine> machine, const KernelProfile& profile)
    : m(std::make_unique<Impl>(std::move(machine), profile)) {
    m->boot();
    m->published = m->recorder.history();
}

Timeline::~Timeline() = default;

Position Timeline::cursor() const {
    return m->cursor;
}
Position Timeline::total() const {
    return m->recorder.size();
}
Position Timeline::boot_end() const {
    return m->boot_end;
}
const History& Timeline::history() const {
    return m->published;
}
const System& Timeline::system() const {
    return m->system;
}

void Timeline::seek(Position position) {
    m->seek(std::min(position, total()));
}

Position Timeline::step_into() {
    seek(cursor() + 1);
    return cursor();
}

Position Timeline::step_over() {
    seek(m->end_after(cursor()));
    return cursor();
}

Position Timeline::step_out() {
    // The stage whose next event is due; beyond the boot a command is its own outermost step.
    Position to = m->end_after(cursor());
    for (std::size_t i = 0; i < m->spans.size(); ++i) {
        const StageSpan& span = m->spans[i];
        if (!is_leaf_stage(m->arch(), static_cast<unsigned>(i)) || cursor() < span.first || cursor() >= span.last)
            continue;
        const int parent = boot_stages(m->arch())[i].parent;
        to = parent < 0 ? span.last : m->spans[static_cast<std::size_t>(parent)].last;
    }
    seek(to);
    return cursor();
}

Position Timeline::step_back() {
    if (cursor() > 0) seek(cursor() - 1);
    return cursor();
}

Position Timeline::step_back_over() {
    seek(m->end_before(cursor()));
    return cursor();
}

Position Timeline::run_to_stage(int stage) {
    if (stage >= 0 && static_cast<std::size_t>(stage) < m->spans.size())
        seek(m->spans[static_cast<std::size_t>(stage)].last);
    return cursor();
}

Outcome<CommandResult> Timeline::execute(const Command& command) {
    if (std::holds_alternative<RunStage>(command)) return Error{"the boot runs by itself: seek to a stage instead"};
    if (!m->system.state().panic.empty())
        return Error{"the kernel has panicked (" + m->system.state().panic + "): there is no allocator to ask"};
    if (cursor() < m->boot_end || m->mid_command)
        return Error{
            "the page allocator can be used once the boot is through: step to the end of the last stage first"};
    m->cut_future();
    m->actions.cut(m->commands.size());
    return m->run(command);
}

void Timeline::begin_action(std::string name) {
    m->actions.begin(std::move(name));
}

void Timeline::end_action() {
    m->actions.end();
}

bool Timeline::undo() {
    if (m->actions.done().empty()) return false;
    const std::size_t first = m->actions.done().back().first;
    std::vector<Command> taken;
    for (std::size_t i = first; i < m->commands.size(); ++i)
        taken.push_back(m->commands[i].command);
    m->seek_command(first);
    m->cut_future();
    m->actions.take_back(std::move(taken));
    return true;
}

bool Timeline::redo() {
    if (m->actions.undone().empty()) return false;
    m->seek_command(m->commands.size());
    const ActionLog::Undone action = m->actions.take_undone();
    m->actions.begin(action.name);
    for (const Command& command : action.commands)
        (void)m->run(command);
    m->actions.end();
    return true;
}

std::string Timeline::undo_name() const {
    return m->actions.done().empty() ? std::string() : m->actions.done().back().name;
}

std::string Timeline::redo_name() const {
    return m->actions.undone().empty() ? std::string() : m->actions.undone().back().name;
}

std::vector<Command> Timeline::commands() const {
    std::vector<Command> commands;
    for (std::size_t i = m->boot_commands; i < m->commands.size(); ++i)
        commands.push_back(m->commands[i].command);
    return commands;
}

std::vector<ActionLog::Done> Timeline::actions() const {
    std::vector<ActionLog::Done> actions = m->actions.done();
    for (ActionLog::Done& action : actions)
        action.first -= m->boot_commands;
    return actions;
}

std::uint64_t Timeline::cuts() const {
    return m->cuts;
}

SnapshotPtr Timeline::snapshot() {
    m->published = m->recorder.history();
    auto s = std::make_shared<Snapshot>();
    s->machine = m->system.machine_ptr();
    s->profile = &m->system.profile();
    s->at = m->cursor;
    s->total = total();
    s->history = m->published;
    s->stage = s->history.stage_at(m->cursor);
    s->booted = m->cursor >= m->boot_end && m->system.state().panic.empty();
    s->state = m->system.state();
    s->pages = m->system.freeze_pages();
    return s;
}

Outcome<Explanation> Timeline::explain(Position event) {
    if (event >= total()) return Error{fmt::format("event {} was asked for; there are {}", event, total())};
    const History history = m->recorder.history();
    const std::size_t number = history.event(event).command;
    const Impl::Entry& entry = m->commands[number];
    if (!is_allocation(entry.command))
        return Error{std::holds_alternative<RunStage>(entry.command)
                         ? fmt::format("event {} is of the boot: the page allocator is not asked there", event)
                         : fmt::format("event {} is of {}, which asks for no memory", event, to_text(entry.command))};
    const Position cursor_before = cursor();
    Explanation out{entry.first, entry.last - 1, to_text(entry.command), {}, {}, {}};
    out.steps = with_events(m->facts_of(number), history, entry.first, entry.last);
    out.log = history.log_between(entry.first, entry.last);
    seek(cursor_before);
    return out;
}

Moment Timeline::moment(Position event) {
    const RecordedEvent recorded = m->published.event(event);
    const auto& stages = m->published.stages();
    if (recorded.stage < stages.size()) return {{}, std::string(stages[recorded.stage].name)};
    return {{}, to_text(m->commands[recorded.command].command)};
}

Biography Timeline::biography(Pfn pfn) {
    const SnapshotPtr now = snapshot();
    m->lives.update(now->history);
    return m->lives.biography(pfn, *now, [this](Position event) { return moment(event); });
}

PollutionMap Timeline::pollution() {
    const SnapshotPtr now = snapshot();
    m->lives.update(now->history);
    return pollution_map(m->lives.index(), nullptr, *now, [this](Position event) { return moment(event); });
}

std::uint64_t Timeline::hash() {
    return state_hash(m->system.state(), m->system.freeze_pages());
}

}  // namespace mm
