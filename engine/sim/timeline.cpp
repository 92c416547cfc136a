// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/sim/timeline.h"

#include <fmt/format.h>

#include "engine/sim/timeline_impl.h"
#include "engine/snapshot/describe.h"

namespace mm {

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
    if (m->bytes_of_commands() > HistoryShares(m->budget).commands)
        return Error{
            fmt::format("the history is full: {} commands take a quarter of its budget of {}; give it more, or go back "
                        "and go on from there",
                        m->commands.size(), size_text(m->budget))};
    return m->run(command);
}

void Timeline::begin_action(std::string name) {
    m->actions.begin(std::move(name));
}

void Timeline::end_action() {
    m->actions.end();
}

bool Timeline::undo() {
    if (m->actions.empty()) return false;
    const std::size_t first = m->actions.last_first();
    std::vector<Command> taken;
    for (std::size_t i = first; i < m->commands.size(); ++i)
        taken.push_back(m->commands[i]);
    if (taken.empty()) return false;
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
    return m->actions.last_name([this](std::size_t i) { return m->commands[i]; });
}

std::string Timeline::redo_name() const {
    return m->actions.undone().empty() ? std::string() : m->actions.undone().back().name;
}

std::vector<Command> Timeline::commands() const {
    std::vector<Command> commands;
    for (std::size_t i = m->boot_commands; i < m->commands.size(); ++i)
        commands.push_back(m->commands[i]);
    return commands;
}

std::size_t Timeline::command_count() const {
    return m->commands.size() - m->boot_commands;
}

std::vector<ActionLog::Done> Timeline::actions() const {
    return m->actions.done(m->boot_commands, [this](std::size_t i) { return m->commands[i]; });
}

void Timeline::set_history_budget(Bytes budget) {
    m->budget = std::max(budget, least_history_budget);
    m->keep_to_budget();
}

HistorySize Timeline::history_size() const {
    return m->size_of_history();
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
    if (history.is_forgotten(event))
        return Error{fmt::format("event {} is no longer kept: the history's budget of {} is spent", event,
                                 size_text(m->budget))};
    const std::size_t number = history.event(event).command;
    const Command command = m->commands[number];
    if (!is_allocation(command))
        return Error{std::holds_alternative<RunStage>(command)
                         ? fmt::format("event {} is of the boot: the page allocator is not asked there", event)
                         : fmt::format("event {} is of {}, which asks for no memory", event, to_text(command))};
    const Position first = m->commands.first(number), last = m->commands.last(number);
    const Position cursor_before = cursor();
    Explanation out{first, last - 1, to_text(command), {}, {}, {}};
    out.steps = with_events(m->facts_of(number), history, first, last);
    out.log = history.log_between(first, last);
    seek(cursor_before);
    return out;
}

Moment Timeline::moment(Position event) {
    const RecordedEvent recorded = m->published.event(event);
    const auto& stages = m->published.stages();
    if (recorded.stage < stages.size()) return {{}, std::string(stages[recorded.stage].name)};
    return {{}, to_text(m->command_at(event))};
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
