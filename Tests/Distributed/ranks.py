#!/usr/bin/env python3
"""Several ranks of an MPI job train what one process trains, to the last byte, and end in good order.

  swift build -c release --traits MPI --product unfold --scratch-path .build-mpi
  Tests/Distributed/ranks.py [--short] [--presets words,speakers] [--ranks 2,3,4,7] [--steps 100] [--kills 20 --ends]

Dropout and gradient noise are on, and batches are cut into seven parts, so that every rank has work.
"""

import argparse
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
MPIRUN = ["mpirun", "--oversubscribe", "--bind-to", "none"]
if os.geteuid() == 0:
    MPIRUN.append("--allow-run-as-root")
FILES = ["model.safetensors", "optimizer.safetensors"]


class Ranks:
    def __init__(self, arguments):
        self.unfold = str(pathlib.Path(arguments.unfold).resolve())
        self.steps = arguments.steps
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="unfold-ranks-"))
        self.count = 0
        self.failures = 0

    def command(self, ranks, arguments):
        """One process is started as ever, without mpirun."""
        start = [*MPIRUN, "-n", str(ranks)] if ranks > 1 else []
        return [*start, self.unfold, "train", *arguments]

    def run(self, ranks, *arguments):
        return subprocess.run(
            self.command(ranks, arguments), cwd=self.directory, capture_output=True, text=True,
            timeout=600)

    def place(self):
        self.count += 1
        return f"run-{self.count}"

    def train(self, preset, ranks, threads, steps, *more):
        """Trains and gives back the bytes of the run's last snapshot, and its directory."""
        out = self.place()
        arguments = [preset, "--headless", "--steps", str(steps), "--threads", str(threads),
                     "--out", out, *self.settings(preset), *more]
        done = self.run(ranks, *arguments)
        if done.returncode != 0:
            raise RuntimeError(f"{preset} on {ranks} ranks: {done.stderr.strip()[-500:]}")
        return self.bytes(done.stdout), out

    def bytes(self, output):
        lines = [json.loads(line) for line in output.splitlines()]
        assert lines[-1]["event"] == "finished", lines[-1]
        path = [line["path"] for line in lines if line["event"] == "snapshot"][-1]
        return [(self.directory / path / name).read_bytes() for name in FILES]

    @staticmethod
    def settings(preset):
        settings = ["training.parts=7", "training.gradient-noise=0.01", "network.dropout=0.1"]
        return [word for setting in settings for word in ("--set", setting)]

    def check(self, holds, words):
        print(("ok    " if holds else "FAILED ") + words, flush=True)
        self.failures += 0 if holds else 1

    # What is checked

    def same_bytes(self, preset, ranks, threads):
        try:
            alone, _ = self.train(preset, 1, 1, self.steps)
        except RuntimeError as error:
            if "is not here yet" not in str(error):
                raise
            print(f"skipped {preset}: its data was not fetched", flush=True)
            return
        for count in ranks:
            for width in threads:
                together, _ = self.train(preset, count, width, self.steps)
                self.check(
                    together == alone,
                    f"{preset}: {count} ranks x {width} threads give the bytes of one process")

    def resume(self, preset, first, then):
        straight, _ = self.train(preset, 1, 1, self.steps)
        _, out = self.train(preset, first, 1, self.steps // 2)
        done = self.run(then, "--headless", "--resume", out, "--steps", str(self.steps))
        self.check(
            done.returncode == 0 and self.bytes(done.stdout)[0] == straight[0],
            f"{preset}: begun on {first} ranks and resumed on {then}, it gives the same bytes")

    def evaluated(self, preset, ranks):
        """Ranks that judge a snapshot find what one process finds, and rank 0 alone says it."""
        _, out = self.train(preset, 1, 1, self.steps)
        told = []
        for count in [1, *ranks]:
            start = [*MPIRUN, "-n", str(count)] if count > 1 else []
            done = subprocess.run(
                [*start, self.unfold, "evaluate", out, "--json", "--threads", "1"], cwd=self.directory,
                capture_output=True, text=True, timeout=600)
            lines = done.stdout.splitlines()
            told.append({**json.loads(lines[0]), "seconds": 0} if len(lines) == 1 else done.stderr)
        self.check(
            all(found == told[0] for found in told) and isinstance(told[0], dict),
            f"{preset}: {ranks} ranks evaluate it with the figures of one process")

    def refusal(self):
        done = subprocess.run(
            [*self.command(2, ["words", "--headless"])[:-2][:len(MPIRUN)],
             "-n", "1", self.unfold, "train", "words", "--headless", "--out", "refused", ":",
             "-n", "1", self.unfold, "train", "words", "--headless", "--out", "refused",
             "--set", "network.hidden=7"],
            cwd=self.directory, capture_output=True, text=True, timeout=60)
        said = [line for line in done.stderr.splitlines() if line.startswith("unfold:")]
        self.check(
            done.returncode == 2 and len(said) == 1 and "rank 1 on" in said[0]
            and not (self.directory / "refused").exists(),
            f"ranks that were given different presets are refused: {said}")
        done = self.run(2, "no-such-preset", "--headless")
        said = [line for line in done.stderr.splitlines() if line.startswith("unfold:")]
        self.check(done.returncode == 2 and len(said) == 1, f"a mistake is told once: {said}")

    def start(self, ranks, *more, patience=1):
        out = self.place()
        command = self.command(
            ranks, ["words", "--headless", "--threads", "1", "--out", out, *self.settings("words"),
                    "--steps", "10000000", *more])
        job = subprocess.Popen(
            command, cwd=self.directory,
            env={**os.environ, "OMPI_MCA_odls_base_sigkill_timeout": str(patience)},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for line in job.stdout:
            if json.loads(line)["event"] == "step" and json.loads(line)["step"] >= 50:
                return job, out
        raise RuntimeError(job.stderr.read())

    def ranks_of(self, job):
        """Process numbers by rank, as the system's table has them."""
        found = {}
        for place in pathlib.Path("/proc").iterdir():
            try:
                if not place.name.isdigit() or int((place / "stat").read_text().rsplit(")", 1)[1].split()[1]) != job.pid:
                    continue
                environment = (place / "environ").read_bytes().split(b"\0")
            except (OSError, ValueError):
                continue
            rank = [v for v in environment if v.startswith(b"OMPI_COMM_WORLD_RANK=")]
            if rank:
                found[int(rank[0].split(b"=")[1])] = int(place.name)
        return found

    @staticmethod
    def said(errors):
        return [line for line in errors.splitlines() if line.startswith("unfold:")]

    def killed(self, ranks, victim):
        """Who is lost is named once, by the ranks that are left or, where mpirun ends them before one
        of them has noticed, by mpirun alone; how to go on was said at the start."""
        job, out = self.start(ranks, "--set", "training.snapshot-every=20")
        os.kill(self.ranks_of(job)[victim], signal.SIGKILL)
        began = time.monotonic()
        _, errors = job.communicate(timeout=60)
        seconds = time.monotonic() - began
        said = self.said(errors)
        named = [line for line in said if " is gone" in line]
        noticed = re.search(
            rf"noticed that process rank {victim} with PID \d+ on node \S+ exited on signal 9", errors)
        self.check(
            job.returncode != 0 and seconds < 10 and "--resume" in said[0] and out in said[0]
            and (len(named) == 1 and f"rank {victim} on " in named[0] or not named and noticed),
            f"kill -9 of rank {victim} of {ranks} ends the job after {seconds:.1f} s: "
            f"{named or [noticed and noticed.group()]}")
        self.goes_on(ranks, out)

    def goes_on(self, ranks, out):
        events = (self.directory / out / "events.jsonl").read_text().splitlines()
        steps = [line["step"] for line in map(json.loads, events) if line["event"] == "step"]
        # What rank 0 has told but not written goes with it; what a snapshot stands on does not.
        snapshots = (self.directory / out / "snapshots").glob("step-*")
        newest = max((int(path.name.removeprefix("step-")) for path in snapshots), default=0)
        self.check(
            steps == list(range(1, len(steps) + 1)) and len(steps) >= max(1, newest),
            f"its record is whole up to step {len(steps)}, its newest snapshot is of {newest}")
        resumed = self.run(ranks, "--headless", "--resume", out, "--steps", str(steps[-1] + 5))
        self.check(resumed.returncode == 0, f"and it is resumed {resumed.stderr[-300:].strip()}")

    def terminated(self, ranks, to_rank=None):
        # A busy machine may need longer to save than the second that mpirun leaves.
        job, out = self.start(ranks, patience=8)
        target = job.pid if to_rank is None else self.ranks_of(job)[to_rank]
        os.kill(target, signal.SIGTERM)
        rest, errors = job.communicate(timeout=60)
        # mpirun that is told to end may cut the last line that it passes on.
        events = [json.loads(line) for line in rest.splitlines() if line.startswith("{")
                  and (to_rank is not None or line.endswith("}"))]
        whom = "the job" if to_rank is None else f"rank {to_rank}"
        snapshot = sorted((self.directory / out / "snapshots").glob("step-*"))
        self.check(
            bool(snapshot) and (to_rank is None or events[-1]["event"] == "finished"),
            f"SIGTERM to {whom} of {ranks} ranks saves and ends: {[s.name for s in snapshot]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--unfold", default=str(ROOT / ".build-mpi/release/unfold"))
    parser.add_argument("--presets", default="words,pronounce,speakers,connected-digits,shakespeare")
    parser.add_argument("--ranks", default="2,3,4,7")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--kills", type=int, default=1, help="how often each end is tried")
    parser.add_argument("--ends", action="store_true", help="only how jobs end")
    parser.add_argument("--short", action="store_true", help="a minute on two cores")
    arguments = parser.parse_args()
    if arguments.short:
        arguments.presets, arguments.ranks, arguments.threads = "words,speakers", "2,4", "1"
        arguments.steps = 20
    ranks = Ranks(arguments)
    for preset in [] if arguments.ends else arguments.presets.split(","):
        ranks.same_bytes(
            preset, [int(n) for n in arguments.ranks.split(",")],
            [int(n) for n in arguments.threads.split(",")])
    if not arguments.ends:
        ranks.resume("words", 3, 2)
        for preset in ["words", "speakers"]:
            ranks.evaluated(preset, [2, 3])
        ranks.refusal()
    for _ in range(arguments.kills):
        ranks.killed(3, 2)
        ranks.killed(3, 0)
        ranks.terminated(2)
        ranks.terminated(3, to_rank=1)
    subprocess.run(["rm", "-rf", str(ranks.directory)])
    sys.exit(1 if ranks.failures else 0)


if __name__ == "__main__":
    main()
