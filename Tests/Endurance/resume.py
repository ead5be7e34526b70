#!/usr/bin/env python3
"""A run that was killed and resumed ends as the run that never stopped: byte for byte.

For every preset, and a few settings that no preset has: n steps straight are compared with k steps,
a snapshot, SIGKILL, `--resume` and n - k more. Demanded are
- byte-identical model.safetensors and optimizer.safetensors after step n;
- the same loss, gradient norm and learning rate at every step, digit for digit, and the same
  validations;
- both with 1 thread, with 2, and when the number changes on resuming.

A network made by hand has parameters but no training: its steps and losses are compared all the same.
Presets whose data was not fetched are passed over and named; UNFOLD_DATA says where data lies.

Usage: resume.py [preset...] [--steps 12] [--snapshot 7] [--binary .build/release/unfold]
"""
import argparse
import json
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SAME = ["loss", "gradientNorm", "learningRate", "epoch", "clipped", "tokens"]
# States that a preset's own settings leave at rest: what is dropped, carried over from chunk to
# chunk, drawn at random, counted by a schedule.
COMBINATIONS = {
    "dropout": ("words", ["network.layers=2", "network.dropout=0.3", "training.gradient-noise=0.1",
                          "training.optimizer.name=momentum"]),
    "carried-state": ("words", [f"task.data.text={ROOT / 'README.md'}",
                                "training.sequence-length=9", "training.batch=4",
                                "network.cell=lstm"]),
    "plateau": ("sunspots", ["training.schedule.name=plateau", "training.schedule.patience=0",
                             "training.optimizer.learning-rate=0.5", "training.validate-every=1"]),
    "sampled-outputs": ("parity", ["network.teacher-forcing=0.5", "training.optimizer.name=rmsprop"]),
    "epochs": ("speakers", ["training.batch=100", "training.validate-every=3",
                            "training.parts=3"]),
}


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", help="presets or combinations; all without")
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--snapshot", type=int, default=7)
    parser.add_argument("--binary", default=ROOT / ".build/release/unfold")
    return parser.parse_args()


class Case:
    def __init__(self, name, base, arguments):
        preset, settings = COMBINATIONS.get(name, (name, []))
        self.base, self.steps, self.snapshot = base, arguments.steps, arguments.snapshot
        self.unfold = str(pathlib.Path(arguments.binary).resolve())
        self.preset = preset
        self.settings = [f"training.validate-every={max(1, self.steps // 2)}", *settings]

    def command(self, run, threads, resumed=False, settings=()):
        settings = [part for s in [*self.settings, *settings] for part in ("--set", s)]
        start = ["--resume", run] if resumed else [self.preset, "--out", run, *settings]
        return [self.unfold, "train", "--headless", "--steps", str(self.steps),
                "--threads", str(threads), *map(str, start)]

    def straight(self, threads):
        run = self.base / f"straight-{threads}"
        return self.finish(self.command(run, threads), run)

    def finish(self, command, run):
        result = subprocess.run(command, capture_output=True, text=True)
        assert result.returncode == 0, f"status {result.returncode}: {result.stderr.strip()}"
        return Outcome(result.stdout.splitlines(), run, self.steps)

    def kill(self, threads):
        """Trains until the snapshot is announced, kills, and leaves nothing newer than it."""
        run = self.base / f"killed-{threads}"
        command = self.command(run, threads, settings=[f"training.snapshot-every={self.snapshot}"])
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        lines = []
        for line in process.stdout:
            lines.append(line)
            if json.loads(line)["event"] == "snapshot":
                break
        process.send_signal(signal.SIGKILL)
        _, errors = process.communicate()
        wanted = run / "snapshots" / f"step-{self.snapshot:08}"
        assert wanted.is_dir(), f"no snapshot of step {self.snapshot}: {errors.strip()}"
        # A quick network is done before the signal arrives; what came after the snapshot goes.
        for directory in wanted.parent.iterdir():
            if directory != wanted and not directory.name.startswith("."):
                shutil.rmtree(directory)
        return Killed(run, [json.loads(l) for l in lines], process.returncode == -signal.SIGKILL)

    def resumed(self, killed, threads):
        run = self.base / f"resumed-{killed.run.name}-{threads}"
        shutil.copytree(killed.run, run, ignore=shutil.ignore_patterns("socket"))
        (run / ".lock").unlink(missing_ok=True)
        outcome = self.finish(self.command(run, threads, resumed=True), run)
        began = min(outcome.steps)
        assert began == self.snapshot + 1, f"resumed at step {began}"
        outcome.put_before(killed.events, self.snapshot)
        return outcome


