#!/usr/bin/env python3
"""Compares the speed of training steps with PyTorch's, on this machine.

For each row of the grid it runs `unfold benchmark` and pytorch_step.py in turn, several rounds, so
that whatever else the machine does hits both alike. Both train on sequences of the same lengths. A
row's ratio is the median of PyTorch's step times over the median of unfold's; above 1, unfold is
faster. Beside it stands the ratio of the fastest rounds, which tells more on a machine that others
use as well. Needs a release build and a Python that has torch.

    swift build -c release
    Tests/Comparison/compare.py [--python PYTHON_WITH_TORCH] [--rounds 3] [--inputs embedding]
    Tests/Comparison/compare.py --task attention,ctc,sampling,greedy,beam,grid

PyTorch has no recurrence over an image, so that a grid's row has our time alone.
"""
import argparse
import itertools
import json
import math
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
TASKS = {
    "attention": [(64, 64, 32, 10), (64, 128, 64, 10), (64, 128, 32, 28), (64, 256, 32, 20)],
    "ctc": [(32, 64, 16, 64), (64, 128, 32, 64), (64, 256, 32, 100)],
    "sampling": [(64, 128, 1, 200), (64, 256, 1, 200), (64, 512, 1, 200)],
    "greedy": [(64, 64, 64, 10), (42, 128, 64, 10), (64, 256, 64, 20)],
    "beam": [(64, 64, 64, 10), (42, 128, 64, 10), (64, 256, 64, 20)],
    "grid": [(10, 64, 32, 16), (10, 64, 32, 28)],
}
SIZES = [(27, 100, 1, 25), (32, 64, 16, 32), (64, 128, 32, 64), (64, 256, 32, 100), (64, 512, 64, 50)]


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    program = HERE.parent.parent / ".build/release/unfold"
    parser.add_argument("--unfold", default=str(program), help="the program, built for release")
    parser.add_argument("--python", default=sys.executable, help="a Python that has torch")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.0, help="PyTorch's time a row")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--task", help="of attention, ctc, sampling, greedy, beam, grid, instead of the grid of sizes")
    parser.add_argument("--cell", choices=["tanh", "gru", "lstm"])
    parser.add_argument("--inputs", choices=["one-hot", "embedding"])
    parser.add_argument("--hidden", type=int, help="only the row of the grid with this many units")
    parser.add_argument("--lengths", choices=["equal", "varied"])
    return parser.parse_args()


def cases(chosen):
    for task in (chosen.task or "").split(",") if chosen.task else []:
        if task not in TASKS:
            sys.exit(f"compare.py: no task {task}; there are {', '.join(TASKS)}")
        for cell in ["tanh"] if task == "grid" else ["tanh", "gru", "lstm"]:
            for vocabulary, hidden, batch, length in TASKS[task]:
                if chosen.cell in (None, cell) and chosen.hidden in (None, hidden):
                    yield {
                        "task": task, "cell": cell, "vocabulary": vocabulary, "hidden": hidden,
                        "batch": batch, "length": length, "threads": chosen.threads,
                        "varied": task in ("attention", "ctc", "greedy", "beam"), "inputs": chosen.inputs or "one-hot",
                    }
    if chosen.task:
        return
    grid = itertools.product(
        ["one-hot", "embedding"], [False, True], ["tanh", "gru", "lstm"], SIZES)
    for inputs, varied, cell, (vocabulary, hidden, batch, length) in grid:
        if chosen.inputs not in (None, inputs) or chosen.cell not in (None, cell):
            continue
        if chosen.lengths not in (None, "varied" if varied else "equal"):
            continue
        if chosen.hidden in (None, hidden):
            yield {
                "task": "labelling", "cell": cell, "vocabulary": vocabulary, "hidden": hidden,
                "batch": batch, "length": length, "threads": chosen.threads, "varied": varied, "inputs": inputs,
            }


def run_unfold(program, case):
    command = [program, "benchmark", "--json"]
    for key in ["task", "cell", "vocabulary", "hidden", "batch", "length", "threads", "inputs"]:
        command += ["--" + key, str(case[key])]
    if case["varied"]:
        command.append("--varied")
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)[0]


def main():
    chosen = options()
    torch = subprocess.Popen(
        [chosen.python, str(HERE / "pytorch_step.py"), str(chosen.seconds)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

    def run_torch(case):
        torch.stdin.write(json.dumps(case) + "\n")
        torch.stdin.flush()
        answer = torch.stdout.readline()
        if not answer:
            sys.exit("pytorch_step.py ended early: does --python name a Python that has torch?")
        return json.loads(answer)

    print(f"{'task':9} {'cell':4} {'inputs':9} {'lengths':7} {'V':>3} {'H':>4} {'B':>3} {'T':>4} "
          f"{'unfold ms':>10} {'torch ms':>10} {'ratio':>7} {'fastest':>8} {'of peak':>8}", flush=True)
    ratios = {}
    for case in cases(chosen):
        ours, theirs = [], []
        for _ in range(chosen.rounds):
            ours.append(run_unfold(chosen.unfold, case))
            if case["task"] != "grid":
                theirs.append(run_torch({**case, "lengths": ours[-1]["lengths"]}))

        def median(rows, key):
            return statistics.median(row[key] for row in rows)

        def shown(value, form):
            return format(value, form) if value is not None else "–".rjust(int(form.split(".")[0]))

        ratio = fastest = None
        if theirs:
            ratio = median(theirs, "medianMilliseconds") / median(ours, "medianMilliseconds")
            fastest = (min(row["medianMilliseconds"] for row in theirs)
                       / min(row["medianMilliseconds"] for row in ours))
            group = case["inputs"] if case["task"] == "labelling" else case["task"]
            ratios.setdefault(group, []).append(ratio)
        shares = [row["peakShare"] for row in ours if row["peakShare"] is not None]
        print(f"{case['task']:9} {case['cell']:4} {case['inputs']:9} "
              f"{'varied' if case['varied'] else 'equal':7} "
              f"{case['vocabulary']:3} {case['hidden']:4} {case['batch']:3} {case['length']:4} "
              f"{median(ours, 'medianMilliseconds'):10.3f} "
              f"{shown(median(theirs, 'medianMilliseconds') if theirs else None, '10.3f')} "
              f"{shown(ratio, '7.2f')} {shown(fastest, '8.2f')} "
              f"{shown(100 * max(shares) if shares else None, '6.1f')} %", flush=True)
    torch.stdin.close()
    torch.wait()
    for inputs, found in ratios.items():
        mean = math.exp(statistics.fmean(map(math.log, found)))
        print(f"{inputs}: geometric mean {mean:.2f}, lowest {min(found):.2f}")


if __name__ == "__main__":
    main()
