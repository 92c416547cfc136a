// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <QMouseEvent>

#include "gui/views/timeplot/timeplot_view.h"
#include "tests/gui/with_application.h"

namespace mm::gui {
namespace {

class Timeplot : public WithApplication, public testing::Test {
protected:
    Timeplot() {
        view = std::make_unique<TimeplotView>(ViewContext{theme, state});
        view->resize(1000, 120);
        view->show();
        QCoreApplication::processEvents();
    }
    Theme theme;
    ViewState state;
    std::unique_ptr<TimeplotView> view;
};

TEST_F(Timeplot, DrawsWithoutSamplesAndWithoutASnapshot) {
    EXPECT_FALSE(view->grab().isNull());
    auto s = std::make_shared<Snapshot>();
    s->total = 100;
    view->setSnapshot(s);
    EXPECT_FALSE(view->grab().isNull());
    view->setSnapshot(nullptr);
    EXPECT_FALSE(view->grab().isNull());
}

TEST_F(Timeplot, AClickAsksForThatMoment) {
    auto s = std::make_shared<Snapshot>();
    s->total = 1000;
    s->at = 10;
    view->setSnapshot(s);
    std::optional<Position> wanted;
    QObject::connect(view.get(), &View::requested, view.get(), [&wanted](const Request& request) {
        if (const auto* seek = std::get_if<Seek>(&request)) wanted = seek->to;
    });
    const QMargins margins = view->plotMargins();
    EXPECT_GT(margins.left(), 0);
    EXPECT_GT(margins.right(), 0);
    const double width = view->width() - margins.left() - margins.right();
    const QPointF at(margins.left() + 0.25 * width, 50);
    QWidget* plot = view->childAt(at.toPoint());
    ASSERT_NE(plot, nullptr);
    QMouseEvent press(QEvent::MouseButtonPress, plot->mapFrom(view.get(), at), at, Qt::LeftButton, Qt::LeftButton, {});
    QCoreApplication::sendEvent(plot, &press);
    ASSERT_TRUE(wanted.has_value());
    EXPECT_NEAR(static_cast<double>(*wanted), 250, 3);
}

}  // namespace
}  // namespace mm::gui
