#!/usr/bin/env python3
"""What the open dashboard costs, measured where the machine's own speed wavers.

Two runs of the same preset train at the same time, one thread and one core each: one headless, one
in a dashboard at 120×40 inside tmux, whose drawing has to share its core. They change cores every
round, and two neighbouring rounds make one ratio of rates, in which the cores' own speeds cancel.
Prints each round's ratio, and the median of those of the pairs.

    swift build -c release
    Tests/Comparison/dashboard_beside.py [--rounds N] [--seconds S] [TRAIN ARGUMENTS...]
    Tests/Comparison/dashboard_beside.py --grid      # every network of the benchmark's grid

Needs tmux, taskset and two cores.
"""

import argparse
import json
import math
import os
import pathlib
import signal
import statistics
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parents[2]
UNFOLD = os.environ.get("UNFOLD", str(HERE / ".build/release/unfold"))
# Seconds at the start that do not count: reading data, the first picture.
SETTLING = 2
SIZES = [(100, 1, 25), (64, 16, 32), (128, 32, 64), (256, 32, 100), (512, 64, 50)]


def times(run):
    """When each recorded step was done, in seconds of training."""
    found = []
    with open(run / "events.jsonl", encoding="utf-8") as file:
        for line in file:
            if '"event":"step"' in line and line.endswith("\n"):
                found.append(json.loads(line)["elapsed"])
    return found


def one_round(arguments, seconds, cores):
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        tmux = ["tmux", "-L", f"unfold-beside-{os.getpid()}", "-f", "/dev/null"]
        common = ["--threads", "1", "--steps", "100000000"]
        train = [UNFOLD, "train", *arguments, *common]
        environment = dict(os.environ, XDG_CONFIG_HOME=str(work / "settings"))
        headless = subprocess.Popen(
            ["taskset", "-c", str(cores[0]), *train, "--headless", "--out", str(work / "headless")],
            stdout=subprocess.DEVNULL, env=environment)
        subprocess.run(
            ["taskset", "-c", str(cores[1]), *tmux, "new-session", "-d", "-x", "120", "-y", "40",
             *train, "--out", str(work / "dashboard")], env=environment, check=True)
        time.sleep(seconds + SETTLING)
        subprocess.run([*tmux, "kill-server"], check=False)
        headless.send_signal(signal.SIGTERM)
        headless.wait()
        time.sleep(1)
        both = [times(work / "headless"), times(work / "dashboard")]
        end = min(found[-1] for found in both)
        return [sum(SETTLING <= t <= end for t in found) / (end - SETTLING) for found in both]


def measure(title, arguments, rounds, seconds):
    ratios = []
    for turn in range(rounds):
        cores = (turn % 2, 1 - turn % 2)
        without, with_dashboard = one_round(arguments, seconds, cores)
        ratios.append(with_dashboard / without)
        print(f"{title} round {turn + 1}: headless {without:.1f}, dashboard "
              f"{with_dashboard:.1f} steps/s, ratio {ratios[-1]:.4f}", flush=True)
    pairs = [math.sqrt(a * b) for a, b in zip(ratios[::2], ratios[1::2])]
    median = statistics.median(pairs or ratios)
    print(f"{title} median ratio {median:.4f} (costs {100 * (1 - median):.1f} %)", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--grid", action="store_true")
    options, arguments = parser.parse_known_args()
    if not options.grid:
        arguments = arguments or ["words"]
        return measure(" ".join(arguments), arguments, options.rounds, options.seconds)
    for cell in ["tanh", "gru", "lstm"]:
        for hidden, batch, length in SIZES:
            settings = {"network.cell": cell, "network.hidden": hidden, "training.batch": batch,
                        "training.sequence-length": length}
            arguments = ["words"]
            for key, value in settings.items():
                arguments += ["--set", f"{key}={value}"]
            measure(f"{cell:4} H={hidden} B={batch} T={length}", arguments, options.rounds,
                    options.seconds)


main()