class Killed:
    def __init__(self, run, events, was_killed):
        self.run, self.events, self.was_killed = run, events, was_killed


class Outcome:
    """The numbers that a run printed, and the files it left at its end."""

    def __init__(self, lines, run, steps):
        events = [json.loads(line) for line in lines]
        self.steps, self.validations = {}, {}
        self.take(events)
        snapshot = run / "snapshots" / f"step-{steps:08}"
        self.files = {name: (snapshot / name).read_bytes()
                      for name in ("model.safetensors", "optimizer.safetensors")}
        state = json.loads((snapshot / "state.json").read_text())
        for key in ("elapsed", "saved", "reason"):
            state.pop(key, None)
        self.files["state.json"] = json.dumps(state, sort_keys=True)

    def take(self, events):
        for event in events:
            if event["event"] == "step":
                self.steps[event["step"]] = {k: event.get(k) for k in SAME}
            if event["event"] == "validation":
                self.validations[event["step"]] = (event["loss"], event.get("metric"))

    def put_before(self, events, last):
        own = (self.steps, self.validations)
        self.steps, self.validations = {}, {}
        self.take(e for e in events if e.get("step", 0) <= last)
        self.steps |= own[0]
        self.validations |= own[1]

    def difference(self, other):
        for step in sorted(set(self.steps) | set(other.steps)):
            if self.steps.get(step) != other.steps.get(step):
                return f"step {step}: {self.steps.get(step)} is not {other.steps.get(step)}"
        if self.validations != other.validations:
            return f"validations {self.validations} are not {other.validations}"
        for name, content in self.files.items():
            if content != other.files[name]:
                return f"{name} differs"
        return None


def check(case):
    """The row's facts; raises AssertionError with what differs."""
    reference = case.straight(1)
    assert sorted(reference.steps) == list(range(1, case.steps + 1)), "steps are missing"
    killed = {threads: case.kill(threads) for threads in (1, 2)}
    others = {"2 threads straight": case.straight(2)}
    for before, after in ((1, 1), (2, 2), (1, 2)):
        others[f"{before} → {after} threads resumed"] = case.resumed(killed[before], after)
    for name, outcome in others.items():
        difference = outcome.difference(reference)
        assert difference is None, f"{name}: {difference}"
    return (f"{len(reference.files['model.safetensors']):>10} "
            f"{sum(k.was_killed for k in killed.values()):>6} "
            f"{len(reference.validations):>11}   loss {reference.steps[case.steps]['loss']}")


def main():
    arguments = options()
    listing = subprocess.run([str(pathlib.Path(arguments.binary).resolve()), "presets", "--json"],
                             capture_output=True, text=True, check=True).stdout
    presets = {p["name"]: p["available"] for p in json.loads(listing)}
    names = arguments.names or [*presets, *COMBINATIONS]
    for name in names:
        if name not in presets and name not in COMBINATIONS:
            sys.exit(f"{name} is neither a preset nor one of {', '.join(COMBINATIONS)}")
    print(f"{'':16} {'bytes':>10} {'killed':>6} {'validations':>11}   after {arguments.steps} steps")
    failures, passed_over = [], []
    began = time.monotonic()
    for name in names:
        if not presets.get(name, True):
            passed_over.append(name)
            continue
        base = pathlib.Path(tempfile.mkdtemp(prefix="unfold-resume-"))
        try:
            row = check(Case(name, base, arguments))
        except AssertionError as error:
            failures.append(name)
            row = f"DIFFERS: {error}"
        finally:
            shutil.rmtree(base, ignore_errors=True)
        print(f"{name:16} {row}", flush=True)
    count = len(names) - len(passed_over) - len(failures)
    print(f"{count} the same byte for byte, {len(failures)} not; "
          f"{time.monotonic() - began:.0f} s")
    if passed_over:
        print(f"passed over, their data is not here: {', '.join(passed_over)}")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
