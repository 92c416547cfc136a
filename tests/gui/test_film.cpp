// SPDX-License-Identifier: GPL-3.0-or-later
// Films and reports. ffmpeg is played by a script that keeps what it is given: so many pictures of so many bytes.
#include <gtest/gtest.h>

#include <QDir>
#include <QFile>
#include <QTemporaryDir>

#include "gui/shell/animation.h"
#include "gui/shell/main_window.h"
#include "gui/shell/options.h"
#include "gui/shell/report.h"
#include "gui/style/theme.h"
#include "tests/gui/with_application.h"

namespace mm::gui {
namespace {

class FilmTest : public testing::Test, protected WithApplication {
protected:
    void SetUp() override {
        window.resize(800, 540);
        window.show();
        window.openFile(MMSCOPE_SOURCE_DIR "/resources/machines/pc-512m");
        ASSERT_TRUE(waitFor([this] { return bridge.settled() && bridge.latest(); }));
    }
    void TearDown() override { qputenv("PATH", m_path); }
    /// What is called ffmpeg from now on.
    void play(const QByteArray& script) {
        QFile file(folder.filePath("ffmpeg"));
        ASSERT_TRUE(file.open(QIODevice::WriteOnly));
        file.write("#!/bin/sh\n" + script);
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        qputenv("PATH", folder.path().toUtf8() + ":" + m_path);
    }
    QString film(const AnimationSpec& spec, bool giveUp = false) {
        Animation animation(spec, bridge, window);
        std::optional<QString> answer;
        QObject::connect(&animation, &Animation::finished, &window, [&](const QString& problem) { answer = problem; });
        QObject::connect(&animation, &Animation::progressed, &window, [&](int done, int) {
            if (giveUp && done == 2) animation.cancel();
        });
        animation.start();
        EXPECT_TRUE(waitFor([&] { return answer.has_value(); }));
        return answer.value_or("no answer");
    }
    QString out(const char* file) const { return folder.filePath(QLatin1String(file)); }

