#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checker itself: made-up trees, each with one sin, must be caught; a clean tree must pass."""
import os
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
from check_architecture import Checker

HEAD = "// SPDX-License-Identifier: GPL-3.0-or-later\n"


def check(files):
    """files: path -> text (HEAD is put before sources that do not start with a comment)."""
    with tempfile.TemporaryDirectory() as root:
        for path, text in files.items():
            os.makedirs(os.path.join(root, os.path.dirname(path)), exist_ok=True)
            with open(os.path.join(root, path), "w") as f:
                f.write(text if text.startswith("//") else HEAD + text)
        return Checker(root).run()


class Arrows(unittest.TestCase):
    def expect_broken(self, files, words):
        broken = check(files)
        self.assertEqual(len(broken), 1, broken)
        self.assertIn(words, broken[0])

    def test_a_clean_tree_passes(self):
        self.assertEqual([], check({
            "engine/types/units.h": "#include <vector>\n",
            "engine/numa/numa.h": '#include "engine/memblock/memblock.h"\n#include "engine/numa/other.h"\n',
            "engine/observe/log.h": '#include "engine/snapshot/snapshot.h"\n',
            "engine/cli/main.cpp": '#include "engine/sim/system.h"\n',
            "gui/bridge/bridge.h": '#include "engine/sim/timeline.h"\n#include "gui/state/request.h"\n',
            "gui/views/buddy/view.cpp": '#include "gui/views/view.h"\n#include "gui/views/buddy/grid.h"\n#include "view.moc"\n',
            "gui/views/registry.cpp": '#include "gui/views/buddy/view.h"\n',
            "gui/widgets/panel.cpp": '#include "gui/views/view.h"\n',
            "gui/plots/orders.cpp": "#include <qcustomplot.h>\n",
            "gui/style/theme.cpp": 'QColor c("#D55E00");\n',
            "gui/shell/window.cpp": '#include "gui/bridge/bridge.h"\nQColor c(theme.accent); // like "#123456"\n',
        }))

    def test_an_arrow_to_the_right(self):
        self.expect_broken({"engine/types/units.h": '#include "engine/memblock/memblock.h"\n'}, "arrow to the right")
        self.expect_broken({"engine/page_alloc/a.cpp": '#  include "engine/sim/system.h"\n'}, "arrow to the right")
        self.expect_broken({"engine/snapshot/a.cpp": '#include "engine/observe/log.h"\n'}, "arrow to the right")

    def test_siblings(self):
        self.expect_broken({"engine/numa/a.h": '#include "engine/pgtable/b.h"\n'}, "numa must not include engine/pgtable")
        self.expect_broken({"engine/pgtable/a.h": '#include "engine/numa/b.h"\n'}, "pgtable must not include engine/numa")
        self.expect_broken({"engine/slub/a.h": '#include "engine/vmalloc/b.h"\n'}, "slub must not include engine/vmalloc")
        self.expect_broken({"engine/observe/a.h": '#include "engine/sim/system.h"\n'}, "observe must not include engine/sim")

    def test_the_engine_knows_neither_qt_nor_the_window(self):
        self.expect_broken({"engine/types/a.h": "#include <QString>\n"}, "no Qt")
        self.expect_broken({"engine/types/a.h": "#include <QtCore/QObject>\n"}, "no Qt")
        self.expect_broken({"engine/types/a.h": "#include <qglobal.h>\n"}, "no Qt")
        self.expect_broken({"engine/cli/a.cpp": '#include "gui/style/theme.h"\n'}, "must not include the window")

    def test_only_the_bridge_sees_sim(self):
        for room in ("views/buddy", "models", "plots", "state", "style", "widgets", "format", "shell"):
            self.expect_broken({"gui/%s/a.h" % room: '#include "engine/sim/system.h"\n'}, "only gui/bridge")
        self.expect_broken({"gui/main.cpp": '#include "engine/sim/system.h"\n'}, "only gui/bridge")
        self.expect_broken({"gui/bridge/a.h": '#include "engine/cli/args.h"\n'}, "must not include engine/cli")

    def test_views_stand_alone(self):
        self.expect_broken({"gui/views/buddy/a.h": '#include "gui/views/heatmap/b.h"\n'}, "another view")
        self.expect_broken({"gui/views/buddy/a.h": '#include "gui/bridge/bridge.h"\n'}, "must not include gui/bridge")
        self.expect_broken({"gui/views/buddy/a.h": '#include "gui/shell/window.h"\n'}, "must not include gui/shell")
        self.expect_broken({"gui/widgets/a.h": '#include "gui/views/registry.h"\n'}, "must not include gui/views")

    def test_qcustomplot_lives_in_plots(self):
        self.expect_broken({"gui/views/plot/a.cpp": "#include <qcustomplot.h>\n"}, "only gui/plots")
        self.expect_broken({"gui/widgets/a.cpp": '#include "qcustomplot.h"\n'}, "only gui/plots")

    def test_includes_are_written_from_the_root(self):
        self.expect_broken({"engine/sim/a.cpp": '#include "../cli/args.h"\n'}, "from the root")


class Habits(unittest.TestCase):
    def test_unknown_room(self):
        for house in ("engine", "gui"):
            broken = check({house + "/attic/a.h": "\n"})
            self.assertEqual(1, len(broken), broken)
            self.assertIn("unknown room", broken[0])

    def test_a_room_missing_from_the_map(self):
        broken = check({"engine/e820/a.h": "\n", "engine/README.md": "// | `types/` |\n"})
        self.assertEqual(1, len(broken), broken)
        self.assertIn("does not mention the room e820/", broken[0])

    def test_missing_licence(self):
        for path in ("engine/types/a.h", "tests/support/a.cpp", "engine/CMakeLists.txt"):
            broken = check({path: "// none\n"})
            self.assertEqual(1, len(broken), broken)
            self.assertIn("SPDX", broken[0])

    def test_a_long_file_needs_a_reason(self):
        self.assertIn("602 lines", check({"engine/types/a.h": "\n" * 601})[0])
        self.assertEqual([], check({"engine/types/a.h": "// Longer than 600 lines because one table\n" + HEAD + "\n" * 700}))
        self.assertEqual([], check({"engine/types/a.h": "\n" * 599}))

    def test_colours_live_in_style(self):
        for code in ('QColor c("#0B63CE");', "QColor(0x12, 1, 2)", "QColor c(1, 2, 3);", "qRgb(1, 2, 3)", "pen.setColor(Qt::darkGray)",
                     "QColorConstants::Red"):
            broken = check({"gui/views/buddy/a.cpp": code + "\n"})
            self.assertEqual(1, len(broken), (code, broken))
            self.assertIn("gui/style", broken[0])
        self.assertEqual([], check({"gui/views/buddy/a.cpp": "QColor c(Qt::transparent); qRgb(r, g, b);\n"}))


if __name__ == "__main__":
    unittest.main()
