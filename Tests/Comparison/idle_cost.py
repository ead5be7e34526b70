#!/usr/bin/env python3
"""What the dashboard itself costs: processor time paused, processor time and output while training.

    Tests/Comparison/idle_cost.py [--preset words] [--seconds 20] [--rounds 3]

The share while training is the processor time that a step takes with the dashboard at 120×40, less
what it takes headless, times the steps in a second. One thread trains: of two, one waits spinning
for the other, which counts as processor time, too. Needs a release build and a quiet machine.
"""

import argparse
import fcntl
import os
import pty
import select
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.path.join(ROOT, ".build", "release", "unfold")
TICK = os.sysconf("SC_CLK_TCK")


def processor_seconds(pid):
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def steps(run):
    """Steps recorded so far."""
    with open(os.path.join(run, "events.jsonl"), "rb") as file:
        return sum(line.startswith(b'{"event":"step"') for line in file)


class Dashboard:
    """The program in a pseudo-terminal whose output is read and counted."""

    def __init__(self, preset, run):
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = "xterm-256color"
            os.execv(PROGRAM, [PROGRAM, "train", preset, "--threads", "1", "--out", run])
        fcntl.ioctl(self.descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        self.count = 0

    def read_for(self, seconds):
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if select.select([self.descriptor], [], [], left)[0]:
                self.count += len(os.read(self.descriptor, 1 << 16))

    def press(self, keys):
        os.write(self.descriptor, keys.encode())

    def end(self):
        try:
            self.press("q")
            self.read_for(0.5)
            self.press("q")
            self.read_for(2)
            os.kill(self.pid, signal.SIGKILL)
        except (OSError, ProcessLookupError):
            pass  # It has left, as it should.
        os.waitpid(self.pid, 0)
        os.close(self.descriptor)


def watched(preset, seconds, run):
    shown = Dashboard(preset, run)
    try:
        shown.read_for(5)
        before = processor_seconds(shown.pid), steps(run), shown.count, time.monotonic()
        shown.read_for(seconds)
        after = processor_seconds(shown.pid), steps(run), shown.count, time.monotonic()
        spent, done, written, passed = (b - a for a, b in zip(before, after))
        shown.press(" ")
        shown.read_for(2)
        start = processor_seconds(shown.pid)
        shown.read_for(10)
        paused = (processor_seconds(shown.pid) - start) / 10
    finally:
        shown.end()
    return spent / done, done / passed, written / passed / 1024, paused


def headless(preset, seconds, run):
    process = subprocess.Popen(
        [PROGRAM, "train", preset, "--threads", "1", "--headless", "--out", run], stdout=subprocess.DEVNULL
    )
    try:
        time.sleep(5)
        before = processor_seconds(process.pid), steps(run)
        time.sleep(seconds)
        after = processor_seconds(process.pid), steps(run)
    finally:
        process.terminate()
        process.wait()
    return (after[0] - before[0]) / (after[1] - before[1])


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--preset", default="words")
    options.add_argument("--seconds", type=float, default=20)
    options.add_argument("--rounds", type=int, default=3)
    options = options.parse_args()
    if not os.path.exists(PROGRAM):
        sys.exit("no release build: swift build -c release")
    place = tempfile.mkdtemp(prefix="unfold-cost-")
    rows = []
    try:
        for index in range(options.rounds):
            plain = headless(options.preset, options.seconds, f"{place}/headless-{index}")
            per_step, rate, written, paused = watched(
                options.preset, options.seconds, f"{place}/watched-{index}"
            )
            rows.append(((per_step - plain) * rate, rate, written, paused))
            print(
                f"round {index + 1}: headless {plain * 1e3:.3f} ms of processor a step, "
                f"watched {per_step * 1e3:.3f} ms at {rate:.1f} steps/s",
                flush=True,
            )
    finally:
        shutil.rmtree(place, ignore_errors=True)
    share, _, written, paused = (statistics.median(column) for column in zip(*rows))
    print(f"paused            {paused:.2%} of a core      (goal: under 0.5 %)")
    print(f"training          {share:.2%} of a core      (goal: under 2 %)")
    print(f"written           {written:.1f} KiB/s         (goal: under 10 KiB/s)")


main()