    QByteArray m_path = qgetenv("PATH");
    QTemporaryDir folder;
    Theme theme;
    ViewState state;
    Bridge bridge;
    MainWindow window{theme, state, bridge, MainWindow::Memory::none};
};

constexpr auto keepAll = "for last; do :; done\ncat > \"$last\"\n";

//      from event 0 to the end in 5 pictures
//      Expect: 5 pictures of the window, first and last differ, and no half file beside it
TEST_F(FilmTest, EveryMomentIsAPicture) {
    play(keepAll);
    EXPECT_EQ(film({out("boot.gif"), 0, bridge.latest()->total, 5, 10}), "");
    QFile file(out("boot.gif"));
    ASSERT_TRUE(file.open(QIODevice::ReadOnly));
    const QByteArray all = file.readAll();
    const qsizetype picture = qsizetype{4} * window.width() * window.height();
    ASSERT_EQ(all.size(), 5 * picture);
    EXPECT_NE(all.left(picture), all.right(picture));
    EXPECT_EQ(bridge.latest()->at, bridge.latest()->total);
    EXPECT_FALSE(QFile::exists(out("boot.partial.gif")));
}

TEST_F(FilmTest, GivenUpNothingIsLeft) {
    play(keepAll);
    EXPECT_TRUE(film({out("boot.mp4"), 0, 100, 50, 10}, true).contains("given up"));
    EXPECT_FALSE(QFile::exists(out("boot.mp4")));
    ASSERT_TRUE(waitFor([&] { return !QFile::exists(out("boot.partial.mp4")); }));
}

TEST_F(FilmTest, WhatFfmpegSaysIsTold) {
    play("cat > /dev/null\necho 'no such encoder' >&2\nexit 3\n");
    const QString problem = film({out("boot.webm"), 0, 50, 3, 10});
    EXPECT_TRUE(problem.contains("no such encoder")) << problem.toStdString();
    EXPECT_FALSE(QFile::exists(out("boot.webm")));
}

TEST_F(FilmTest, WithoutFfmpegAndWithWrongNamesItSaysWhatToDo) {
    qputenv("PATH", folder.path().toUtf8());
    EXPECT_TRUE(film({out("boot.gif"), 0, 50, 3, 10}).contains("apt install ffmpeg"));
    EXPECT_TRUE(film({out("boot.avi"), 0, 50, 3, 10}).contains(".gif"));
}

//      Expect: pictures inside the file, the log, the user's own words; nothing that a browser would have to fetch
TEST_F(FilmTest, AReportIsOneFileWithEverythingInIt) {
    state.notes().add({17, {}, "look <here>"});
    EXPECT_EQ(saveReport(out("all.html"), state, bridge.latest(), bridge.comparison()), "");
    QFile file(out("all.html"));
    ASSERT_TRUE(file.open(QIODevice::ReadOnly));
    const QString html = QString::fromUtf8(file.readAll());
    EXPECT_TRUE(html.contains("<h1>pc-512m</h1>"));
    EXPECT_TRUE(html.contains("look &lt;here&gt;"));
    EXPECT_TRUE(html.contains("Linux version 6.1"));
    EXPECT_TRUE(html.contains("Page frames") && html.contains("Zones and free lists") && html.contains("Time"));
    EXPECT_GE(html.count("src=\"data:image/png;base64,"), 8);
    EXPECT_EQ(html.count("src="), html.count("src=\"data:"));
    EXPECT_FALSE(html.contains("<script") || html.contains("http"));
}

TEST_F(FilmTest, AReportAsPdfAndOneThatIsGivenUp) {
    EXPECT_EQ(saveReport(out("all.pdf"), state, bridge.latest(), bridge.comparison()), "");
    QFile file(out("all.pdf"));
    ASSERT_TRUE(file.open(QIODevice::ReadOnly));
    EXPECT_TRUE(file.read(5) == "%PDF-");
    EXPECT_GT(file.size(), 50000);
    int steps = 0;
    const auto twice = [&steps](int, int) { return ++steps < 3; };
    EXPECT_TRUE(saveReport(out("not.html"), state, bridge.latest(), nullptr, twice).contains("given up"));
    EXPECT_FALSE(QFile::exists(out("not.html")));
    EXPECT_TRUE(saveReport(out("all.odt"), state, bridge.latest(), nullptr).contains(".pdf"));
    EXPECT_FALSE(saveReport("/nowhere/at/all.html", state, bridge.latest(), nullptr).isEmpty());
}

std::variant<Options, int> parse(std::vector<std::string> words) {
    std::vector<char*> argv;
    words.insert(words.begin(), "mmscope");
    for (std::string& word : words)
        argv.push_back(word.data());
    return parseOptions(static_cast<int>(argv.size()), argv.data());
}

TEST(FilmOptions, AreCheckedBeforeAnythingIsOpened) {
    const auto film = parse({"--export", "heatmap", "a.gif", "--from", "5", "--to", "90", "--frames", "7"});
    ASSERT_TRUE(std::holds_alternative<Options>(film));
    EXPECT_EQ(std::get<Options>(film).from, 5u);
    EXPECT_EQ(std::get<Options>(film).to, 90u);
    EXPECT_EQ(std::get<Options>(film).frames, 7u);
    EXPECT_TRUE(std::get<Options>(film).films());
    ASSERT_TRUE(std::holds_alternative<Options>(parse({"--export", "report", "a.html"})));
    EXPECT_TRUE(std::get<Options>(parse({"--export", "report", "a.pdf"})).report);
    for (const std::vector<std::string>& bad :
         std::vector<std::vector<std::string>>{{"--export", "report", "a.gif"},
                                               {"--export", "heatmap", "a.html"},
                                               {"--export", "heatmap", "a.gif", "--frames", "1"},
                                               {"--export", "heatmap", "a.png", "--from", "1"}})
        EXPECT_TRUE(std::holds_alternative<int>(parse(bad))) << bad[1] << ' ' << bad[2];
}

}  // namespace
}  // namespace mm::gui
