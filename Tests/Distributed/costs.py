#!/usr/bin/env python3
"""What a step of several ranks costs: measured here, fitted, and computed for networks of machines.

  swift build -c release --traits MPI --product unfold --scratch-path .build-mpi
  Tests/Distributed/costs.py [--hidden 128,256,512] [--rounds 5] [--seconds 5]

It needs a machine that does nothing else. What is measured is the time of a step by the run's own clock,
from the fourth second on: a run's first look at a large W takes a core a second beside its first steps. Each
round measures all numbers of ranks one after the other. Of a run the median over stretches of ten steps
counts, and of all rounds the one that was held up least, since what else a machine does is not a cost of
ranks; efficiency is the median over the rounds, each of which compares runs that followed each other.

The model: on K cores a step of R ranks takes

  T(R) = W / min(R, K) + 4 x + 4 max(0, R - K) y + B(R) / min(R, K) b

where W is what one process with one thread takes, x what one of a step's four exchanges costs beyond its
bytes (who is done waits for the others), y the same for each rank that has to wait for a core, B the bytes
that all ranks send and b the cost of a byte. Over a network with the latency l and the bandwidth w, where
nothing overlaps, each of R machines with one part of a batch takes

  T(R) = W' + 4 (x + l) + 4 (R - 1) m + B(R) / R (b + 1 / w)

where W' is the work of a part and m what a message costs its sender, which is not measured here: two
microseconds. How far the model holds is told with it: each figure of 4 ranks is predicted from the others.
"""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

from ranks import MPIRUN, ROOT

# A preset whose batches all take about equally long, without validations.
PRESET = ["words", "--set", "training.batch=64", "--set", "training.validate-every=100000"]
# Seconds of a run that are passed over.
WARM_UP = 4
# Steps whose time is taken together.
STRETCH = 10
# Seconds of a sender's time that a message takes, by assumption.
MESSAGE = 2e-6


class Costs:
    def __init__(self, arguments):
        self.unfold = arguments.unfold
        self.seconds = arguments.seconds
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="unfold-costs-"))
        self.count = 0
        self.weights = 0

    def step(self, ranks, threads, hidden, parts, steps=40):
        """Seconds of a step, stretch by stretch; a run that was too short to tell is followed by one that
        is long enough."""
        self.count += 1
        out = self.directory / f"run-{self.count}"
        start = [*MPIRUN, "-n", str(ranks)] if ranks > 1 else []
        done = subprocess.run(
            [*start, self.unfold, "train", *PRESET, "--headless", "--steps", str(steps), "--threads",
             str(threads), "--out", str(out), "--set", f"network.hidden={hidden}", "--set",
             f"training.parts={parts}"], capture_output=True, text=True, timeout=900)
        if done.returncode != 0:
            sys.exit(f"{ranks} ranks: {done.stderr.strip()[-500:]}")
        lines = [json.loads(line) for line in (out / "events.jsonl").read_text().splitlines()
                 if '"event":"st' in line]
        self.weights = next(
            line["parameterCount"] for line in lines if line["event"] == "started")
        told = [line for line in lines if line["event"] == "step"]
        last = told[-1]
        warm = [line for line in told if line["elapsed"] >= WARM_UP]
        if last["elapsed"] < WARM_UP + self.seconds / 2:
            whole = (WARM_UP + self.seconds) / (last["elapsed"] - told[0]["elapsed"])
            return self.step(ranks, threads, hidden, parts, int(1.1 * whole * steps) + 1)
        times = {line["step"]: line["elapsed"] for line in warm}
        return [(times[step + STRETCH] - time) / STRETCH for step, time in times.items()
                if step % STRETCH == 0 and step + STRETCH in times]


def branches(first, end, low, high):
    """How many branches of the tree over parts low ..< high lie wholly, and largest, in first ..< end."""
    if end <= low or high <= first:
        return 0
    if first <= low and high <= end:
        return 1
    middle = low + (high - low + 1) // 2
    return branches(first, end, low, middle) + branches(first, end, middle, high)


