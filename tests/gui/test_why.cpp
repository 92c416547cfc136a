// SPDX-License-Identifier: GPL-3.0-or-later
// What explains: the page on an allocation, a frame's biography, pollution and transitions, with the engine's own
// answers.
#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QTabBar>
#include <QTextBrowser>

#include "engine/replay/replay_timeline.h"
#include "engine/sim/open.h"
#include "engine/sim/run_workload.h"
#include "gui/views/fragmentation/fragmentation_view.h"
#include "gui/views/fragmentation/pollution_model.h"
#include "gui/views/page/page_view.h"
#include "gui/views/why/why_page.h"
#include "gui/views/why/why_view.h"
#include "tests/gui/with_application.h"

namespace mm::gui {
namespace {

const std::string pc512m = MMSCOPE_SOURCE_DIR "/resources/machines/pc-512m";
const std::string pressure = MMSCOPE_TEST_DATA "/recordings/pressure-128m";

std::unique_ptr<Timeline> machine() {
    auto opened = open_machine(pc512m);
    EXPECT_TRUE(opened);
    return std::move(*opened);
}

/// A view in a window of its own that is asked and answered as by the bridge.
class Explained : public WithApplication, public testing::Test {
protected:
    template<class V>
    V& show(TimeAxis& axis) {
        m_axis = &axis;
        auto* view = new V({theme, state});
        m_window.reset(view);
        QObject::connect(view, &View::requested, view, [this, view](const Request& r) { answer(*view, r); });
        view->resize(700, 500);
        view->show();
        EXPECT_TRUE(view->isVisible());
        view->setSnapshot(axis.snapshot());
        return *view;
    }
    void answer(View& view, const Request& request) {
        if (const auto* why = std::get_if<AskWhy>(&request)) {
            auto one = std::make_shared<WhyAnswer>();
            one->event = why->event;
            auto explanation = m_axis->explain(why->event);
            if (explanation)
                one->explanation = *explanation;
            else
                one->refusal = QString::fromStdString(explanation.error().text());
            answers.why = one;
        } else if (const auto* life = std::get_if<AskLife>(&request)) {
            answers.life = std::make_shared<const LifeAnswer>(
                LifeAnswer{life->pfn, m_axis->total(), m_axis->biography(life->pfn)});
        } else if (std::holds_alternative<AskPollution>(request)) {
            answers.pollution =
                std::make_shared<const PollutionAnswer>(PollutionAnswer{m_axis->total(), m_axis->pollution()});
        } else if (const auto* seek = std::get_if<Seek>(&request)) {
            m_axis->seek(seek->to);
            view.setSnapshot(m_axis->snapshot());
            return;
        }
        ++asked;
        view.setAnswers(answers);
    }

