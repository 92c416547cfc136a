// SPDX-License-Identifier: GPL-3.0-or-later
// A map of 64 GiB that hides nobody: one unmovable page among 2^24 frames is seen at every zoom.
//
//      pageblock   [ M M M M M M ... M U M ... M ]        U: one page of 512, the only one in the machine
#include <gtest/gtest.h>

#include "gui/views/heatmap/heatmap_view.h"
#include "tests/gui/with_application.h"

namespace mm::gui {
namespace {

constexpr Pfn end = Pfn{1} << 24;
constexpr Pfn odd = 0x9a5f37;

class HonestMapTest : public WithApplication, public testing::TestWithParam<Arrangement> {
protected:
    HonestMapTest() : columns(end) {
        columns.set_state(0, end, state_byte(PageState::allocated, MigrateType::movable));
        base.state.memblock.add(0, phys_of(end));
        base.state.zones.pageblock_type.assign(end / pageblock_pages, static_cast<std::uint8_t>(MigrateType::movable));
    }
    SnapshotPtr freeze() {
        auto s = std::make_shared<Snapshot>(base);
        s->pages = columns.freeze();
        return s;
    }
    int unmovablePixels(HeatmapView& view) const {
        const QImage image = view.canvas().grab().toImage();
        const QRgb ink = theme.migrate(MigrateType::unmovable, false).rgb();
        int n = 0;
        for (int y = 0; y < image.height(); ++y)
            for (int x = 0; x < image.width(); ++x)
                n += image.pixel(x, y) == ink;
        return n;
    }

    Theme theme;
    ViewState state;
    Snapshot base;
    PageColumns columns;
};

TEST_P(HonestMapTest, OneUnmovablePageOfSixtyFourGibibytesIsSeenAtEveryZoom) {
    HeatmapView view(ViewContext{theme, state});
    view.resize(700, 450);
    view.canvas().setArrangement(GetParam());
    view.setSnapshot(freeze());
    view.show();
    QApplication::processEvents();
    EXPECT_EQ(unmovablePixels(view), 0) << "nobody is shown who is not there";
    columns.set_state(odd, 1, state_byte(PageState::allocated, MigrateType::unmovable));
    view.setSnapshot(freeze());
    EXPECT_GE(unmovablePixels(view), 1) << "a change is followed at the widest view";
    for (NrPages frames = end; frames >= pageblock_pages; frames /= 4) {
        const Pfn first = align_down(odd, frames);
        state.setZoom(phys_of(PfnRange{first, first + frames}));
        QApplication::processEvents();
        EXPECT_GE(unmovablePixels(view), 1) << frames << " frames in view";
    }
}

std::string nameOf(const testing::TestParamInfo<Arrangement>& which) {
    constexpr std::array names{"rows", "lines", "hilbert"};
    return names[static_cast<std::size_t>(which.param)];
}
INSTANTIATE_TEST_SUITE_P(Arrangements, HonestMapTest,
                         testing::Values(Arrangement::rows, Arrangement::lines, Arrangement::hilbert), nameOf);

}  // namespace
}  // namespace mm::gui
