#!/usr/bin/env python3
"""What the open dashboard costs, both training threads at work, where the machine's speed wavers.

Each round starts two runs of the same preset anew, one headless, one in a dashboard at 120×40
inside tmux. They take turns of a few seconds: while one trains, the other is stopped (SIGSTOP), so
that a wave of the machine's speed meets both. The rate of a turn comes from the times of its steps
in the run's record; its first moments, in which a dashboard that was stopped catches up, are left
out. Prints, for each round and for all turns together, the medians of both, their ratio, and the
ratio of the fastest turns: whatever else the machine does can only slow a turn down, so the fastest
ones say most about the programs.

    swift build -c release
    Tests/Comparison/dashboard_cost.py [--rounds N] [--turns N] [--seconds S] [TRAIN ARGUMENTS...]
    Tests/Comparison/dashboard_cost.py --grid      # every network of the benchmark's grid

Needs tmux and pgrep.
"""

import argparse
import os
import pathlib
import re
import signal
import statistics
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parents[2]
UNFOLD = os.environ.get("UNFOLD", str(HERE / ".build/release/unfold"))
# Seconds at the start that do not count: reading data, the first picture.
SETTLING = 3
# Seconds between two steps that mean that the run was stopped; turns are longer.
GAP = 1.5
# Seconds of each turn that do not count.
CATCHING_UP = 0.3
ELAPSED = re.compile(rb'"elapsed":([0-9.eE+-]+)')
SIZES = [(100, 1, 25), (64, 16, 32), (128, 32, 64), (256, 32, 100), (512, 64, 50)]


def turn_rates(run):
    """Steps a second of each turn, which gaps in the record of a run tell apart."""
    turns = [[]]
    for line in open(run / "events.jsonl", "rb"):
        found = ELAPSED.search(line) if line.startswith(b'{"event":"step"') else None
        if not found:
            continue
        now = float(found[1])
        if turns[-1] and now - turns[-1][-1] > GAP:
            turns.append([])
        turns[-1].append(now)
    rates = []
    for times in turns[1:]:
        counted = [now for now in times if now > times[0] + CATCHING_UP]
        if len(counted) > 2:
            rates.append((len(counted) - 1) / (counted[-1] - counted[0]))
    return rates


class Pair:
    """A headless run and one in a dashboard, both stopped until their turn."""

    def __init__(self, arguments, work):
        self.runs = {"headless": work / "headless", "dashboard": work / "dashboard"}
        # A server of its own: the one before may still be on its way out.
        self.tmux = ["tmux", "-S", str(work / "tmux"), "-f", "/dev/null"]
        environment = dict(os.environ, XDG_CONFIG_HOME=str(work / "settings"))
        train = ["train", *arguments, "--steps", "100000000", "--out"]
        # A shell stays between: tmux wakes the program of a pane itself whenever that is stopped.
        script = 'echo $$ >"$0"; "$@"; :'
        subprocess.run(
            [*self.tmux, "new-session", "-d", "-x", "120", "-y", "40", "sh", "-c", script,
             str(work / "shell"), UNFOLD, *train, str(self.runs["dashboard"])],
            env=environment, check=True)
        time.sleep(SETTLING)
        shell = (work / "shell").read_text().strip()
        dashboard = int(subprocess.check_output(["pgrep", "-P", shell]).split()[0])
        self.processes = {"dashboard": dashboard}
        os.kill(dashboard, signal.SIGSTOP)
        headless = subprocess.Popen(
            [UNFOLD, *train, str(self.runs["headless"]), "--headless"],
            stdout=subprocess.DEVNULL, env=environment)
        self.processes["headless"] = headless.pid
        time.sleep(SETTLING)
        os.kill(headless.pid, signal.SIGSTOP)
        self.headless = headless

    def turn(self, kind, seconds):
        """Lets one of the two train."""
        os.kill(self.processes[kind], signal.SIGCONT)
        time.sleep(seconds)
        os.kill(self.processes[kind], signal.SIGSTOP)

    def take_turns(self, turns, seconds):
        for _ in range(turns):
            for kind in ["headless", "dashboard"]:
                self.turn(kind, seconds)

    def rates(self):
        return {kind: turn_rates(run) for kind, run in self.runs.items()}

    def end(self):
        self.headless.kill()
        self.headless.wait()
        os.kill(self.processes["dashboard"], signal.SIGKILL)
        subprocess.run([*self.tmux, "kill-server"], check=False, stderr=subprocess.DEVNULL)


def report(title, found):
    headless, dashboard = (statistics.median(found[kind]) for kind in ["headless", "dashboard"])
    fastest = max(found["dashboard"]) / max(found["headless"])
    print(f"{title}: headless {headless:.1f}, dashboard {dashboard:.1f} steps/s, "
          f"ratio {dashboard / headless:.4f}, of the fastest turns {fastest:.4f}", flush=True)


def measure(arguments, options):
    found = {"headless": [], "dashboard": []}
    for number in range(options.rounds):
        with tempfile.TemporaryDirectory() as name:
            pair = Pair(arguments, pathlib.Path(name))
            try:
                pair.take_turns(options.turns, options.seconds)
            finally:
                pair.end()
            rates = pair.rates()
        for kind, turns in rates.items():
            found[kind] += turns
        report(f"round {number + 1}", rates)
    report(f"all {len(found['dashboard'])} turns", found)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--turns", type=int, default=12)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--grid", action="store_true")
    options, arguments = parser.parse_known_args()
    if not options.grid:
        return measure(arguments or ["words"], options)
    for cell in ["tanh", "gru", "lstm"]:
        for hidden, batch, length in SIZES:
            print(f"{cell} H={hidden} B={batch} T={length}", flush=True)
            settings = {"network.cell": cell, "network.hidden": hidden, "training.batch": batch,
                        "training.sequence-length": length}
            words = ["words"]
            for key, value in settings.items():
                words += ["--set", f"{key}={value}"]
            measure(words, options)


main()
