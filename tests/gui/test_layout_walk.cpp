// SPDX-License-Identifier: GPL-3.0-or-later
// The views of virtual addresses: what a click selects, what a selection marks, and an address entered by hand.
#include <gtest/gtest.h>

#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMouseEvent>
#include <QPushButton>

#include "gui/format/format.h"
#include "gui/views/layout/layout_view.h"
#include "gui/views/walk/walk_view.h"
#include "tests/gui/with_application.h"

namespace mm::gui {
namespace {

constexpr VirtAddr base = 0xffff888000000000;

/// 64 MiB mapped in 2M leaves, the image at [16M .. 32M).
std::shared_ptr<Snapshot> mappedMachine() {
    auto s = std::make_shared<Snapshot>();
    auto machine = std::make_shared<Machine>();
    machine->version = {6, 1, 0};
    machine->command_line = "nokaslr";
    s->machine = machine;
    s->profile = &profile_for(Arch::x86_64, {6, 1, 0});
    s->state.max_pfn = s->state.max_low_pfn = pfn_down(64 * MiB);
    s->state.memblock.add(0, 64 * MiB);
    s->state.memblock.reserve(16 * MiB, 16 * MiB, "kernel image");
    DirectMap& map = s->state.direct_map;
    map.tables = PageTables(7, PagingMode::x86_64);
    map.tables.map_missing(base, {0, 64 * MiB}, 2 * MiB, page_kernel,
                           [next = Pfn{100}](PtLevel) mutable { return next++; });
    return s;
}

template<class W>
W& part(QWidget& view) {
    for (QWidget* child : view.findChildren<QWidget*>())
        if (auto* found = dynamic_cast<W*>(child)) return *found;
    throw std::runtime_error("no such part");
}

void key(QWidget& widget, int code) {
    QKeyEvent event(QEvent::KeyPress, code, Qt::NoModifier);
    QCoreApplication::sendEvent(&widget, &event);
}

int rowNamed(const LayoutCanvas& canvas, std::string_view name) {
    for (std::size_t i = 0; i < canvas.rows().size(); ++i)
        if (canvas.rows()[i].area.name == name) return static_cast<int>(i);
    return -1;
}

class VirtualViews : public WithApplication, public testing::Test {
protected:
    VirtualViews() {
        layout = std::make_unique<LayoutView>(ViewContext{theme, state});
        walk = std::make_unique<WalkView>(ViewContext{theme, state});
        layout->resize(500, 700);
        walk->resize(500, 600);
        layout->show();
        walk->show();
    }
    void open() {
        const auto snapshot = mappedMachine();
        layout->setSnapshot(snapshot);
        walk->setSnapshot(snapshot);
    }
    void enter(const QString& address) {
        part<QLineEdit>(*walk).setText(address);
        walk->walkEntered();
    }
    QString words(QWidget& view) {
        QStringList all;
        for (const QLabel* label : view.findChildren<QLabel*>())
            if (!label->isHidden()) all << label->text();
        return all.join('|');
    }
    const WalkReport& report() { return part<WalkCanvas>(*walk).report(); }