def sent(ranks, weights, parts):
    """Bytes that all ranks send in a step: gradients, summed over branches of the tree of parts, to who
    updates their slices, and new weights to everybody."""
    if ranks == 1:
        return 0
    slices = max(1, -(-weights // (1 << 14)))
    owners, working = min(ranks, slices), min(ranks, parts)
    sums = sum(branches(rank * parts // working, (rank + 1) * parts // working, 0, parts)
               for rank in range(working))
    gradients = sums * weights * 4 * ((owners - 1) / owners if owners > 1 else (ranks - 1) / ranks)
    return gradients + weights * 4 * (ranks - 1)


def solved(matrix, right):
    """The solution of a few linear equations by elimination; None where there is not one."""
    rows = [[*row, value] for row, value in zip(matrix, right)]
    for k in range(len(rows)):
        pivot = max(range(k, len(rows)), key=lambda i: abs(rows[i][k]))
        rows[k], rows[pivot] = rows[pivot], rows[k]
        if abs(rows[k][k]) < 1e-300:
            return None
        for i in range(len(rows)):
            if i != k:
                factor = rows[i][k] / rows[k][k]
                rows[i] = [a - factor * b for a, b in zip(rows[i], rows[k])]
    return [row[-1] / row[k] for k, row in enumerate(rows)]


def fitted(rows):
    """Least squares over relative errors of terms that are not below 0. A row: a number for each term, what
    they should add up to, and the whole that the error is relative to."""
    count = len(rows[0]) - 2

    def error(found):
        return sum(((sum(t * n for t, n in zip(found, row)) - row[-2]) / row[-1]) ** 2 for row in rows)

    best = [0.0] * count
    for used in range(1, 1 << count):
        chosen = [k for k in range(count) if used >> k & 1]
        matrix = [[sum(row[i] * row[j] / row[-1] ** 2 for row in rows) for j in chosen] for i in chosen]
        right = [sum(row[i] * row[-2] / row[-1] ** 2 for row in rows) for i in chosen]
        terms = solved(matrix, right)
        if terms and min(terms) >= 0:
            found = [0.0] * count
            for k, term in zip(chosen, terms):
                found[k] = term
            best = min(best, found, key=error)
    return best


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--unfold", default=str(ROOT / ".build-mpi/release/unfold"))
    parser.add_argument("--hidden", default="128,256,512")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5, help="of a run, about")
    arguments = parser.parse_args()
    arguments.unfold = str(pathlib.Path(arguments.unfold).resolve())
    cores = len(os.sched_getaffinity(0))
    costs = Costs(arguments)
    print(f"{cores} cores, load {os.getloadavg()[0]:.1f}; the best of {arguments.rounds} rounds", flush=True)
    measured, weights, parts = {}, {}, 4
    for hidden in map(int, arguments.hidden.split(",")):
        times, ratios = {}, []
        for turn in range(arguments.rounds):
            now, kinds = {}, [(1, 2), (2, 1), (1, 1), (4, 1)]
            for key in kinds if turn % 2 == 0 else kinds[::-1]:
                stretches = costs.step(*key, hidden, parts)
                now[key] = statistics.median(stretches)
                times.setdefault(key, []).append(now[key])
            ratios.append(now[1, 2] / now[2, 1])
        weights[hidden] = costs.weights
        for key, values in times.items():
            measured[hidden, key] = min(values)
        print(f"H {hidden}: " + ", ".join(
            f"{r} x {t}: {1000 * measured[hidden, (r, t)]:.2f} ms" for r, t in sorted(times))
            + f"; 2 x 1 against 1 x 2: {100 * statistics.median(ratios):.0f} % "
            f"({', '.join(f'{100 * ratio:.0f}' for ratio in ratios)})", flush=True)

    def row(hidden, ranks):
        whole, used = measured[hidden, (ranks, 1)], min(ranks, cores)
        rest = whole - measured[hidden, (1, 1)] / used
        return [4, 4 * max(0, ranks - cores), sent(ranks, weights[hidden], parts) / used, rest, whole]

    hiddens = sorted(weights)
    for hidden in hiddens:
        # The figure that is predicted takes no part in the fit.
        terms = fitted([row(h, r) for h in hiddens for r in (2, 4) if (h, r) != (hidden, 4)])
        *numbers, _, true = row(hidden, 4)
        predicted = measured[hidden, (1, 1)] / min(4, cores) + sum(
            term * number for term, number in zip(terms, numbers))
        print(f"H {hidden}: 4 ranks predicted {1000 * predicted:.2f} ms, measured {1000 * true:.2f} ms: "
              f"{100 * (predicted / true - 1):+.0f} %")
    x, y, b = fitted([row(h, r) for h in hiddens for r in (2, 4)])
    print(f"x {1e6 * x:.0f} us an exchange, y {1e6 * y:.0f} us, b {1e9 * b:.3f} ns a byte")
    print("computed: milliseconds of a step and efficiency, a part of 16 sequences on each machine")
    for hidden in hiddens:
        work = measured[hidden, (1, 1)] / parts
        line = f"| {hidden} | {weights[hidden]:,} | {1000 * work:.1f} |"
        for machines in (8, 64):
            for gigabits, latency in ((1, 1e-4), (25, 3e-5)):
                size = sent(machines, weights[hidden], machines)
                time = (work + 4 * (x + latency) + 4 * (machines - 1) * MESSAGE
                        + size / machines * (b + 8e-9 / gigabits))
                line += f" {1000 * time:.1f} ({100 * work / time:.0f} %) |"
        print(line, flush=True)
    shutil.rmtree(costs.directory)


if __name__ == "__main__":
    main()
