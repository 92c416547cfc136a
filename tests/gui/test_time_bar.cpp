// SPDX-License-Identifier: GPL-3.0-or-later
// The time axis under the window: pictures of memory along it, made while nobody asks for anything; the next event of a
// kind; the misses of a recording. Waits are for conditions.
#include <gtest/gtest.h>

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <algorithm>

#include "gui/bridge/strip_filler.h"
#include "gui/shell/main_window.h"
#include "gui/shell/panels.h"
#include "gui/style/theme.h"
#include "gui/widgets/time_slider.h"
#include "tests/gui/with_application.h"

namespace mm::gui {
namespace {

class TimeBarTest : public testing::Test, protected WithApplication {
protected:
    void open(const QString& path) {
        window.resize(1280, 800);
        window.show();
        window.openFile(path);
        ASSERT_TRUE(waitFor([this] { return bridge.settled(); }));
        ASSERT_TRUE(bridge.latest()) << bridge.status().error.toStdString();
    }
    void trigger(const QString& text) {
        for (QAction* action : window.actions())
            if (action->text() == text) action->trigger();
        ASSERT_TRUE(waitFor([this] { return bridge.settled(); }));
    }
    Position at() const { return bridge.latest()->at; }

    Theme theme;
    ViewState state;
    Bridge bridge;
    MainWindow window{theme, state, bridge, MainWindow::Memory::none};
};

const QString pc512m = QStringLiteral(MMSCOPE_SOURCE_DIR "/resources/machines/pc-512m");

//      before:  the cursor stands in the middle of the boot, no picture is there
//      Expect:  pictures from power-on to the end, ascending, a slot apart at most; the cursor has not moved
TEST_F(TimeBarTest, PicturesOfTheWholeHistoryAreMadeWhileNobodyAsks) {
    open(pc512m);
    bridge.post(Seek{bridge.latest()->total / 2});
    ASSERT_TRUE(waitFor([this] { return bridge.settled() && at() == bridge.latest()->total / 2; }));
    const std::uint64_t before = state_hash(bridge.latest()->state, bridge.latest()->pages);
    ASSERT_TRUE(waitFor([this] { return bridge.status().picturesDone && bridge.strip(); }));
    ASSERT_TRUE(waitFor([this] { return bridge.strip()->columns.back().at == bridge.latest()->total; }));
    const TimeStrip& strip = *bridge.strip();
    const Position total = bridge.latest()->total;
    EXPECT_EQ(strip.columns.front().at, 0u);
    for (std::size_t i = 1; i < strip.columns.size(); ++i) {
        EXPECT_LT(strip.columns[i - 1].at, strip.columns[i].at);
        EXPECT_LE(strip.columns[i].at - strip.columns[i - 1].at, 2 * total / StripFiller::slots + 1);
    }
    bridge.post(StepBy{Step::into});
    bridge.post(StepBy{Step::back});
    ASSERT_TRUE(waitFor([this] { return bridge.settled(); }));
    EXPECT_EQ(at(), total / 2);
    EXPECT_EQ(state_hash(bridge.latest()->state, bridge.latest()->pages), before) << "looking changes nothing";
}

//      cells of the last moment hold all of memory: reserved below, free above, each with shares that make a whole
TEST_F(TimeBarTest, APictureHoldsSharesOfEachStretch) {
    open(pc512m);
    StripMaker maker;
    const StripColumn column = maker.column(bridge.latest());
    ASSERT_EQ(column.shares.size(), std::size_t{TimeStrip::cells} * maker.categories());
    for (unsigned cell = 0; cell < TimeStrip::cells; ++cell) {
        int whole = 0;
        for (unsigned k = 0; k < maker.categories(); ++k)
            whole += column.shares[std::size_t{cell} * maker.categories() + k];
        EXPECT_GE(whole, 255) << "cell " << cell;
        EXPECT_LT(whole, 255 + int(maker.categories())) << "each share is rounded up";
    }
}

TEST_F(TimeBarTest, AFutureThatIsCutOffLosesItsPictures) {
    open(pc512m);
    StripFiller filler;
    auto later = std::make_shared<Snapshot>(*bridge.latest());
    later->at = 900;
    auto sooner = std::make_shared<Snapshot>(*bridge.latest());
    sooner->at = 100;
    filler.add(later);
    filler.add(sooner);
    ASSERT_EQ(filler.strip()->columns.size(), 2u);
    EXPECT_EQ(filler.strip()->columns.front().at, 100u);
    filler.cut(100);
    ASSERT_EQ(filler.strip()->columns.size(), 1u);
    EXPECT_EQ(filler.strip()->columns.front().at, 100u);
    EXPECT_FALSE(filler.wants(100, 1600));
    EXPECT_TRUE(filler.wants(900, 1600));
    EXPECT_EQ(filler.wanted(1600), 0u);
}

TEST_F(TimeBarTest, TheNextEventOfAKindIsSelectedWhenItIsReached) {
    open(pc512m);
    bridge.post(StepBy{Step::toStart});
    bridge.post(StepBy{Step::into});
    ASSERT_TRUE(waitFor([this] { return bridge.settled() && at() == 1; }));
    const EventKind kind = bridge.latest()->last_event().event.kind;
    Position expected = 2;
    while (bridge.latest()->history.event(expected - 1).event.kind != kind)
        ++expected;
    trigger("Next event of this kind");
    EXPECT_EQ(at(), expected);
    EXPECT_EQ(state.selection().event, expected);
    trigger("Previous event of this kind");
    EXPECT_EQ(at(), 1u);
    trigger("Previous event of this kind");
    EXPECT_EQ(at(), 1u) << "there is none before";
}

/// A copy of a recording whose first and 20th answers are made to be others than they were.
QString withTwoLies(const QTemporaryDir& folder) {
    const QString from = QStringLiteral(MMSCOPE_TEST_DATA "/recordings/idle-128m");
    QProcess::execute("cp", {"-r", from + "/.", folder.path()});
    QProcess zstd;
    zstd.start("zstd", {"-dcq", folder.filePath("trace.txt.zst")});
    zstd.waitForFinished();
    QStringList lines = QString::fromUtf8(zstd.readAllStandardOutput()).split('\n');
    int answers = 0;
    for (QString& line : lines) {
        if (!line.contains(" mm_page_alloc ")) continue;
        if (++answers == 1 || answers == 20) line.replace("pfn=2", "pfn=3");
    }
    QFile::remove(folder.filePath("trace.txt.zst"));
    QFile file(folder.filePath("trace.txt"));
    if (file.open(QIODevice::WriteOnly)) file.write(lines.join('\n').toUtf8());
    return folder.path();
}

TEST_F(TimeBarTest, MissesOfARecordingAreGoneToOneAfterTheOther) {
    const QTemporaryDir folder;
    open(withTwoLies(folder));
    ASSERT_TRUE(bridge.misses());
    const std::vector<Position> misses = *bridge.misses();
    ASSERT_GE(misses.size(), 2u);
    trigger("Next miss");
    EXPECT_EQ(at(), misses[0]);
    EXPECT_EQ(bridge.latest()->last_event().event.kind, EventKind::mm_page_alloc);
    EXPECT_EQ(state.selection().event, misses[0]);
    trigger("Next miss");
    EXPECT_EQ(at(), misses[1]);
    trigger("Previous miss");
    EXPECT_EQ(at(), misses[0]);
    trigger("Previous miss");
    EXPECT_EQ(at(), misses[0]) << "there is none before";
    EXPECT_FALSE(window.grab().isNull());
}

TEST_F(TimeBarTest, TheAxisStaysWhateverPanelIsInFront) {
    open(pc512m);
    for (const ViewInfo& info : allViews()) {
        window.panels().reveal(QString::fromLatin1(info.id));
        EXPECT_TRUE(window.slider().isVisible()) << info.id;
    }
}

}  // namespace
}  // namespace mm::gui
