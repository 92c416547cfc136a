#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps the house in order: who may include whom, and a few habits that are easy to lose.

    check_architecture.py ROOT      prints one line a broken rule (file:line: what, and what to do) and exits with 1

The order of the engine's rooms is the table ENGINE; an include may only point to a smaller number, siblings share one and
do not include each other. The table GUI names what a room of the window must not include. A new folder has to be added here
and to the README of its house, in the same commit.
"""
import os
import re
import sys

ENGINE = {
    "types": 0, "profile": 1, "firmware": 2, "e820": 3, "memblock": 4, "numa": 5, "pgtable": 5, "mmzone": 6, "page_alloc": 7,
    "slab_common": 8, "slab": 9, "slub": 10, "vmalloc": 10, "pat": 8, "highmem": 10, "mm": 11, "kstack": 11, "percpu": 11, "hotplug": 11, "vmscan": 12, "snapshot": 13,
    "observe": 14, "verify": 15, "replay": 15, "sim": 16, "script": 17, "session": 17, "cli": 18,
}
GUI_ENGINE_LIMIT = "verify"  # the last engine room that the window sees; gui/bridge alone sees more
BRIDGE_ENGINE_LIMIT = "session"
GUI = {  # room: the rooms of gui/ that it must not include
    "bridge": {"shell", "views", "plots", "widgets", "bench"},
    "shell": {"bench"},
    "bench": set(),  # measures everything, and nobody needs it but main
    "views": {"bridge", "shell", "bench"},
    "models": {"bridge", "shell", "bench", "views"},
    "plots": {"bridge", "shell", "bench", "views"},
    "state": {"bridge", "shell", "bench", "views"},
    "style": {"bridge", "shell", "bench", "views"},
    "widgets": {"bridge", "shell", "bench", "views"},
    "format": {"bridge", "shell", "bench", "views"},
}
SHARED_BY_VIEWS = {"gui/views/view.h", "gui/views/registry.h"}
CONTRACT = "gui/views/view.h"  # what a view is; whoever frames views may include it

SPDX = "SPDX-License-Identifier: GPL-3.0-or-later"
LONGEST = 600
REASON = "Longer than 600 lines because"

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
COLOURS = [re.compile(p) for p in (
    r'"#[0-9a-fA-F]{3,8}"',
    r"\bQColor\s*[({]\s*(0x[0-9a-fA-F]+|\d+)\s*[,)}]",
    r"\bQColor\s+\w+\s*[({]\s*(0x[0-9a-fA-F]+|\d+)\s*[,)}]",
    r"\bqRgba?\s*\(\s*(0x[0-9a-fA-F]+|\d+)\s*,",
    r"\bQt::(dark|light)?([Bb]lack|[Ww]hite|[Rr]ed|[Gg]reen|[Bb]lue|[Cc]yan|[Mm]agenta|[Yy]ellow|[Gg]r[ae]y)\b",
    r"\bQColorConstants::",
)]


class Checker:
    def __init__(self, root):
        self.root = root
        self.broken = []

    def complain(self, path, line, text):
        self.broken.append("%s:%d: %s" % (path, line, text))

    def run(self):
        for house, rooms in (("engine", ENGINE), ("gui", GUI)):
            self.check_rooms(house, rooms)
        for path in self.files():
            with open(os.path.join(self.root, path), encoding="utf-8", errors="replace") as f:
                lines = f.read().splitlines()
            self.check_spdx(path, lines)
            if path.endswith((".h", ".cpp", ".py")):
                self.check_length(path, lines)
            if path.startswith(("engine/", "gui/")) and path.endswith((".h", ".cpp")):
                self.check_includes(path, lines)
            if path.startswith("gui/") and not path.startswith("gui/style/"):
                self.check_colours(path, lines)
        return self.broken

    def files(self):
        """Every source, as a path from the root with slashes, in a fixed order."""
        for top in ("engine", "gui", "tests", "packaging", ".ci", "CMakeLists.txt"):
            whole = os.path.join(self.root, top)
            if os.path.isfile(whole):
                yield top
            for folder, folders, names in os.walk(whole):
                folders[:] = sorted(d for d in folders if d not in ("build", "data", "__pycache__"))
                for name in sorted(names):
                    path = os.path.relpath(os.path.join(folder, name), self.root).replace(os.sep, "/")
                    if name.endswith((".h", ".cpp", ".py", ".cmake", ".sh")) or name == "CMakeLists.txt" or self.is_script(path):
                        yield path

    def is_script(self, path):
        with open(os.path.join(self.root, path), "rb") as f:
            return f.read(2) == b"#!"

    def check_rooms(self, house, rooms):
        top = os.path.join(self.root, house)
        if not os.path.isdir(top):
            return
        readme = ""
        if os.path.exists(os.path.join(top, "README.md")):
            with open(os.path.join(top, "README.md"), encoding="utf-8") as f:
                readme = f.read()
        for name in sorted(os.listdir(top)):
            if not os.path.isdir(os.path.join(top, name)) or name.startswith("_"):
                continue
            if name not in rooms:
                self.complain("%s/%s" % (house, name), 1, "unknown room: give it its place in %s of "
                              "tests/architecture/check_architecture.py and a line in %s/README.md" % (house.upper(), house))
            elif readme and name + "/" not in readme:
                self.complain("%s/README.md" % house, 1, "the map does not mention the room %s/" % name)

    def check_spdx(self, path, lines):
        if not any(SPDX in line for line in lines[:3]):
            self.complain(path, 1, "no '%s' in the first lines" % SPDX)

    def check_length(self, path, lines):
        if len(lines) > LONGEST and not any(REASON in line for line in lines[:15]):
            self.complain(path, LONGEST + 1, "%d lines: split the file, or say '// %s ...' in its first 15 lines"
                          % (len(lines), REASON))

    def check_colours(self, path, lines):
        for number, line in enumerate(lines, 1):
            code = re.sub(r"//.*", "", line)
            for pattern in COLOURS:
                found = pattern.search(code)
                if found:
                    self.complain(path, number, "colour literal %s: name it in gui/style" % found.group(0))
                    break

    def check_includes(self, path, lines):
        for number, line in enumerate(lines, 1):
            found = INCLUDE.match(line)
            if not found:
                continue
            bracket, target = found.groups()
            if "qcustomplot" in target.lower() and not path.startswith("gui/plots/"):
                self.complain(path, number, "only gui/plots includes qcustomplot.h")
            if path.startswith("engine/") and re.match(r"Q[A-Za-z]|q[a-z]+\.h$", target) and bracket == "<":
                self.complain(path, number, "the engine knows no Qt: %s" % target)
            if target.startswith(("engine/", "gui/")):
                self.check_arrow(path, number, target)
            elif bracket == '"' and not target.endswith(".moc") and "qcustomplot" not in target:
                self.complain(path, number, 'write includes from the root: "engine/room/file.h", not "%s"' % target)

    def check_arrow(self, path, number, target):
        house, room = path.split("/")[0], path.split("/")[1]
        other_house, other = target.split("/")[0], target.split("/")[1]
        if house == "engine" and other_house == "engine":
            if room in ENGINE and other in ENGINE and room != other and ENGINE[other] >= ENGINE[room]:
                self.complain(path, number, "arrow to the right: engine/%s must not include engine/%s" % (room, other))
        elif house == "engine":
            self.complain(path, number, "the engine must not include the window: %s" % target)
        elif other_house == "engine":
            limit = BRIDGE_ENGINE_LIMIT if room == "bridge" else GUI_ENGINE_LIMIT
            if other in ENGINE and ENGINE[other] > ENGINE[limit]:
                self.complain(path, number, "gui/%s must not include engine/%s%s" % (
                    room, other, "" if room == "bridge" else ": only gui/bridge sees more than engine/" + limit))
        elif other in GUI.get(room, set()) and target != CONTRACT:
            self.complain(path, number, "gui/%s must not include gui/%s" % (room, other))
        elif room == other == "views" and target not in SHARED_BY_VIEWS:
            mine, its = path.split("/")[2:-1], target.split("/")[2:-1]
            if its and mine != its and mine:
                self.complain(path, number, "a view must not include another view: %s" % target)


def main():
    if len(sys.argv) != 2 or not os.path.isdir(os.path.join(sys.argv[1], "engine")):
        print(__doc__, file=sys.stderr)
        return 2
    broken = Checker(sys.argv[1]).run()
    print("\n".join(broken + ["%d broken rules" % len(broken)]))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
