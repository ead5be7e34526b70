#!/usr/bin/env python3
"""What the open dashboard costs, both training threads at work, where the machine's speed wavers.

Each round starts two runs of the same preset anew, one headless, one in a dashboard at 120×40
inside tmux. They take turns of a few seconds: while one trains, the other is stopped (SIGSTOP), so
that a wave of the machine's speed meets both. Prints the rates of each round, the medians over the
rounds, and their ratio. The dashboard repaints and catches up with its clocks on every turn, so the
figure errs to its disadvantage.

    swift build -c release
    Tests/Comparison/dashboard_cost.py [--rounds N] [--turns N] [--seconds S] [TRAIN ARGUMENTS...]
    Tests/Comparison/dashboard_cost.py --grid      # every network of the benchmark's grid

Needs tmux and pgrep.
"""

import argparse
import json
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
SETTLING = 3
SIZES = [(100, 1, 25), (64, 16, 32), (128, 32, 64), (256, 32, 100), (512, 64, 50)]


def last_step(run):
    """The last step of a run's record."""
    with open(run / "events.jsonl", "rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 200_000))
        whole_lines = file.read().split(b"\n")[:-1]
    for line in reversed(whole_lines):
        if b'"event":"step"' in line:
            return json.loads(line)["step"]
    return 0


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
        """Lets one of the two train; how long it really did, in seconds."""
        start = time.monotonic()
        os.kill(self.processes[kind], signal.SIGCONT)
        time.sleep(seconds)
        os.kill(self.processes[kind], signal.SIGSTOP)
        return time.monotonic() - start

    def rates(self, turns, seconds):
        before = {kind: last_step(run) for kind, run in self.runs.items()}
        spent = dict.fromkeys(self.runs, 0.0)
        for index in range(turns):
            order = ["headless", "dashboard"]
            for kind in order if index % 2 == 0 else reversed(order):
                spent[kind] += self.turn(kind, seconds)
        return {kind: (last_step(run) - before[kind]) / spent[kind]
                for kind, run in self.runs.items()}

    def end(self):
        self.headless.kill()
        self.headless.wait()
        os.kill(self.processes["dashboard"], signal.SIGKILL)
        subprocess.run([*self.tmux, "kill-server"], check=False, stderr=subprocess.DEVNULL)


def measure(arguments, options):
    found = {"headless": [], "dashboard": []}
    for number in range(options.rounds):
        with tempfile.TemporaryDirectory() as name:
            pair = Pair(arguments, pathlib.Path(name))
            try:
                rates = pair.rates(options.turns, options.seconds)
            finally:
                pair.end()
        for kind, rate in rates.items():
            found[kind].append(rate)
        print(f"round {number + 1}: headless {rates['headless']:.1f}, dashboard "
              f"{rates['dashboard']:.1f} steps/s, "
              f"ratio {rates['dashboard'] / rates['headless']:.4f}", flush=True)
    without, with_dashboard = (statistics.median(found[kind]) for kind in ["headless", "dashboard"])
    ratio = with_dashboard / without
    print(f"medians: headless {without:.1f}, dashboard {with_dashboard:.1f} steps/s, "
          f"ratio {ratio:.4f} (costs {100 * (1 - ratio):.1f} %)", flush=True)


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
