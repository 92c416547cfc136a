// SPDX-License-Identifier: GPL-3.0-or-later
// The list of events: every event has a line, the filter keeps what it says, lines lead to moments.
#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QAbstractItemView>
#include <QLineEdit>
#include <QTest>

#include "engine/snapshot/history_recorder.h"
#include "gui/views/events/event_model.h"
#include "gui/views/events/events_view.h"
#include "tests/gui/with_application.h"

namespace mm::gui {
namespace {

/// Events 0, 1, 2 ...: a reservation, an allocation, a reservation, ...; each touches the frame of its number.
std::shared_ptr<Snapshot> smallHistory(Position events, Position at, std::uint32_t command = 0) {
    HistoryRecorder recorder({{"mem_init", "mm/page_alloc.c", -1, 0}});
    for (Position i = 0; i < events; ++i) {
        Event event;
        event.kind = i % 2 == 0 ? EventKind::memblock_reserve : EventKind::mm_page_alloc;
        event.touched = phys_of(PfnRange{i, i + 1});
        event.order = i % 2 == 0 ? 0xff : static_cast<std::uint8_t>(i % 11);
        recorder.append(event, i % 2 == 0 ? "kernel image" : "", 0, command);
    }
    auto s = std::make_shared<Snapshot>();
    static const auto machine = std::make_shared<Machine>();
    s->machine = machine;
    s->history = recorder.history();
    s->at = at;
    s->total = events;
    return s;
}

class EventsTest : public WithApplication, public testing::Test {
protected:
    EventsTest() {
        view.resize(700, 300);
        view.show();
        QObject::connect(&view, &View::requested, &view, [this](const Request& r) { asked = r; });
        tester = std::make_unique<QAbstractItemModelTester>(&view.model(),
                                                            QAbstractItemModelTester::FailureReportingMode::Fatal);
    }
    void filter(const QString& words) {
        view.titleWidget()->findChild<QLineEdit*>()->setText(words);
        ASSERT_TRUE(QTest::qWaitFor([this] { return !view.isFiltering(); }, 20000));
    }
    QString line(int row) { return view.model().index(row, EventModel::what).data().toString(); }

    Theme theme;
    ViewState state;
    EventsView view{ViewContext{theme, state}};
    std::unique_ptr<QAbstractItemModelTester> tester;
    std::optional<Request> asked;
};

TEST_F(EventsTest, EveryEventHasALineAndThoseToComeAreMarked) {
    view.setSnapshot(smallHistory(10, 4));
    EXPECT_EQ(view.model().rowCount(), 10);
    EXPECT_TRUE(line(0).contains("memblock_reserve [mem 0x00000000-0x00000fff]")) << line(0).toStdString();
    EXPECT_TRUE(view.model().index(3, 0).data(EventModel::currentRole).toBool()) << "event 4 led to position 4";
    EXPECT_FALSE(view.model().index(3, 0).data(EventModel::futureRole).toBool());
    EXPECT_TRUE(view.model().index(4, 0).data(EventModel::futureRole).toBool());
    view.setSnapshot(smallHistory(14, 14));
    EXPECT_EQ(view.model().rowCount(), 14) << "a run goes on: lines are added";
    view.setSnapshot(smallHistory(6, 6));
    EXPECT_EQ(view.model().rowCount(), 6) << "another future";
}

TEST_F(EventsTest, WordsFilterAndAllOfThemCount) {
    view.setSnapshot(smallHistory(20000, 20000));
    filter("page_alloc");
    EXPECT_EQ(view.model().rowCount(), 10000);
    EXPECT_EQ(view.model().eventAt(0), 1u);
    filter("PAGE_ALLOC 0x4b53");
    ASSERT_EQ(view.model().rowCount(), 1) << "it touched the frame of its number";
    EXPECT_EQ(view.model().eventAt(0), 0x4b53u);
    filter("page_alloc kernel");
    EXPECT_EQ(view.model().rowCount(), 0) << "no allocation is of the kernel image";
    filter({});
    EXPECT_EQ(view.model().rowCount(), 20000);
}

TEST_F(EventsTest, WhileAFilterIsOnNewEventsAreLookedThroughToo) {
    view.setSnapshot(smallHistory(100, 100));
    filter("image");
    EXPECT_EQ(view.model().rowCount(), 50);
    view.setSnapshot(smallHistory(200, 200));
    ASSERT_TRUE(QTest::qWaitFor([this] { return !view.isFiltering(); }, 20000));
    EXPECT_EQ(view.model().rowCount(), 100);
    // As long, but after another command: everything is looked through anew.
    view.setSnapshot(smallHistory(200, 200, 7));
    ASSERT_TRUE(QTest::qWaitFor([this] { return !view.isFiltering(); }, 20000));
    EXPECT_EQ(view.model().rowCount(), 100);
}

TEST_F(EventsTest, ALineLeadsToItsMomentAndItsFrames) {
    view.setSnapshot(smallHistory(50, 50));
    auto* list = view.findChild<QAbstractItemView*>();
    Q_EMIT list->activated(view.model().index(9, 0));
    ASSERT_TRUE(asked);
    EXPECT_EQ(std::get<Seek>(*asked).to, 10u);
    EXPECT_EQ(state.selection().frames, (PfnRange{9, 10}));
    EXPECT_EQ(state.selection().event, 10u);
    // The next of the same kind, from where time stands.
    view.setSnapshot(smallHistory(50, 10));
    QApplication::setActiveWindow(&view);
    list->setFocus();
    QTest::keyClick(list, Qt::Key_N);
    EXPECT_EQ(std::get<Seek>(*asked).to, 12u);
    QTest::keyClick(list, Qt::Key_N, Qt::ShiftModifier);
    EXPECT_EQ(std::get<Seek>(*asked).to, 8u);
}

TEST(TableTest, CsvAndTextOfATable) {
    const Table table{{"zone", "pages"}, {{"DMA", "3\u202f998"}, {"a \"b\", c", "5"}}};
    EXPECT_EQ(asCsv(table), "zone,pages\r\nDMA,3998\r\n\"a \"\"b\"\", c\",5\r\n");
    EXPECT_EQ(asText(table), "zone      pages\nDMA       3\u202f998\na \"b\", c      5\n");
}

}  // namespace
}  // namespace mm::gui
