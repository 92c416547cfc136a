// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/bridge/engine.h"

#include <unistd.h>

#include <QDir>
#include <algorithm>

#include "engine/replay/replay_timeline.h"
#include "engine/sim/command_from_file.h"
#include "engine/sim/open_capture.h"
#include "gui/format/format.h"

namespace mm::gui {
namespace {

constexpr auto batchTime = std::chrono::milliseconds(8);  ///< longest stretch of workload between looks at the mailbox
constexpr auto quietTime = std::chrono::milliseconds(200);  ///< without a request, before pictures of the past are made

/// Who watches a machine live for long wants to keep its commands: a quarter of this computer's memory, 1 to 8 GiB.
Bytes budgetOfThisComputer() {
    const long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    const Bytes memory = pages > 0 && size > 0 ? Bytes(pages) * Bytes(size) : 0;
    return std::clamp(memory / 4, default_history_budget, 8 * GiB);
}

WorkloadSpec specOf(const StartWorkload& r) {
    WorkloadSpec spec;
    spec.seed = r.seed;
    spec.target_percent = r.targetPercent;
    spec.max_order = r.maxOrder;
    spec.type_weight = {r.unmovable, r.movable, r.reclaimable};
    spec.mean_lifetime = std::max(1u, r.meanLifetime);
    return spec;
}

}  // namespace

void Worker::Engine::guarded(auto&& what) {
    try {
        what();
    } catch (const std::exception& e) {
        halt();
        fail(QString("The engine stopped with an internal error: %1.").arg(QString::fromUtf8(e.what())));
    }
}

Worker::Engine::Engine() : m_historyBudget(budgetOfThisComputer()) {
    for (const Story& story : all_stories())
        m_status.stories.push_back({text(story.name), text(story.teaches)});
}

void Worker::Engine::handle(const Request& request) {
    guarded([&] {
        if (std::holds_alternative<Seek>(request)) m_home.reset();  // it goes elsewhere anyhow
        comeHome();
        std::visit([this](const auto& r) { perform(r); }, request);
        nameActions();
        m_status.picturesDone = m_axis && !m_filler.wanted(m_axis->total());
        if (!m_status.playing && !m_status.workload) halt();
    });
}

void Worker::Engine::work() {
    guarded([&] {
        if (m_status.playing)
            playTick();
        else if (m_status.workload)
            workloadBatch(), nameActions();
        else
            fillStrip();
    });
}

/// Nobody asks for anything: one picture of the past, for the strip along the time slider.
void Worker::Engine::fillStrip() {
    const auto next = m_axis ? m_filler.wanted(m_axis->total()) : std::nullopt;
    m_status.picturesDone = !next;
    if (!next) {
        comeHome();
        m_nextWork = Clock::time_point::max();
        return;
    }
    if (!m_home) m_home = m_axis->cursor();
    m_axis->seek(*next);
    m_filler.add(m_axis->snapshot());
    m_nextWork = Clock::now();
}

void Worker::Engine::comeHome() {
    if (m_home && m_axis) m_axis->seek(*m_home);
    m_home.reset();
}

SnapshotPtr Worker::Engine::snapshot() {
    comeHome();
    if (!m_axis) return nullptr;
    SnapshotPtr snapshot = m_axis->snapshot();
    // While much happens the pictures come from what is shown anyway.
    if (m_filler.wants(snapshot->at, snapshot->total)) m_filler.add(snapshot);
    return snapshot;
}

/// Before every command of the machine's user: what it cuts off has no pictures any more.
void Worker::Engine::cutPictures() {
    if (m_timeline->cursor() < m_timeline->total()) m_filler.cut(m_timeline->cursor());
}

void Worker::Engine::say(QString notice, std::optional<PfnRange> frames) {
    m_status.notice = std::move(notice);
    m_status.error.clear();
    m_status.result = frames;
    m_status.answer = {};
    ++m_status.serial;
}

void Worker::Engine::fail(QString error) {
    m_status.error = std::move(error);
    m_status.notice.clear();
    m_status.result.reset();
    m_status.answer = {};
    ++m_status.serial;
}

bool Worker::Engine::ready() {
    if (!m_axis) fail("No machine is open yet: open a kernel log first (Ctrl+O).");
    return m_axis != nullptr;
}

bool Worker::Engine::simulated() {
    if (!ready()) return false;
    if (!m_timeline) fail("This is a recording of a real kernel: it can be looked at, not changed.");
    return m_timeline != nullptr;
}

bool Worker::Engine::booted() {
    if (!simulated()) return false;
    if (m_timeline->cursor() >= m_timeline->boot_end()) {
        // In the middle of an earlier command: to its end, since commands happen one after the other.
        if (m_timeline->cursor() > m_timeline->boot_end() && m_timeline->cursor() < m_timeline->total()) {
            m_timeline->step_back();
            m_timeline->step_over();
        }
        return true;
    }
    fail("The page allocator is not up yet at this moment: run the boot to its end first (F5).");
    return false;
}

void Worker::Engine::halt() {
    if (m_status.workload && m_timeline) {
        m_workloadStoppedAt = m_timeline->cursor();
        m_timeline->end_action();
    }
    m_status.playing = m_status.workload = false;
    m_nextWork = Clock::now() + quietTime;
}

void Worker::Engine::perform(const OpenFile& request) {
    const std::string path = request.path.toStdString();
    if (is_session(path)) return openSession(request.path);
    if (is_recording(path)) return openRecording(request.path);
    const auto files = read_capture(path);
    if (!files) return fail(text(files.error().text()));
    Outcome<OpenedCapture> opened = open_capture(*files);
    if (!opened) return fail(text(opened.error().text()));
    takeOver(std::move(*opened));
    m_session = {};
    m_session.source = path;
    m_session.files = session_files(*files);
}

void Worker::Engine::perform(const BootAs& request) {
    if (!ready()) return;
    if (!m_timeline) return fail("A recording is of the kernel that made it: open a machine to boot it as another.");
    Session anew;
    anew.name = m_timeline->system().machine().name;
    anew.source = m_session.source;
    anew.files = m_session.files;
    anew.profile = request.profile.toStdString();
    Outcome<OpenedCapture> opened = open_capture(capture_of(anew), anew.profile);
    if (!opened) return fail(text(opened.error().text()));
    takeOver(std::move(*opened));
    m_session = std::move(anew);
}

void Worker::Engine::takeOver(OpenedCapture machine, std::unique_ptr<TimeAxis> recording) {
    halt();
    m_timeline = machine.timeline.get();
    if (m_timeline) m_timeline->set_history_budget(m_historyBudget);
    m_real = m_comparison = std::move(machine.comparison);
    if (m_timeline)
        m_axis = std::move(machine.timeline);
    else
        m_axis = std::move(recording);
    startOver();
}

void Worker::Engine::startOver() {
    m_answers = {};
    m_workload.reset();
    m_story.reset();
    m_filler.reset();
    m_info.reset();
    m_writer = {};
    const auto misses = m_axis->misses();
    m_misses = m_timeline ? nullptr : std::make_shared<const std::vector<Position>>(misses.begin(), misses.end());
    const std::uint64_t serial = m_status.serial;
    WorkerStatus fresh;
    fresh.stories = std::move(m_status.stories);
    m_status = std::move(fresh);
    m_status.serial = serial;
    m_changed = true;
}

void Worker::Engine::openRecording(const QString& path) {
    bool stopped = false;
    const QString task = QString("Opening %1").arg(QDir(path).dirName());
    if (m_progress) (void)m_progress(task, 0);
    auto opened = ReplayTimeline::open(path.toStdString(), {}, [&](std::size_t done, std::size_t all) {
        stopped = m_progress && !m_progress(task, double(done) / double(std::max<std::size_t>(1, all)));
        return !stopped;
    });
    if (stopped) return say(task + " was cancelled");
    if (!opened) return fail(text(opened.error().text()));
    takeOver({}, std::move(*opened));
    m_session = {};
    m_session.kind = Session::Kind::recording;
    m_session.name = m_axis->snapshot()->machine->name;
    m_session.source = path.toStdString();
}

void Worker::Engine::perform(const Seek& request) {
    if (!ready()) return;
    halt();
    m_axis->seek(request.to);
    m_changed = true;
}

void Worker::Engine::perform(const SeekKind& request) {
    if (!ready()) return;
    halt();
    const History history = m_axis->snapshot()->history;
    // Position p stands behind event p - 1.
    for (Position p = m_axis->cursor(); request.forward ? p < history.size() : p > 1;) {
        request.forward ? ++p : --p;
        if (history.event(p - 1).event.kind != request.kind) continue;
        m_axis->seek(p);
        break;
    }
    m_changed = true;
}

void Worker::Engine::perform(const StepBy& request) {
    if (!ready()) return;
    halt();
    switch (request.step) {
        case Step::into:
            m_axis->step_into();
            break;
        case Step::over:
            m_axis->step_over();
            break;
        case Step::out:
            m_axis->step_out();
            break;
        case Step::back:
            m_axis->step_back();
            break;
        case Step::backOver:
            m_axis->step_back_over();
            break;
        case Step::toStart:
            m_axis->seek(0);
            break;
        case Step::toEnd:
            m_axis->seek(m_axis->total());
            break;
    }
    m_changed = true;
}

void Worker::Engine::perform(const RunToStage& request) {
    if (!simulated()) return;
    halt();
    m_timeline->run_to_stage(request.stage);
    m_changed = true;
}

void Worker::Engine::perform(const Play& request) {
    if (!ready()) return;
    halt();
    if (m_axis->cursor() >= m_axis->total()) return;
    m_status.playing = true;
    m_tick = std::chrono::duration_cast<Clock::duration>(
        std::chrono::duration<double>(1.0 / std::clamp(request.stagesPerSecond, 0.1, 1000.0)));
    m_nextWork = Clock::now() + m_tick;
}

void Worker::Engine::perform(const Pause&) {
    halt();
}

void Worker::Engine::perform(const Allocate& request) {
    if (!booted()) return;
    halt();
    cutPictures();
    const auto result = m_timeline->execute(AllocPages{request.request});
    m_changed = true;
    if (!result) return fail(text(result.error().text()));
    const Order order = request.request.order;
    if (result->pfn == no_pfn)
        return fail(QString("Order %1 could not be allocated: no zone that %2 may use has a free block that large.")
                        .arg(order)
                        .arg(text(gfp_text(request.request.gfp))));
    say(QString("allocated pfn %1, order %2").arg(hex(result->pfn)).arg(order),
        PfnRange{result->pfn, result->pfn + (NrPages{1} << order)});
}

void Worker::Engine::perform(const Free& request) {
    if (!booted()) return;
    halt();
    cutPictures();
    const auto result = m_timeline->execute(FreePages{request.pfn, request.order});
    m_changed = true;
    if (!result) return fail(text(result.error().text()));
    say(QString("freed pfn %1, order %2").arg(hex(request.pfn)).arg(request.order),
        PfnRange{request.pfn, request.pfn + (NrPages{1} << request.order)});
}

void Worker::Engine::perform(const RunCommand& request) {
    if (!booted()) return;
    const auto command = command_typed(request.words.toStdString());
    if (!command) return fail(text(command.error().text()));
    if (const auto* alloc = std::get_if<AllocPages>(&*command); alloc && alloc->policy == MemPolicy{})
        return perform(Allocate{alloc->request});
    halt();
    cutPictures();
    const auto result = m_timeline->execute(*command);
    m_changed = true;
    const QString words = text(to_text(*command));
    if (!result) return fail(QString("%1: %2").arg(words, text(result.error().text())));
    if (result->task) {  // its stack is an area, too
        say(QString("%1: task %2").arg(words).arg(*result->task), std::nullopt);
        m_status.answer.task = result->task;
        return;
    }
    if (result->area) {
        say(QString("%1: area %2").arg(words, hex(*result->area)), std::nullopt);
        m_status.answer.area = result->area;
        return;
    }
    if (result->percpu) {
        say(QString("%1: per-CPU pointer %2").arg(words, hex(*result->percpu)), std::nullopt);
        m_status.answer.percpu = result->percpu;
        return;
    }
    if (result->process) return say(words + ": " + text(answer_text(*result->process)), std::nullopt);
    if (result->pfn == no_pfn) return say(words, std::nullopt);
    if (!result->object)
        return say(QString("%1: pfn %2").arg(words, hex(result->pfn)), PfnRange{result->pfn, result->pfn + 1});
    say(QString("%1: object %2").arg(words, hex(*result->object)), PfnRange{result->pfn, result->pfn + 1});
    m_status.answer.object = result->object;
}

void Worker::Engine::perform(const StartWorkload& request) {
    if (!booted()) return;
    halt();
    if (!chooseWorkload(request)) return;
    m_timeline->begin_action((m_story ? m_story->story().name : "workload") + ", seed " + std::to_string(request.seed));
    m_workloadRequest = request;
    m_workloadDoneAtStart = m_status.commandsDone;
    m_workloadStart = m_nextWork = Clock::now();
    m_status.workload = true;
    m_status.error.clear();
}

/// The one that ran last goes on where it stopped, if it is the same and nothing has happened since.
bool Worker::Engine::chooseWorkload(const StartWorkload& request) {
    const bool here = m_workloadStoppedAt == m_timeline->cursor();
    const WorkloadSpec spec = specOf(request);
    const bool same = m_workloadRequest.story == request.story && m_workloadRequest.seed == request.seed;
    if (request.story.isEmpty()) {
        m_story.reset();
        if (here && same && m_workload && m_workload->spec() == spec) return true;
        m_workload.emplace(spec);
    } else {
        const auto story = mixed_story(request.story.toStdString());
        if (!story) return fail(text(story.error().text())), false;
        m_workload.reset();
        if (here && same && m_story) return true;
        m_story.emplace(*story, request.seed);
    }
    m_status.commandsDone = 0;
    return true;
}

void Worker::Engine::perform(const StopWorkload&) {
    halt();
}

void Worker::Engine::perform(const CompareWith& request) {
    if (!simulated()) return;
    halt();
    m_comparison = m_real;
    if (request.profile.isEmpty()) return;
    auto comparison = compare_profiles(*m_timeline, request.profile.toStdString());
    if (!comparison) return fail(text(comparison.error().text()));
    m_comparison = std::move(*comparison);
}

void Worker::Engine::perform(const AskWhy& request) {
    if (!m_axis) return;
    auto answer = std::make_shared<WhyAnswer>();
    answer->event = request.event;
    auto explanation = m_axis->explain(request.event);
    if (explanation)
        answer->explanation = std::move(*explanation);
    else
        answer->refusal = sentence(explanation.error().text());
    m_answers.why = std::move(answer);
}

void Worker::Engine::perform(const AskLife& request) {
    if (m_axis)
        m_answers.life = std::make_shared<const LifeAnswer>(
            LifeAnswer{request.pfn, m_axis->total(), m_axis->biography(request.pfn)});
}

void Worker::Engine::perform(const AskPollution&) {
    if (m_axis)
        m_answers.pollution =
            std::make_shared<const PollutionAnswer>(PollutionAnswer{m_axis->total(), m_axis->pollution()});
}

void Worker::Engine::perform(const AskHistory&) {
    auto answer = std::make_shared<HistoryAnswer>(HistoryAnswer{m_historyBudget, {}});
    if (m_timeline) answer->size = m_timeline->history_size();
    m_answers.history = std::move(answer);
}

void Worker::Engine::perform(const SetHistoryBudget& request) {
    m_historyBudget = std::max(request.budget, least_history_budget);
    if (m_timeline) m_timeline->set_history_budget(m_historyBudget);
    m_changed = m_axis != nullptr;  // records may be gone
    perform(AskHistory{});
}

void Worker::Engine::playTick() {
    const Position before = m_axis->cursor();
    m_axis->step_over();
    m_changed = true;
    m_nextWork = std::max(m_nextWork + m_tick, Clock::now());
    if (m_axis->cursor() == before || m_axis->cursor() >= m_axis->total()) halt();
}

void Worker::Engine::workloadBatch() {
    const auto start = Clock::now();
    const double rate = m_workloadRequest.commandsPerSecond;
    const double elapsed = std::chrono::duration<double>(start - m_workloadStart).count();
    const std::uint64_t due = rate <= 0 ? ~std::uint64_t{0} : m_workloadDoneAtStart + std::uint64_t(elapsed * rate) + 1;
    const std::uint64_t limit =
        m_workloadRequest.commands == 0 ? ~std::uint64_t{0} : m_workloadDoneAtStart + m_workloadRequest.commands;

    while (m_status.workload && m_status.commandsDone < std::min(due, limit) && Clock::now() - start < batchTime)
        workloadCommand();
    m_changed = true;
    if (!m_status.workload || m_status.commandsDone >= limit) return halt();
    // Behind its rate it goes on at once; ahead it comes back for the next command that is due.
    m_nextWork = Clock::now();
    if (rate > 0 && m_status.commandsDone >= due) {
        const auto wait = std::chrono::duration<double>(double(due - m_workloadDoneAtStart) / rate);
        m_nextWork = std::max(m_nextWork + std::chrono::milliseconds(1),
                              m_workloadStart + std::chrono::duration_cast<Clock::duration>(wait));
    }
}

void Worker::Engine::workloadCommand() {
    cutPictures();
    if (const auto done = m_story ? m_story->step(*m_timeline) : do_next(*m_workload, *m_timeline); !done) {
        halt();
        return fail(text(done.error().text()));
    }
    ++m_status.commandsDone;
}

}  // namespace mm::gui
