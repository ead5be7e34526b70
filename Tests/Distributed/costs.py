#!/usr/bin/env python3
"""What a step of several ranks costs: measured here, fitted, and computed for networks of machines.

  swift build -c release --traits MPI --product unfold --scratch-path .build-mpi
  Tests/Distributed/costs.py [--hidden 128,256] [--rounds 3] [--steps 50]

What is measured is processor time, of all ranks together, so that other programs on the machine hardly
change it: of a longer run less that of a shorter one, for a step without what starting takes. Each round
measures all numbers of ranks one after the other; what is told is the median over the rounds.

The model: a step of R ranks takes the processor time

  C(R) = W + M(R) a + B(R) b

where W is that of one process, M the messages and B the bytes that all ranks send, a and b their costs;
and, on K cores that nobody else uses, at least C(R) / min(R, K). Over a network with the latency l and the
bandwidth w, where nothing overlaps, each of R machines with one part of a batch takes

  T(R) = W' + 4 l + 4 (R - 1) a + B(R) / R (b + 1 / w)

where W' is the work of a part. How far the model holds is told with it: each figure of 4 ranks is
predicted from the others. On a machine that builds at the same time it was wrong by half, and what it
then computes for networks is worth nothing.
"""

import argparse
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

from ranks import MPIRUN, ROOT

# A preset whose batches all take about equally long, without validations.
PRESET = ["words", "--set", "training.batch=64", "--set", "training.validate-every=100000"]


class Costs:
    def __init__(self, arguments):
        self.unfold = arguments.unfold
        self.steps = arguments.steps
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="unfold-costs-"))
        self.count = 0

    def step(self, ranks, threads, hidden, parts):
        """Processor seconds of a step of all ranks together."""
        few = 10
        more = self.seconds(ranks, threads, hidden, parts, few + self.steps)
        return (more - self.seconds(ranks, threads, hidden, parts, few)) / self.steps

    def seconds(self, ranks, threads, hidden, parts, steps):
        self.count += 1
        out = self.directory / f"run-{self.count}"
        start = [*MPIRUN, "-n", str(ranks)] if ranks > 1 else []
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [*start, self.unfold, "train", *PRESET, "--headless", "--steps", str(steps), "--threads",
             str(threads), "--out", str(out), "--set", f"network.hidden={hidden}", "--set",
             f"training.parts={parts}"], capture_output=True, text=True, timeout=900)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode != 0:
            sys.exit(f"{ranks} ranks: {done.stderr.strip()[-500:]}")
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def weights(self):
        """Scalars of the newest run's network."""
        record = (self.directory / f"run-{self.count}" / "events.jsonl").read_text().splitlines()
        return next(line["parameterCount"] for line in map(json.loads, record)
                    if line["event"] == "started")


def branches(first, end, low, high):
    """How many branches of the tree over parts low ..< high lie wholly, and largest, in first ..< end."""
    if end <= low or high <= first:
        return 0
    if first <= low and high <= end:
        return 1
    middle = low + (high - low + 1) // 2
    return branches(first, end, low, middle) + branches(first, end, middle, high)


