#!/usr/bin/env python3
"""Nobody who reads, and no disk, can stall training, recording or stopping.

A tiny network trains without a terminal while its output goes wrong in every way there is:
- a pipe that is read at one line a second, or not at all, with SIGTERM, SIGINT or SIGHUP at the end:
  the record holds every step, the snapshots are whole, the program is gone within seconds;
- a pipe that stalls and flows again: every line is there or was counted;
- standard error that nobody reads, too;
- a non-blocking pipe: every line arrives;
- a full output and one that was never open: one line on standard error, the run goes on, status 1;
- a reader that goes away: the run ends with a snapshot and a word, status 141;
- a slow disk, on which every write to a file takes its time: training goes on, and SIGTERM leaves
  the whole record and a snapshot;
- a disk that hardly answers: a second SIGINT, and SIGQUIT behind a SIGTERM, end the run at once.

Usage: stalls.py [--steps 1000000] [--every 10000] [--binary .build/release/unfold]
Needs nothing but Python; ends with status 1 when anything does not hold.
"""
import argparse
import fcntl
import json
import os
import pathlib
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
TINY = ["network.hidden=2", "training.batch=1", "training.sequence-length=2",
        "training.validate-every=100000000"]
ENDLESS = 1_000_000_000
PATIENCE = 60


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=1_000_000)
    parser.add_argument("--every", type=int, default=10_000)
    parser.add_argument("--binary", default=ROOT / ".build/release/unfold")
    return parser.parse_args()


class Run:
    """One training run, and what it left."""

    def __init__(self, base, name, steps=None, every=None, **streams):
        self.directory = base / name
        limit = ["--steps", str(steps or ENDLESS)]
        settings = TINY + ([f"training.snapshot-every={every}"] if every else [])
        self.process = subprocess.Popen(
            [BINARY, "train", "words", "--headless", "--threads", "1", "--out", self.directory,
             *limit, *(part for s in settings for part in ("--set", s))], **streams)

    def recorded(self):
        """Every step of the record, in order."""
        steps = []
        with open(self.directory / "events.jsonl", "rb") as file:
            for line in file:
                if line.startswith(b'{"event":"step"') and line.endswith(b"\n"):
                    # The first keys of a line, without reading all the others.
                    steps.append(int(line.split(b",", 2)[1].split(b":")[1]))
                else:
                    json.loads(line)
        return steps

    def await_steps(self, count, seconds=600):
        """Waits until about so many steps are recorded, whatever the record is written in."""
        end, path = time.monotonic() + seconds, self.directory / "events.jsonl"
        while time.monotonic() < end:
            assert self.process.poll() is None, f"it ended by itself: {self.process.returncode}"
            if path.exists() and last_step(path) >= count:
                return
            time.sleep(0.05)
        raise AssertionError(f"no step {count} in {seconds} s: "
                             f"the record ends at step {last_step(path)}")

    def end(self, number, status):
        """Sends a signal and waits for the end."""
        began = time.monotonic()
        self.process.send_signal(number)
        self.wait(status)
        return time.monotonic() - began

    def wait(self, status, seconds=PATIENCE):
        try:
            found = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError(f"still there after {seconds} s") from None
        assert found == status, f"status {found}, not {status}"

    def check(self, at_least):
        """Record and snapshots are whole, and end together."""
        steps = self.recorded()
        assert steps == list(range(1, len(steps) + 1)), "the record lacks or repeats steps"
        assert len(steps) >= at_least, f"{len(steps)} steps, not {at_least}"
        # The best validation's weights stand beside the snapshots, under a name of their own.
        names = sorted(p.name for p in (self.directory / "snapshots").iterdir() if p.name != "best")
        assert names and not any(name.startswith(".") for name in names), names
        for name in names:
            state = json.loads((self.directory / "snapshots" / name / "state.json").read_text())
            rows = (self.directory / "snapshots" / name / "metrics.csv").read_bytes()
            last = int(rows.splitlines()[-1].split(b",")[0])
            assert name == f"step-{state['step']:08}" and last == state["step"], name
        assert state["step"] == len(steps), f"{names[-1]} is not the last step, {len(steps)}"
        return f"{len(steps)} steps, {len(names)} snapshots"


