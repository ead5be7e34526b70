#!/usr/bin/env python3
"""Kills a training run at random moments and looks at what it leaves.

Each round trains the default preset with a snapshot every few steps, kills it (SIGKILL) a random
time after it began to record, and demands that
- every directory under snapshots/ whose name is not hidden is whole: its files are there, its
  safetensors load, its state and record agree on the step;
- every line of events.jsonl but a last torn one is JSON, and steps follow each other;
- the run resumes from its newest snapshot, and clears away what the kill left.

Prints the figures. Needs nothing but Python.
Usage: kills.py [rounds, 200 by default] [path of the unfold binary]
"""
import json
import os
import pathlib
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 200
BINARY = sys.argv[2] if len(sys.argv) > 2 else ROOT / ".build/release/unfold"
UNFOLD = str(pathlib.Path(BINARY).resolve())
FILES = ["model.safetensors", "optimizer.safetensors", "state.json", "preset.yaml", "metrics.csv",
         "loss.svg", "gradients.svg", "hidden-state.svg"]
SETTINGS = ["--set", "training.snapshot-every=3", "--set", "training.keep-snapshots=3",
            "--set", "training.validate-every=50", "--set", "network.hidden=32"]


def check_safetensors(path):
    data = path.read_bytes()
    (count,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8:8 + count])
    end = max((t["data_offsets"][1] for k, t in header.items() if k != "__metadata__"), default=0)
    assert 8 + count + end == len(data), f"{path}: {len(data)} bytes, header says {8 + count + end}"


def check_snapshots(run):
    whole, leftovers = 0, 0
    for directory in (run / "snapshots").iterdir():
        if directory.name.startswith("."):
            leftovers += 1
            continue
        # The best one holds what is needed to use it and to go on, and no pictures.
        for name in FILES[:4] if directory.name == "best" else FILES:
            assert (directory / name).is_file(), f"{directory}: {name} is missing"
        check_safetensors(directory / "model.safetensors")
        check_safetensors(directory / "optimizer.safetensors")
        state = json.loads((directory / "state.json").read_text())
        if directory.name == "best":
            assert state["reason"] == "best" and state["bestStep"] == state["step"], state
            continue
        assert directory.name == f"step-{state['step']:08}", directory
        rows = (directory / "metrics.csv").read_bytes()
        assert rows.endswith(b"\r\n")
        last = rows.splitlines()[-1].split(b",")[0]
        assert int(last) == state["step"], f"{directory}: metrics.csv ends at step {last}"
        whole += 1
    return whole, leftovers


def check_record(run):
    """The steps recorded, and whether the last line is torn."""
    text = (run / "events.jsonl").read_bytes()
    lines = text.split(b"\n")
    torn = bool(lines.pop())
    steps = 0
    for line in lines:
        event = json.loads(line)
        if event["event"] == "started":
            steps = event["firstStep"]
        if event["event"] == "step":
            assert event["step"] == steps + 1, f"step {event['step']} follows {steps}"
            steps = event["step"]
    return steps, torn


def await_record(run, size, seconds=20):
    """Waits until a run's record grows: on a busy machine, a start takes longer than a round."""
    end = time.monotonic() + seconds
    path = run / "events.jsonl"
    while time.monotonic() < end and not (path.exists() and path.stat().st_size > size):
        time.sleep(0.005)


def start(arguments):
    return subprocess.Popen([UNFOLD, "train", *arguments], stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)


def main():
    random.seed(1)
    base = pathlib.Path(tempfile.mkdtemp(prefix="unfold-kills-"))
    figures = dict.fromkeys(["whole snapshots", "hidden leftovers", "torn last lines", "steps",
                             "resumed", "killed before the first snapshot"], 0)
    run, kills = base / "run-0", 0
    while kills < ROUNDS:
        fresh = not (run / "snapshots").is_dir() or not any(
            not d.name.startswith(".") for d in (run / "snapshots").iterdir())
        # Every tenth run begins anew; the others go on where the last kill struck.
        if fresh or kills % 10 == 0:
            run = base / f"run-{kills}"
            arguments = ["words", "--headless", "--out", str(run), *SETTINGS]
        else:
            arguments = ["--headless", "--resume", str(run), *SETTINGS]
        record = run / "events.jsonl"
        size = record.stat().st_size if record.exists() else 0
        process = start(arguments)
        # Some strike while the program starts, most while it records.
        if kills % 8:
            await_record(run, size)
        time.sleep(random.uniform(0, 0.7))
        status = process.poll()
        assert status is None, f"ended by itself with status {status}: {arguments}"
        process.send_signal(signal.SIGKILL)
        process.wait()
        kills += 1
        if not (run / "events.jsonl").exists():
            figures["killed before the first snapshot"] += 1
            shutil.rmtree(run, ignore_errors=True)
            continue
        whole, leftovers = check_snapshots(run)
        steps, torn = check_record(run)
        figures["whole snapshots"] += whole
        figures["hidden leftovers"] += leftovers
        figures["torn last lines"] += torn
        figures["steps"] = max(figures["steps"], steps)
        figures["resumed"] += "--resume" in arguments
        figures["killed before the first snapshot"] += whole == 0
    print(f"{kills} kills, no broken snapshot, no unreadable record")
    for name, value in figures.items():
        print(f"  {name}: {value}")
    shutil.rmtree(base)


if __name__ == "__main__":
    main()
