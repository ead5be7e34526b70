#!/usr/bin/env python3
"""Kills a run as a snapshot appears, again and again, and counts the steps that its record lacks.

One run of the default preset goes on through all rounds. Each waits until a snapshot gets its name,
kills at once (SIGKILL), and resumes. Before every second resume the times that the snapshots say
they were saved at are mixed up, as by a clock that was set back. Demanded are
- every step up to each snapshot in the record: what a kill takes comes after the newest snapshot;
- that a resumed run goes on from the newest snapshot by counter and step, whatever the times say;
- at the end, every step once in what `unfold export` makes of the record.

Prints the figures. Needs nothing but Python.
Usage: snapshot_kills.py [rounds, 200 by default] [path of the unfold binary]
"""
import csv
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 200
BINARY = sys.argv[2] if len(sys.argv) > 2 else ROOT / ".build/release/unfold"
UNFOLD = str(pathlib.Path(BINARY).resolve())
SETTINGS = ["--set", "training.snapshot-every=40", "--set", "training.keep-snapshots=3",
            "--set", "training.validate-every=70", "--set", "network.hidden=16",
            "--set", "training.batch=4", "--set", "training.sequence-length=16",
            "--steps", "10000000"]


def snapshots(run):
    """Names, with what tells a snapshot from one that took its place."""
    try:
        return {(e.name, e.inode()) for e in os.scandir(run / "snapshots")
                if not e.name.startswith(".")}
    except FileNotFoundError:
        return set()


def states(run):
    found = {}
    for directory in (run / "snapshots").iterdir():
        if not directory.name.startswith("."):
            found[directory] = json.loads((directory / "state.json").read_text())
    return found


def mix_up_times(run):
    for directory, state in states(run).items():
        state["saved"] = 1.7e9 + random.uniform(-1e6, 1e6)
        (directory / "state.json").write_text(json.dumps(state))


class Record:
    """What the lines of a record say, taken in session after session."""

    def __init__(self, run):
        self.path, self.offset = run / "events.jsonl", 0
        self.last = self.missing = self.twice = self.sessions = 0
        self.began = None

    def read(self):
        with open(self.path, "rb") as file:
            file.seek(self.offset)
            text = file.read()
        whole = text.rfind(b"\n") + 1
        self.offset += whole
        for line in text[:whole].splitlines():
            event = json.loads(line)
            if event["event"] == "started":
                self.began = event["firstStep"]
                self.sessions += 1
                # What lies before the session's first step must be there.
                self.missing += max(0, self.began - self.last)
                self.last = self.began
            elif event["event"] == "step":
                self.missing += max(0, event["step"] - self.last - 1)
                self.twice += event["step"] <= self.last
                self.last = event["step"]


def kill_at_next_snapshot(process, run, seconds=60):
    before, end = snapshots(run), time.monotonic() + seconds
    while time.monotonic() < end:
        if snapshots(run) - before:
            process.send_signal(signal.SIGKILL)
            process.wait()
            return
        assert process.poll() is None, f"ended by itself with status {process.returncode}"
    process.kill()
    sys.exit(f"no snapshot within {seconds} s")


def main():
    random.seed(1)
    base = pathlib.Path(tempfile.mkdtemp(prefix="unfold-snapshot-kills-"))
    run = base / "run"
    record, newest, wrong = Record(run), None, 0
    arguments = ["words", "--headless", "--out", str(run), *SETTINGS]
    for number in range(ROUNDS):
        process = subprocess.Popen([UNFOLD, "train", *arguments], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        kill_at_next_snapshot(process, run)
        record.read()
        if newest is not None and record.began != newest:
            wrong += 1
            print(f"round {number}: went on from step {record.began}, the newest is of {newest}")
        state = max(states(run).values(), key=lambda s: (s["counter"], s["step"]))
        newest = state["step"]
        if newest > record.last:
            record.missing += newest - record.last
            print(f"round {number}: snapshot of step {newest}, recorded up to {record.last}")
            record.last = newest
        if number % 2:
            mix_up_times(run)
        arguments = ["--headless", "--resume", str(run)]
    out = base / "out"
    subprocess.run([UNFOLD, "export", run, "--format", "csv", "--out", out], check=True,
                   stdout=subprocess.DEVNULL)
    (table,) = out.glob("**/*.csv") if len(list(out.glob("**/*.csv"))) == 1 else \
        [p for p in out.glob("**/*.csv") if "metrics" in p.name]
    steps = [int(row["step"]) for row in csv.DictReader(table.open())]
    holes = len(set(range(1, record.last + 1)) - set(steps))
    again = len(steps) - len(set(steps))
    print(f"{ROUNDS} kills as a snapshot appeared, {record.sessions} sessions, "
          f"{record.last} steps: {record.missing + holes} missing, {record.twice + again} twice, "
          f"{wrong} went on from an older snapshot")
    shutil.rmtree(base)
    sys.exit(1 if record.missing + holes + record.twice + again + wrong else 0)


if __name__ == "__main__":
    main()