def last_step(path):
    with open(path, "rb") as file:
        file.seek(max(0, os.path.getsize(path) - 4096))
        for line in reversed(file.read().split(b"\n")[:-1]):
            if line.startswith(b'{"event":"step"'):
                return json.loads(line)["step"]
    return 0


def slow_reader(descriptor, lines_per_second):
    """Reads lines at a leisurely pace until the end."""
    def read():
        with os.fdopen(descriptor, "rb", buffering=0) as file:
            while select.select([file], [], [], 60)[0] and file.read(170):
                time.sleep(1 / lines_per_second)
    threading.Thread(target=read, daemon=True).start()


def one_line_a_second(base, arguments):
    reading, writing = os.pipe()
    run = Run(base, "slow", every=arguments.every, stdout=writing, stderr=subprocess.DEVNULL)
    os.close(writing)
    slow_reader(reading, 1)
    run.await_steps(arguments.steps)
    took = run.end(signal.SIGTERM, 128 + signal.SIGTERM)
    return f"{run.check(arguments.steps)}, gone {took:.1f} s after SIGTERM"


def unread(number):
    def check(base, arguments):
        reading, writing = os.pipe()
        # Standard error into the same pipe: nothing at all is read.
        run = Run(base, f"unread-{number}", every=arguments.every, stdout=writing, stderr=writing)
        os.close(writing)
        wanted = min(arguments.steps, 100_000)
        run.await_steps(wanted)
        took = run.end(number, 128 + number)
        os.close(reading)
        return f"{run.check(wanted)}, gone {took:.1f} s after {signal.Signals(number).name}"
    return check


