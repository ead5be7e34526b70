#!/usr/bin/env python3
"""What the dashboard itself costs: processor time paused, processor time and output while training.

    Tests/Comparison/idle_cost.py [--preset words] [--seconds 20] [--rounds 3]

The share while training has two parts, both by account rather than as a difference of two noisy
rates: the processor time of all threads but the one that trains (each second's, of which the median
is taken), and the time between two steps, validations apart, in which the engine looks at the
network for the dashboard. The same is printed for a headless run, which records just as much. One
thread trains: of two, one waits spinning for the other. Needs a release build.
"""

import argparse
import fcntl
import json
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


def thread_seconds(pid):
    """Processor seconds of each thread."""
    found = {}
    for thread in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{thread}/schedstat") as file:
                found[thread] = int(file.read().split()[0]) * 1e-9
        except (FileNotFoundError, ProcessLookupError):
            pass  # It has just ended.
    return found


def beside_training(pid, seconds, wait):
    """Median over seconds of the processor time of all threads but the busiest, in cores."""
    shares = []
    before, start = thread_seconds(pid), time.monotonic()
    for _ in range(max(1, int(seconds))):
        wait(1)
        after, end = thread_seconds(pid), time.monotonic()
        spent = [after[thread] - before.get(thread, 0) for thread in after]
        shares.append((sum(spent) - max(spent)) / (end - start))
        before, start = after, end
    return statistics.median(shares)


def between_steps(run):
    """The share of time between two steps, but those after which validation was due."""
    done, validated = [], set()
    with open(os.path.join(run, "events.jsonl")) as file:
        for line in file:
            if not line.endswith("\n"):
                break
            if line.startswith('{"event":"step"'):
                step = json.loads(line)
                done.append(
                    (step["step"], step["elapsed"], step["tokens"] / step["tokensPerSecond"]))
            elif line.startswith('{"event":"validation"'):
                validated.add(json.loads(line)["step"])
    settled = [step for step in done if step[1] > 5]
    gaps = total = 0
    for (number, end, _), (_, next_end, duration) in zip(settled, settled[1:]):
        if number not in validated:
            gaps += max(0, next_end - end - duration)
            total += next_end - end
    return gaps / total


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
        count, start = shown.count, time.monotonic()
        beside = beside_training(shown.pid, seconds, shown.read_for)
        written = (shown.count - count) / (time.monotonic() - start) / 1024
        between = between_steps(run)
        shown.press(" ")
        shown.read_for(2)
        before = processor_seconds(shown.pid)
        shown.read_for(10)
        paused = (processor_seconds(shown.pid) - before) / 10
    finally:
        shown.end()
    return beside, between, written, paused


def headless(preset, seconds, run):
    process = subprocess.Popen(
        [PROGRAM, "train", preset, "--threads", "1", "--headless", "--out", run],
        stdout=subprocess.DEVNULL)
    try:
        time.sleep(5)
        return beside_training(process.pid, seconds, time.sleep), between_steps(run)
    finally:
        process.terminate()
        process.wait()


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
            row = watched(options.preset, options.seconds, f"{place}/watched-{index}")
            rows.append((*plain, *row))
            print(
                f"round {index + 1}: headless {plain[0]:.2%} beside training and {plain[1]:.2%} "
                f"between steps, watched {row[0]:.2%} and {row[1]:.2%}", flush=True)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    plain_beside, plain_between, beside, between, written, paused = (
        statistics.median(column) for column in zip(*rows))
    share = beside + between
    print(f"paused            {paused:.2%} of a core      (goal: under 0.5 %)")
    print(f"training          {share:.2%} of a core      (goal: under 2 %), of which "
          f"{plain_beside + plain_between:.2%} is there without a dashboard, too")
    print(f"written           {written:.1f} KiB/s         (goal: under 10 KiB/s)")


main()
