#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Journeys through mmscope under Xvfb, keys and mouse by xdotool: to a stage by name, a frame by a click, a bookmark;
closed and opened again, killed and opened again; to an allocation that fails and the answer why. What happened is read from the session the window keeps. Every wait is
for a condition."""
import configparser
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

PATIENCE = 180  # a machine that has much else to do
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def wait_for(condition, what):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.05)  # between two looks, not for something to be done by then
    raise AssertionError(f"waited in vain for {what}")


class Screen:
    """An X server of our own."""

    def __init__(self):
        read, write = os.pipe()
        self.process = subprocess.Popen(
            # Without -noreset it starts anew when its last client goes, and refuses whoever comes meanwhile.
            ["Xvfb", "-noreset", "-displayfd", str(write), "-screen", "0", "1280x800x24"],
            pass_fds=[write], stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as number:
            self.display = ":" + number.readline().strip()

    def close(self):
        self.process.terminate()
        self.process.wait()


class Window:
    def __init__(self, screen, home, *arguments):
        self.environment = {**os.environ, "DISPLAY": screen.display, "XDG_CONFIG_HOME": home, "HOME": home}
        self.environment.pop("QT_QPA_PLATFORM", None)
        self.environment.pop("WAYLAND_DISPLAY", None)
        self.settings = os.path.join(home, "mmscope", "mmscope.conf")
        self.process = subprocess.Popen([os.environ["MMSCOPE"], *arguments], env=self.environment,
                                        stderr=subprocess.DEVNULL)
        self.id = wait_for(self.find, "the window").split()[0]
        wait_for(lambda: "\u2013 mmscope" in self.xdotool("getwindowname", self.id), "a machine in the window")
        self.xdotool("windowfocus", self.id)

    def find(self):
        if self.process.poll() is not None:
            raise AssertionError(f"mmscope ended with exit code {self.process.returncode}")
        return self.xdotool("search", "--onlyvisible", "--name", "mmscope")

    def xdotool(self, *words):
        return subprocess.run(["xdotool", *words], env=self.environment, capture_output=True, text=True).stdout.strip()

    def key(self, name):
        self.xdotool("key", "--clearmodifiers", name)

    def type(self, words):
        self.xdotool("type", "--delay", "20", words)

    def click(self, x, y):
        self.xdotool("mousemove", "--window", self.id, str(x), str(y))
        self.xdotool("click", "1")

    def session(self, key):
        """A value of the session as it is on disk; the window writes it as it goes."""
        settings = configparser.ConfigParser(interpolation=None)
        settings.optionxform = str
        if os.path.exists(self.settings):
            settings.read(self.settings)
        return settings.get("session", key, fallback="")

    def notes(self):
        settings = configparser.ConfigParser(interpolation=None)
        settings.optionxform = str
        settings.read(self.settings)
        return dict(settings["notes"]) if "notes" in settings else {}

    def press(self, name, times=1):
        for _ in range(times):
            self.key(name)

    def enter(self, words):
        """In place of what a field holds."""
        self.key("ctrl+a")
        for letter in words:
            self.key(letter)

    def export(self, view):
        """What a view says of what the window keeps, asked of another process that needs no display."""
        path = os.path.join(self.environment["HOME"], view + ".txt")
        kept = os.path.join(self.environment["HOME"], ".local/share/mmscope/mmscope/kept.mms")
        done = subprocess.run([os.environ["MMSCOPE"], "--export", view, path, kept], stderr=subprocess.DEVNULL,
                              env={**self.environment, "QT_QPA_PLATFORM": "offscreen"})
        if done.returncode != 0:
            return ""  # not kept yet
        with open(path, encoding="utf-8") as words:
            return words.read()

    def quit(self):
        self.key("ctrl+q")
        return self.process.wait(PATIENCE)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


class Journeys(unittest.TestCase):
    def setUp(self):
        self.screen = Screen()
        self.home = tempfile.mkdtemp()
        self.window = None

    def tearDown(self):
        if self.window and self.window.process.poll() is None:
            self.window.kill()
        self.screen.close()
        shutil.rmtree(self.home)

    def open(self, *arguments):
        self.window = Window(self.screen, self.home, *arguments)
        return self.window

    def at(self):
        return int(self.window.session("position") or -1)

    def test_to_a_stage_by_name_and_back_after_closing(self):
        window = self.open("--size", "1280x800", "--position", "0")
        window.key("End")
        end = wait_for(lambda: self.at() > 0 and self.at(), "the end of the boot")
        window.key("ctrl+k")
        window.type("mem_init")
        window.key("Return")
        stage = wait_for(lambda: 0 < self.at() < end and self.at(), "a moment before the end")
        window.key("Right")
        wait_for(lambda: self.at() == stage + 1, "the next event")
        window.click(340, 450)  # into the map of page frames
        chosen = wait_for(lambda: window.session("selected") not in ("", "0, 0") and window.session("selected"),
                          "selected frames")
        window.key("ctrl+d")
        wait_for(window.notes, "a bookmark on disk")
        self.assertEqual(window.quit(), 0)
        again = self.open()
        wait_for(lambda: self.at() == stage + 1, "the moment it was closed at")
        self.assertEqual(again.session("selected"), chosen)
        self.assertEqual(again.quit(), 0)

    def test_killed_it_reopens_where_it_was(self):
        window = self.open("--size", "1280x800", "--position", "0")
        window.key("Right")
        window.key("Right")
        wait_for(lambda: self.at() == 2, "two steps on disk")
        window.kill()
        self.open()
        wait_for(lambda: self.at() == 2, "the moment it was killed at")

    def test_a_machine_is_fragmented_until_order_9_fails_and_says_why(self):
        machine = os.path.join(TOP, "tests/data/machines/pc-128m")
        window = self.open(machine, "--size", "1280x800", "--position", "0")
        window.key("End")
        end = wait_for(lambda: self.at() > 0 and self.at(), "the end of the boot")
        window.key("ctrl+2")  # the Allocation layout: Experiment at the left
        window.click(130, 128)  # the order, by hand
        window.press("Tab", 8)  # on to the workload's rate
        window.key("End")
        window.key("Up")  # fast, yet no more commands on a fast machine: each look at what is kept does them again
        window.press("Tab", 5)
        window.enter("0")  # single pages
        window.press("Tab", 2)
        window.enter("97")  # percent of memory in use
        window.key("Tab")
        window.key("space")  # Start
        wait_for(lambda: self.at() > end + 100000, "a fragmented machine")
        window.key("space")  # Stop
        window.press("shift+Tab", 16)  # back to the order
        window.enter("9")
        window.key("Tab")
        window.press("space", 12)  # Allocate, until also the small zone below 16 MiB has none
        window.key("shift+F1")  # Why this allocation?
        wait_for(lambda: (words := window.export("why")) and "order 9" in words and "fail" in words, "why order 9 failed")
        self.assertEqual(window.quit(), 0)


if __name__ == "__main__":
    if not shutil.which("Xvfb") or not shutil.which("xdotool"):
        print("skipped: Xvfb or xdotool is missing")
        sys.exit(77)
    unittest.main()