    Theme theme;
    ViewState state;
    std::unique_ptr<LayoutView> layout;
    std::unique_ptr<WalkView> walk;
};

TEST_F(VirtualViews, EmptyViewsSayWhatWillAppear) {
    EXPECT_TRUE(words(*layout).contains("Open a machine"));
    EXPECT_TRUE(words(*walk).contains("Open a machine"));
    layout->setSnapshot(std::make_shared<Snapshot>());
    walk->setSnapshot(std::make_shared<Snapshot>());
    EXPECT_TRUE(words(*layout).contains("Open a machine"));
    EXPECT_TRUE(words(*walk).contains("Open a machine"));
}

TEST_F(VirtualViews, AClickOnAnAreaSelectsItsFrames) {
    open();
    auto& canvas = part<LayoutCanvas>(*layout);
    const int image = rowNamed(canvas, "kernel image");
    ASSERT_GE(image, 0);
    const QPointF at = canvas.rowRect(image).center();
    QMouseEvent press(QEvent::MouseButtonPress, at, at, Qt::LeftButton, Qt::LeftButton, {});
    QCoreApplication::sendEvent(&canvas, &press);
    EXPECT_EQ(canvas.current(), image);
    EXPECT_EQ(state.selection().frames, (PfnRange{4096, 8192}));
    Q_EMIT canvas.chosen(rowNamed(canvas, "direct map"));
    EXPECT_EQ(state.selection().frames, (PfnRange{0, 16384}));
    EXPECT_EQ(report().virt, base) << "the walk follows the selection";
}

TEST_F(VirtualViews, KeysMoveThroughTheAreas) {
    open();
    auto& canvas = part<LayoutCanvas>(*layout);
    key(canvas, Qt::Key_End);
    EXPECT_EQ(canvas.current(), static_cast<int>(canvas.rows().size()) - 1);
    key(canvas, Qt::Key_Home);
    key(canvas, Qt::Key_Up);
    EXPECT_EQ(canvas.current(), 0);
    key(canvas, Qt::Key_Down);
    EXPECT_TRUE(canvas.accessibleDescription().contains("non-canonical hole"));
}

TEST_F(VirtualViews, RowsFillTheHeightInOrder) {
    open();
    auto& canvas = part<LayoutCanvas>(*layout);
    for (int i = 1; i < static_cast<int>(canvas.rows().size()); ++i)
        EXPECT_GE(canvas.rowRect(i).top(), canvas.rowRect(i - 1).top());
    QApplication::sendPostedEvents();  // the layout asks for its heights
    EXPECT_GE(canvas.height(), canvas.sizeHint().height()) << "words are never clipped: the view scrolls";
}

TEST_F(VirtualViews, ASelectedFrameIsFoundInTheDirectMap) {
    open();
    double share = 0;
    const auto& rows = part<LayoutCanvas>(*layout).rows();
    const int row = rowOfFrame(rows, *mappedMachine(), 8192, &share);
    ASSERT_GE(row, 0);
    EXPECT_EQ(rows[static_cast<std::size_t>(row)].area.kind, AreaKind::direct_map);
    EXPECT_DOUBLE_EQ(share, 0.5);
    EXPECT_EQ(rowOfFrame(rows, *mappedMachine(), 1 << 20, &share), -1);
}

TEST_F(VirtualViews, AnAddressIsWalked) {
    open();
    EXPECT_EQ(report().virt, base + 16 * MiB) << "at first the kernel's text";
    enter("ffff888000200123");
    EXPECT_EQ(report().phys, PhysAddr{0x200123});
    EXPECT_EQ(report().leaf_size, 2 * MiB);
    EXPECT_TRUE(words(*walk).contains("direct map"));
    auto& select = part<QPushButton>(*walk);
    EXPECT_FALSE(select.isHidden());
    select.click();
    EXPECT_EQ(state.selection().frames, (PfnRange{0x200, 0x201}));
    const Table table = walk->table();
    ASSERT_EQ(table.rows.size(), report().levels.size());
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        EXPECT_EQ(table.rows[i].size(), table.columns.size());
        const WalkLevel& level = report().levels[i];
        if (level.is_leaf) {
            EXPECT_EQ(table.rows[i].last(), hex(level.leads_to));
        }
    }
}

TEST_F(VirtualViews, BadAndUnmappedAddressesAreToldInWords) {
    open();
    enter("nonsense");
    EXPECT_TRUE(words(*walk).contains("not an address"));
    EXPECT_EQ(report().virt, base + 16 * MiB) << "the picture stays";
    enter("123456789abcdef0");
    EXPECT_FALSE(words(*walk).contains("not an address"));
    EXPECT_FALSE(report().refusal.empty());
    EXPECT_FALSE(walk->grab().isNull());
    enter("ffffc90000000000");
    EXPECT_FALSE(report().phys);
    EXPECT_TRUE(part<QPushButton>(*walk).isHidden());
}

TEST_F(VirtualViews, KeysStepByPageAndByLeaf) {
    open();
    auto& entry = part<QLineEdit>(*walk);
    enter("ffff888000200000");
    key(entry, Qt::Key_Down);
    EXPECT_EQ(report().virt, base + 2 * MiB + page_size);
    key(entry, Qt::Key_Up);
    key(entry, Qt::Key_PageDown);
    EXPECT_EQ(report().virt, base + 4 * MiB);
    EXPECT_EQ(entry.text(), "0xffff888000400000");
}

}  // namespace
}  // namespace mm::gui