def sent(ranks, weights, parts):
    """Messages and bytes of all ranks in a step: gradients, summed over branches of the tree of parts, to
    who updates their slices, squares of slices, weights to everybody, and what to do next."""
    if ranks == 1:
        return 0, 0
    slices = max(1, -(-weights // (1 << 14)))
    owners = min(ranks, slices)
    working = min(ranks, parts)
    parts = sum(branches(rank * parts // working, (rank + 1) * parts // working, 0, parts)
                for rank in range(working))
    gradients = parts * weights * 4 * (owners - 1) / owners if owners > 1 else (
        weights * 4 * parts * (ranks - 1) / ranks)
    new = weights * 4 * (ranks - 1)
    return 4 * ranks * (ranks - 1), gradients + new


def solve(rows):
    """Least squares of a and b over relative errors, neither below 0. A row: messages, bytes, and what
    they took, and the whole that the error is relative to."""
    def error(found):
        return sum(((found[0] * m + found[1] * size - rest) / whole) ** 2
                   for m, size, rest, whole in rows)

    def sums(i, j):
        return sum(row[i] * row[j] / row[3] ** 2 for row in rows)

    candidates = [(max(0, sums(0, 2) / sums(0, 0)), 0.0), (0.0, max(0, sums(1, 2) / sums(1, 1)))]
    determinant = sums(0, 0) * sums(1, 1) - sums(0, 1) ** 2
    if determinant > 0:
        both = ((sums(0, 2) * sums(1, 1) - sums(1, 2) * sums(0, 1)) / determinant,
                (sums(1, 2) * sums(0, 0) - sums(0, 2) * sums(0, 1)) / determinant)
        if min(both) >= 0:
            candidates.append(both)
    return min(candidates, key=error)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--unfold", default=str(ROOT / ".build-mpi/release/unfold"))
    parser.add_argument("--hidden", default="128,256")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=50)
    arguments = parser.parse_args()
    arguments.unfold = str(pathlib.Path(arguments.unfold).resolve())
    cores = len(os.sched_getaffinity(0))
    costs = Costs(arguments)
    print(f"{cores} cores, load {os.getloadavg()[0]:.1f}; processor time of a step, medians of "
          f"{arguments.rounds} rounds", flush=True)
    measured, weights, parts = {}, {}, 4
    for hidden in map(int, arguments.hidden.split(",")):
        times, ratios = {}, []
        for _ in range(arguments.rounds):
            now = {}
            for key in [(1, 2), (2, 1), (1, 1), (4, 1)]:
                now[key] = costs.step(*key, hidden, parts)
                times.setdefault(key, []).append(now[key])
            ratios.append(now[1, 2] / now[2, 1])
        weights[hidden] = costs.weights()
        for key, values in times.items():
            measured[hidden, key] = statistics.median(values)
        print(f"H {hidden}: " + ", ".join(
            f"{r} x {t}: {1000 * measured[hidden, (r, t)]:.2f} ms" for r, t in times)
            + f"; 1 x 2 against 2 x 1: {100 * statistics.median(ratios):.0f} % "
            f"({100 * min(ratios):.0f}-{100 * max(ratios):.0f})", flush=True)

    def row(hidden, ranks):
        whole = measured[hidden, (ranks, 1)]
        return [*sent(ranks, weights[hidden], parts), whole - measured[hidden, (1, 1)], whole]

    hiddens = sorted(weights)
    for hidden in hiddens:
        # The figure that is predicted takes no part in the fit.
        a, b = solve([row(h, r) for h in hiddens for r in (2, 4) if (h, r) != (hidden, 4)])
        messages, size, _, true = row(hidden, 4)
        predicted = measured[hidden, (1, 1)] + a * messages + b * size
        print(f"H {hidden}: 4 ranks predicted {1000 * predicted:.2f} ms, measured {1000 * true:.2f} ms: "
              f"{100 * (predicted / true - 1):+.0f} %")
    terms = solve([row(h, r) for h in hiddens for r in (2, 4)])
    print(f"a {1e6 * terms[0]:.2f} us a message, b {1e9 * terms[1]:.3f} ns a byte")
    print("computed: milliseconds of a step and efficiency, a part of 16 sequences on each machine")
    for hidden in hiddens:
        work = measured[hidden, (1, 1)] / parts
        line = f"| {hidden} | {weights[hidden]:,} | {1000 * work:.1f} |"
        for machines in (8, 64):
            for gigabits, latency in ((1, 1e-4), (25, 3e-5)):
                messages, size = sent(machines, weights[hidden], machines)
                time = (work + 4 * latency + messages / machines * terms[0]
                        + size / machines * (terms[1] + 8e-9 / gigabits))
                line += f" {1000 * time:.1f} ({100 * work / time:.0f} %) |"
        print(line, flush=True)
    subprocess.run(["rm", "-rf", str(costs.directory)])


if __name__ == "__main__":
    main()