def completed_unread(base, arguments):
    reading, writing = os.pipe()
    run = Run(base, "completed", steps=20_000, stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    run.wait(0, 60)
    errors = run.process.stderr.read().decode().splitlines()
    os.close(reading)
    assert len(errors) == 1 and "lines were not taken" in errors[0], errors
    return f"{run.check(20_000)}; {errors[0]}"


def flows_again(base, arguments):
    reading, writing = os.pipe()
    steps = 100_000
    run = Run(base, "again", steps=steps, stdout=writing, stderr=subprocess.DEVNULL)
    os.close(writing)
    run.await_steps(steps // 2)
    taken, missed, expected = 0, 0, 1
    with os.fdopen(reading, "rb") as file:
        for line in file:
            event = json.loads(line)
            if event["event"] == "warning" and event["text"].endswith("were not taken"):
                missed += int(event["text"].split()[0])
                expected = None
            elif event["event"] == "step":
                assert expected in (None, event["step"]), f"{event['step']} is not {expected}"
                taken, expected = taken + 1, event["step"] + 1
    run.wait(0)
    run.check(steps)
    # Lines of other kinds, such as alerts, may be among those that were not taken.
    assert missed > 0 and steps <= taken + missed <= steps + 100, \
        f"{taken} taken, {missed} missed of {steps}"
    return f"{taken} lines taken, {missed} counted, of {steps}"


def non_blocking(base, arguments):
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETFL, os.O_NONBLOCK)
    run = Run(base, "non-blocking", steps=5000, stdout=writing, stderr=subprocess.DEVNULL)
    os.close(writing)
    steps = []
    with os.fdopen(reading, "rb") as file:
        for line in file:
            event = json.loads(line)
            if event["event"] == "step":
                steps.append(event["step"])
                if event["step"] % 500 == 0:
                    time.sleep(0.02)
    run.wait(0)
    assert steps == list(range(1, 5001)), f"{len(steps)} lines of 5000"
    return run.check(5000)


def refused(name, redirection, word):
    def check(base, arguments):
        directory = base / name
        command = f'exec "$0" train words --headless --steps 3000 --out "$1" "${{@:2}}" {redirection}'
        settings = [part for s in TINY for part in ("--set", s)]
        done = subprocess.run(["bash", "-c", command, BINARY, str(directory), *settings],
                              stderr=subprocess.PIPE, timeout=60)
        errors = done.stderr.decode().splitlines()
        assert done.returncode == 1, f"status {done.returncode}"
        assert len(errors) == 1 and word in errors[0], errors
        run = Run.__new__(Run)
        run.directory = directory
        return f"{run.check(3000)}; {errors[0]}"
    return check


def reader_leaves(base, arguments):
    reading, writing = os.pipe()
    run = Run(base, "left", stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    os.read(reading, 500)
    os.close(reading)
    run.wait(128 + signal.SIGPIPE)
    errors = run.process.stderr.read().decode().splitlines()
    assert len(errors) == 1 and "nobody reads it any more" in errors[0], errors
    return f"{run.check(1)}; {errors[0]}"


SLOW_DISK = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
static void wait_if_file(int file) {
  struct stat status;
  struct timespec time = {0, 30000000};
  if (getenv("SLOW_DISK_SECONDS")) time.tv_sec = atoi(getenv("SLOW_DISK_SECONDS"));
  if (fstat(file, &status) == 0 && S_ISREG(status.st_mode)) nanosleep(&time, 0);
}
ssize_t write(int file, const void *bytes, size_t count) {
  wait_if_file(file);
  return ((ssize_t (*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write"))(file, bytes, count);
}
int fsync(int file) {
  wait_if_file(file);
  return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(file);
}
"""


def slow_library(base):
    """What makes writes to files slow; nil without a C compiler."""
    compiler = next(filter(shutil.which, ["cc", "clang", "gcc"]), None)
    if compiler is None:
        return None
    (base / "slow.c").write_text(SLOW_DISK)
    subprocess.run([compiler, "-shared", "-fPIC", "-o", base / "slow.so", base / "slow.c", "-ldl"],
                   check=True)
    return str(base / "slow.so")


def impatient(second):
    """A run that a dead disk keeps from saving: who asks a second time is not kept waiting."""
    def check(base, arguments):
        library = slow_library(base)
        if library is None:
            return "passed over: no C compiler"
        run = Run(base, "dead-disk", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                  env=dict(os.environ, LD_PRELOAD=library, SLOW_DISK_SECONDS="8"))
        path = run.directory / "preset.yaml"
        end = time.monotonic() + 60
        while not path.exists() and time.monotonic() < end:
            time.sleep(0.1)
        time.sleep(25)
        run.process.send_signal(signal.SIGINT if second == signal.SIGINT else signal.SIGTERM)
        time.sleep(1)
        assert run.process.poll() is None, "the first signal did not wait for the snapshot"
        took = run.end(second, 128 + second)
        assert took < 5, f"gone {took:.1f} s after the second signal"
        return f"gone {took:.1f} s after the second signal"
    return check


def slow_disk(base, arguments):
    library = slow_library(base)
    if library is None:
        return "passed over: no C compiler"
    run = Run(base, "slow-disk", every=5000, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
              env=dict(os.environ, LD_PRELOAD=library))
    began = time.monotonic()
    run.await_steps(20_000)
    took = time.monotonic() - began
    ended = run.end(signal.SIGTERM, 128 + signal.SIGTERM)
    return f"{run.check(20_000)} in {took:.1f} s, gone {ended:.1f} s after SIGTERM"


CHECKS = {
    "read at 1 line a second": one_line_a_second,
    "never read, SIGTERM": unread(signal.SIGTERM),
    "never read, SIGINT": unread(signal.SIGINT),
    "never read, SIGHUP": unread(signal.SIGHUP),
    "never read, completed": completed_unread,
    "stalls and flows again": flows_again,
    "non-blocking": non_blocking,
    "/dev/full": refused("full", "> /dev/full", "the disk is full"),
    ">&-": refused("closed", ">&-", "it is not open"),
    "the reader leaves": reader_leaves,
    "a slow disk": slow_disk,
    "a dead disk, SIGINT twice": impatient(signal.SIGINT),
    "a dead disk, SIGQUIT": impatient(signal.SIGQUIT),
}


def main():
    # Who starts this may ignore signals, as nohup does; the runs would inherit it.
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    arguments = options()
    global BINARY
    BINARY = str(pathlib.Path(arguments.binary).resolve())
    failures = 0
    for name, check in CHECKS.items():
        base = pathlib.Path(tempfile.mkdtemp(prefix="unfold-stalls-"))
        try:
            outcome = check(base, arguments)
        except (AssertionError, subprocess.TimeoutExpired, OSError) as error:
            failures += 1
            outcome = f"FAILS: {error}"
        finally:
            shutil.rmtree(base, ignore_errors=True)
        print(f"{name:24} {outcome}", flush=True)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
