#!/usr/bin/env python3
"""What a step of several ranks costs: measured here, fitted, and computed for networks of machines.

  swift build -c release --traits MPI --product unfold --scratch-path .build-mpi
  Tests/Distributed/costs.py [--hidden 128,256,512] [--rounds 5] [--steps 60]

Each round measures all numbers of ranks one after the other, so that whatever else the machine does
falls on all of them alike; what is told is the median over the rounds.

The model of a step of R ranks that share K cores:

  T(R) = (W + U + M(R) a + B(R) b) / min(R, K) + x(R)

W is the work of all parts and U the update (together a step of one rank), M the messages and B the bytes
that all ranks send, a and b their costs, and x what waking a rank costs where R > K. Over a network with
the latency l and the bandwidth w, where nothing overlaps,

  T(R) = W + U / R + 4 l + 4 (R - 1) a + B(R) / R (b + 1 / w)

for a batch that grows with the machines: each computes one part of the size that W is of.
"""

import argparse
import json
import os
import pathlib
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

    def run(self, ranks, threads, hidden, parts):
        """Seconds of a step in the middle of a run, and what rank 0 tells of itself."""
        self.count += 1
        out = self.directory / f"run-{self.count}"
        start = [*MPIRUN, "-n", str(ranks)] if ranks > 1 else []
        done = subprocess.run(
            [*start, self.unfold, "train", *PRESET, "--headless", "--steps", str(self.steps),
             "--threads", str(threads), "--out", str(out), "--set", f"network.hidden={hidden}",
             "--set", f"training.parts={parts}"], capture_output=True, text=True, timeout=900)
        if done.returncode != 0:
            sys.exit(f"{ranks} ranks: {done.stderr.strip()[-500:]}")
        lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        times = [line["elapsed"] for line in lines if line["event"] == "step"]
        # The median: a validation, a snapshot or another program's burst is not a step's time.
        steps = [after - before for before, after in zip(times[9:], times[10:])]
        return statistics.median(steps)

    def weights(self):
        """Scalars of the newest run's network."""
        record = (self.directory / f"run-{self.count}" / "events.jsonl").read_text().splitlines()
        return next(line["parameterCount"] for line in map(json.loads, record)
                    if line["event"] == "started")


def sent(ranks, weights, parts):
    """Messages and bytes of all ranks in a step: gradients of parts to who updates their slices, squares
    of slices, weights to everybody, and what to do next."""
    if ranks == 1:
        return 0, 0
    slices = max(1, -(-weights // (1 << 14)))
    owners = min(ranks, slices)
    gradients = parts * weights * 4 * (owners - 1) / owners if owners > 1 else (
        weights * 4 * parts * (ranks - 1) / ranks)
    new = weights * 4 * (ranks - 1)
    return 4 * ranks * (ranks - 1), gradients + new


def solve(rows):
    """Least squares of a, b and x, each at least 0, by trying which of them are 0."""
    best = None
    for used in [(0, 1, 2), (0, 1), (0, 2), (1, 2), (0,), (1,), (2,)]:
        count = len(used)
        matrix = [[sum(row[0][i] * row[0][j] / row[1] ** 2 for row in rows) for j in used]
                  + [sum(row[0][i] * row[1] / row[1] ** 2 for row in rows)] for i in used]
        for i in range(count):
            pivot = matrix[i][i]
            if abs(pivot) < 1e-30:
                break
            matrix[i] = [value / pivot for value in matrix[i]]
            for k in range(count):
                if k != i:
                    matrix[k] = [x - matrix[k][i] * y for x, y in zip(matrix[k], matrix[i])]
        else:
            found = [0.0, 0.0, 0.0]
            for place, i in enumerate(used):
                found[i] = matrix[place][-1]
            if min(found) < 0:
                continue
            error = sum(((sum(f * x for f, x in zip(found, row[0])) - row[1]) / row[1]) ** 2
                        for row in rows)
            if best is None or error < best[0]:
                best = (error, found)
    return best[1] if best else [0.0, 0.0, 0.0]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--unfold", default=str(ROOT / ".build-mpi/release/unfold"))
    parser.add_argument("--hidden", default="128,256,512")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=60)
    arguments = parser.parse_args()
    arguments.unfold = str(pathlib.Path(arguments.unfold).resolve())
    cores = len(os.sched_getaffinity(0))
    costs = Costs(arguments)
    print(f"{cores} cores, load {os.getloadavg()[0]:.1f}; seconds of a step, medians of "
          f"{arguments.rounds} rounds", flush=True)
    measured, weights, parts = {}, {}, 4
    for hidden in map(int, arguments.hidden.split(",")):
        times, ratios = {}, []
        for _ in range(arguments.rounds):
            now = {}
            for key in [(1, 2), (2, 1), (1, 1), (4, 1)]:
                now[key] = costs.run(*key, hidden, parts)
                times.setdefault(key, []).append(now[key])
            ratios.append(now[1, 2] / now[2, 1])
        weights[hidden] = costs.weights()
        for key, values in times.items():
            measured[hidden, key] = statistics.median(values)
        print(f"H {hidden}: " + ", ".join(
            f"{r} x {t}: {1000 * measured[hidden, (r, t)]:.2f} ms" for r, t in times)
            + f"; efficiency of 2 x 1 against 1 x 2: {100 * statistics.median(ratios):.0f} % "
            f"({100 * min(ratios):.0f}-{100 * max(ratios):.0f})", flush=True)

    def row(hidden, ranks):
        messages, size = sent(ranks, weights[hidden], parts)
        width = min(ranks, cores)
        rest = measured[hidden, (ranks, 1)] - measured[hidden, (1, 1)] / width
        return [messages / width, size / width, 1.0 if ranks > cores else 0.0], rest

    hiddens = sorted(weights)
    for hidden in hiddens:
        # The figure that is predicted takes no part in the fit.
        rows = [row(h, r) for h in hiddens for r in (2, 4) if (h, r) != (hidden, 4)]
        rows = [one for one in rows if one[1] > 0]
        terms = solve(rows)
        predicted = measured[hidden, (1, 1)] / min(4, cores) + sum(
            f * x for f, x in zip(terms, row(hidden, 4)[0]))
        true = measured[hidden, (4, 1)]
        print(f"H {hidden}: 4 ranks predicted {1000 * predicted:.2f} ms, measured {1000 * true:.2f} ms: "
              f"{100 * (predicted / true - 1):+.0f} %")
    terms = solve([one for h in hiddens for one in [row(h, 2), row(h, 4)] if one[1] > 0])
    print(f"a {1e6 * terms[0]:.2f} us a message, b {1e9 * terms[1]:.3f} ns a byte, "
          f"x {1000 * terms[2]:.2f} ms")
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