    Theme theme;
    ViewState state;
    Answers answers;
    int asked = 0;
    TimeAxis* m_axis = nullptr;
    std::unique_ptr<QWidget> m_window;
};

//  Expect: after an allocation of order 9 that fails for want of memory the page says so in its first line, tells zones
//  and the report, and nothing was asked twice for the same moment.
TEST_F(Explained, AFailureIsTheHeadline) {
    const auto timeline = machine();
    for (const Order order : {10u, 9u})
        for (Pfn last = 0; last != no_pfn;) {
            const Gfp flags = gfp::GFP_KERNEL | gfp::noretry | gfp::nowarn;
            const auto got = timeline->execute(AllocPages{{flags, order, 0, 0}});
            last = got ? got->pfn : no_pfn;
        }
    const auto failed = timeline->execute(AllocPages{{gfp::GFP_KERNEL, 9, 0, 0}});
    ASSERT_TRUE(failed && failed->pfn == no_pfn);
    auto& view = show<WhyView>(*timeline);
    const QString page = view.plainText();
    EXPECT_TRUE(page.startsWith("order 9 (2 MiB), Unmovable: no block could be found")) << page.toStdString();
    EXPECT_TRUE(page.contains("GFP_KERNEL"));
    EXPECT_TRUE(page.contains("Attempt 2"));
    EXPECT_TRUE(page.contains("page allocation failure: order:9"));
    EXPECT_TRUE(page.section('\n', 1, 1).contains("PAGE_ALLOC_COSTLY_ORDER")) << "why it was given up comes first";
    EXPECT_GT(view.table().rows.size(), 10u);
    view.setSnapshot(timeline->snapshot());
    EXPECT_EQ(asked, 1);
}

//  Expect: links go where they say: frames are selected, a zone is chosen, an event is gone to.
TEST_F(Explained, LinksOfThePageLead) {
    const auto timeline = machine();
    const auto got = timeline->execute(AllocPages{{gfp::GFP_KERNEL, 3, 0, 0}});
    ASSERT_TRUE(got && got->pfn != no_pfn);
    auto& view = show<WhyView>(*timeline);
    EXPECT_TRUE(view.plainText().startsWith("order 3 (32 KiB), Unmovable: pfn 0x")) << view.plainText().toStdString();
    auto* page = view.findChild<QTextBrowser*>();
    Q_EMIT page->anchorClicked(QUrl(QString("frames:%1:8").arg(got->pfn)));
    EXPECT_EQ(state.selection().frames, (PfnRange{got->pfn, got->pfn + 8}));
    Q_EMIT page->anchorClicked(QUrl("zone:0:1"));
    ASSERT_TRUE(state.zone());
    EXPECT_EQ(state.zone()->type, static_cast<ZoneType>(1));
    const Position event = timeline->boot_end() + 1;
    Q_EMIT page->anchorClicked(QUrl(QString("event:%1").arg(event)));
    EXPECT_EQ(timeline->cursor(), event + 1);
    EXPECT_EQ(state.selection().event, event + 1);
}

//  Expect: a moment of the boot is not asked about; what to do stands there, with the way to the next allocation.
TEST_F(Explained, TheBootHasWordsOfItsOwn) {
    const auto timeline = machine();
    ASSERT_TRUE(timeline->execute(AllocPages{{gfp::GFP_KERNEL, 0, 0, 0}}));
    timeline->seek(5);
    auto& view = show<WhyView>(*timeline);
    EXPECT_EQ(asked, 0);
    EXPECT_TRUE(view.plainText().contains("This event is of the boot"));
    EXPECT_TRUE(view.plainText().contains("The next allocation: event"));
    EXPECT_FALSE(view.hasTable());
    timeline->seek(0);
    view.setSnapshot(timeline->snapshot());
    EXPECT_TRUE(view.plainText().contains("click an mm_page_alloc in Events")) << view.plainText().toStdString();
}

//  Expect: in a recording the task is named, and the answer is held against the kernel's.
TEST_F(Explained, ARecordingNamesTheTask) {
    auto opened = ReplayTimeline::open(pressure);
    ASSERT_TRUE(opened);
    (*opened)->seek(5609);
    auto& view = show<WhyView>(**opened);
    EXPECT_TRUE(view.plainText().contains("work-94")) << view.plainText().toStdString();
    EXPECT_TRUE(view.plainText().contains("as the recorded kernel's"));
}

//  Expect: the biography of a selected frame is asked once, is a sound model, and a click goes to the moment.
TEST_F(Explained, ABiographyLeadsThroughTime) {
    const auto timeline = machine();
    const auto got = timeline->execute(AllocPages{{gfp::GFP_KERNEL, 3, 0, 0}});
    ASSERT_TRUE(got && timeline->execute(FreePages{got->pfn, 3}));
    auto& view = show<PageView>(*timeline);
    QAbstractItemModelTester tester(view.lifeList().model());
    EXPECT_EQ(asked, 0);
    state.select({.frames = {got->pfn, got->pfn + 1}, .list = {}, .event = {}});
    EXPECT_EQ(asked, 0) << "the fields need nobody";
    view.tabs().setCurrentIndex(1);
    EXPECT_EQ(asked, 1);
    LifeModel& model = view.lifeList().lifeModel();
    ASSERT_GT(model.rowCount(), 8);
    EXPECT_EQ(model.rowOfNow(), model.rowCount() - 1);
    int row = 0;
    while (row < model.rowCount() && !model.index(row, LifeModel::what).data().toString().startsWith("allocated"))
        ++row;
    ASSERT_LT(row, model.rowCount());
    EXPECT_TRUE(model.index(row, LifeModel::who).data().toString().startsWith("alloc_pages GFP_KERNEL order 3"));
    Q_EMIT view.lifeList().clicked(model.index(row, 0));
    EXPECT_EQ(timeline->cursor(), *model.eventAt(row) + 1);
    EXPECT_EQ(model.rowOfNow(), row);
    EXPECT_TRUE(model.index(row + 1, 0).data(LifeModel::futureRole).toBool());
    EXPECT_EQ(asked, 1) << "moving in time changes no life";
    EXPECT_EQ(view.table().columns.size(), 3);
}

//  Expect: of a recording the first row is what the frame was at its start.
TEST_F(Explained, ARecordedBiographyBeginsWithTheStart) {
    auto opened = ReplayTimeline::open(pressure);
    ASSERT_TRUE(opened);
    auto& view = show<PageView>(**opened);
    state.select({.frames = {17919, 17920}, .list = {}, .event = {}});
    view.tabs().setCurrentIndex(1);
    LifeModel& model = view.lifeList().lifeModel();
    ASSERT_GT(model.rowCount(), 2);
    EXPECT_FALSE(model.eventAt(0));
    EXPECT_TRUE(model.eventAt(1));
    EXPECT_EQ(model.rowOfNow(), 0);
}

//  Expect: the pollution of a recording's end: a row a pageblock, the map's cell of a row selects it, transitions count
//  what there was; both are tables.
TEST_F(Explained, PollutionIsChosenAndCopied) {
    auto opened = ReplayTimeline::open(pressure);
    ASSERT_TRUE(opened);
    (*opened)->seek((*opened)->total());
    auto& view = show<FragmentationView>(**opened);
    EXPECT_EQ(asked, 0);
    view.tabs().setCurrentIndex(FragmentationView::pollutionTab);
    EXPECT_EQ(asked, 1);
    auto* model = view.findChild<PollutionModel*>();
    ASSERT_NE(model, nullptr);
    QAbstractItemModelTester tester(model);
    ASSERT_GT(model->rowCount(), 3);
    const Pfn first = model->block(0).first;
    QApplication::processEvents();
    const QRectF cell = view.pollution().canvas().cellOf(first);
    ASSERT_FALSE(cell.isEmpty());
    EXPECT_EQ(view.pollution().canvas().pageblockAt(cell.center()), first);
    Q_EMIT view.pollution().canvas().chosen(first);
    EXPECT_EQ(state.selection().frames, (PfnRange{first, first + pageblock_pages}));
    EXPECT_EQ(view.table().rows.size(), static_cast<std::size_t>(model->rowCount()));
    view.tabs().setCurrentIndex(FragmentationView::transitionsTab);
    EXPECT_EQ(asked, 1) << "one answer serves both";
    EXPECT_EQ(view.table().rows.size(), answers.pollution->map.changes.size());
    EXPECT_GT(view.table().rows.size(), 20u);
    EXPECT_TRUE(view.procName().isEmpty());
}

//  Expect: while a workload runs nothing is asked; once it stands, what is shown is asked for.
TEST_F(Explained, NothingIsAskedWhileTheMachineRuns) {
    const auto timeline = machine();
    ASSERT_TRUE(timeline->execute(AllocPages{{gfp::GFP_KERNEL, 0, 0, 0}}));
    auto& view = show<WhyView>(*timeline);
    EXPECT_EQ(asked, 1);
    WorkerStatus running;
    running.workload = true;
    view.setStatus(running);
    ASSERT_TRUE(timeline->execute(AllocPages{{gfp::GFP_KERNEL, 1, 0, 0}}));
    view.setSnapshot(timeline->snapshot());
    EXPECT_EQ(asked, 1);
    view.setStatus({});
    EXPECT_EQ(asked, 2);
    EXPECT_TRUE(view.plainText().startsWith("order 1")) << view.plainText().toStdString();
}

}  // namespace
}  // namespace mm::gui
