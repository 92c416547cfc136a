// SPDX-License-Identifier: GPL-3.0-or-later
// A view alone, with a worker that does what it asks for. Its machine is opened by the test.
#pragma once

#include <gtest/gtest.h>

#include <QTest>
#include <QToolButton>

#include "gui/bridge/bridge.h"
#include "gui/views/view.h"
#include "tests/gui/with_application.h"

namespace mm::gui {

template<class V>
class ViewTest : public WithApplication, public testing::Test {
protected:
    void SetUp() override {
        view.resize(640, 480);
        view.show();
        QObject::connect(&view, &View::requested, [this](const Request& request) { bridge.post(request); });
    }
    void open(const char* machine) {
        bridge.post(OpenFile{QString(MMSCOPE_SOURCE_DIR "/") + machine});
        settle();
    }
    void run(const QString& words) {
        bridge.post(RunCommand{words});
        settle();
    }
    void settle() {
        ASSERT_TRUE(QTest::qWaitFor([this] { return bridge.settled() && bridge.latest(); }, 60000));
        view.setSnapshot(bridge.latest());
        view.setStatus(bridge.status());
    }
    /// Of the title line.
    QToolButton* button(const QString& words) {
        for (QToolButton* one : view.titleWidget()->template findChildren<QToolButton*>())
            if (one->text() == words) return one;
        return nullptr;
    }
    void press(const QString& words) {
        ASSERT_TRUE(button(words) && button(words)->isEnabled()) << words.toStdString();
        QTest::mouseClick(button(words), Qt::LeftButton);
        settle();
    }
    void click(QWidget& canvas, QPointF at) { QTest::mouseClick(&canvas, Qt::LeftButton, {}, at.toPoint()); }
    void select(PfnRange frames) { state.select({.frames = frames, .list = {}, .event = {}}); }
    const MachineState& now() { return bridge.latest()->state; }

    Theme theme;
    ViewState state;
    Bridge bridge;
    V view{ViewContext{theme, state}};
};

}  // namespace mm::gui
