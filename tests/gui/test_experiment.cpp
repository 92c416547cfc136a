// SPDX-License-Identifier: GPL-3.0-or-later
// What runs on the machine is chosen in the panel Experiment.
#include <QComboBox>
#include <QFormLayout>

#include "gui/views/experiment/experiment_view.h"
#include "gui/views/experiment/workload_form.h"
#include "tests/gui/view_test.h"

namespace mm::gui {
namespace {

class ExperimentTest : public ViewTest<ExperimentView> {
protected:
    QComboBox& list(const char* spoken) {
        for (QComboBox* box : view.findChildren<QComboBox*>())
            if (box->accessibleName() == QLatin1String(spoken)) return *box;
        throw std::runtime_error(spoken);
    }
    WorkloadForm& form() { return *view.findChild<WorkloadForm*>(); }
};

//      [kernel-build v]  beside it [leak v]     both run, and both say what they teach
TEST_F(ExperimentTest, TwoWorkloadsRunBesideEachOther) {
    open("tests/data/machines/pc-128m");
    QComboBox& story = list("Workload");
    QComboBox& beside = list("Workload beside it");
    ASSERT_GT(story.count(), 5) << "named workloads";
    EXPECT_FALSE(beside.isVisibleTo(&view)) << "random allocations run alone";
    story.setCurrentText("kernel-build");
    EXPECT_TRUE(beside.isVisibleTo(&view));
    EXPECT_EQ(form().request().story, QStringLiteral("kernel-build"));
    beside.setCurrentText("kernel-build");
    EXPECT_EQ(form().request().story, QStringLiteral("kernel-build")) << "not twice";
    beside.setCurrentText("leak");
    StartWorkload both = form().request();
    EXPECT_EQ(both.story, QStringLiteral("kernel-build+leak"));
    both.commands = 200;
    both.commandsPerSecond = 0;
    bridge.post(both);
    settle();
    EXPECT_TRUE(bridge.status().error.isEmpty()) << bridge.status().error.toStdString();
    EXPECT_EQ(bridge.status().commandsDone, 200u);
    both.story = "leak+nothing";
    bridge.post(both);
    settle();
    EXPECT_TRUE(bridge.status().error.contains("nothing: there is no such workload"))
        << bridge.status().error.toStdString();
}

}  // namespace
}  // namespace mm::gui
