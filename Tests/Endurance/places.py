#!/usr/bin/env python3
"""Every kind of file in each place where a path is taken: a run's own files, and what a person
names. Links in a run are never followed, nothing that is no regular file is opened, nothing hangs,
and nothing outside is changed.

    Tests/Endurance/places.py [--short] [PROGRAM]

Ends with status 1 when a command hangs, crashes, says more than one line, gets along with what it
must refuse, or changes a file that a link leads to. `--short` takes every third pair.
"""

import argparse
import os
import pathlib
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PRECIOUS = b"precious\n"
KINDS = ["link", "dangling", "loop", "fifo", "device", "socket", "directory", "forbidden",
         "sparse", "zero"]
# A person's own path may lead anywhere by a link; a good file behind it is a good file.
FOLLOWS = {"link"}


def put(kind, place, elsewhere):
    """Puts something of a kind at a place; `elsewhere` is what links lead to."""
    if place.is_symlink() or place.exists():
        shutil.rmtree(place) if place.is_dir() and not place.is_symlink() else place.unlink()
    if kind == "link":
        place.symlink_to(elsewhere)
    elif kind == "dangling":
        place.symlink_to(elsewhere.parent / "made")
    elif kind == "loop":
        place.symlink_to(place)
    elif kind == "fifo":
        os.mkfifo(place)
    elif kind == "device":
        try:
            os.mknod(place, stat.S_IFCHR | 0o666, os.makedev(1, 5))
        except PermissionError:
            place.symlink_to("/dev/zero")
    elif kind == "socket":
        listener = socket.socket(socket.AF_UNIX)
        here = os.getcwd()
        os.chdir(place.parent)  # an address is shorter than a path may be
        listener.bind(place.name)
        os.chdir(here)
        listener.close()
    elif kind == "directory":
        place.mkdir()
    elif kind == "forbidden":
        place.write_bytes(PRECIOUS)
        place.chmod(0)
    elif kind == "sparse":
        with open(place, "wb") as file:
            file.truncate(4 << 30)
    elif kind == "zero":
        place.write_bytes(b"\0" * 5000)


class Program:
    def __init__(self, path):
        self.path = path

    def run(self, arguments, folder, seconds=20):
        began = time.monotonic()
        process = subprocess.Popen(
            [self.path, *map(str, arguments)], cwd=folder, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
        try:
            output, errors = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return None, "", seconds
        return process.returncode, errors.decode(errors="replace"), time.monotonic() - began


def judge(status, errors, must_refuse):
    if status is None:
        return "hangs"
    if status not in (0, 1, 2):
        return f"status {status}: {errors[:200]}"
    lines = errors.rstrip("\n").split("\n")
    if status != 0 and (len(lines) != 1 or not lines[0].startswith("unfold: ")):
        return f"says {len(lines)} lines: {errors[:300]}"
    if must_refuse and status == 0:
        return "takes it"
    return None


def run_places(program, base, folder):
    """Each file of a run and of its snapshot, and the commands that meet it."""
    snapshot = snapshot_name(base)
    reading = {
        "runs": ["runs", "."], "export": ["export", "run", "--format", "csv", "--out", "x"],
        "compare": ["compare", "--headless", "run", "run"],
        "sample": ["sample", "run", "--length", "3"], "evaluate": ["evaluate", "run", "--json"],
        "predict": ["predict", "run"],
        "resume": ["train", "--headless", "--resume", "run", "--steps", "9"],
        "resume elsewhere": ["train", "--headless", "--resume", f"run/{snapshot}", "--steps", "9",
                             "--out", "other"],
        "train over": ["train", "--headless", "--steps", "2", "--out", "run"],
    }
    # Commands that must refuse, whatever stands there; others may not need the file.
    needs = {
        ".lock": {"resume", "train over"},
        "events.jsonl": {"export", "compare", "resume", "train over"},
        "snapshots": {"sample", "evaluate", "predict", "resume", "resume elsewhere"},
        "preset.yaml": set(),
        f"{snapshot}": {"resume elsewhere"},
        f"{snapshot}/state.json": {"sample", "evaluate", "predict", "resume", "resume elsewhere"},
        f"{snapshot}/preset.yaml": {"sample", "evaluate", "predict", "resume", "resume elsewhere"},
        f"{snapshot}/model.safetensors": {"sample", "evaluate", "predict", "resume",
                                          "resume elsewhere"},
        f"{snapshot}/optimizer.safetensors": {"resume", "resume elsewhere"},
    }
    for name, refusing in needs.items():
        for command, arguments in reading.items():
            yield name, command, arguments, command in refusing


def snapshot_name(base):
    return sorted((base / "snapshots").iterdir())[-1].relative_to(base)


def own_places(preset, tensors):
    """Paths that a person names, with what is good there."""
    words = b"ab\nba\nabba\n" * 20
    short = ["train", "words", "--headless", "--steps", "1", "--out", "out"]
    yield "preset", ["train", "it.yaml", "--headless", "--steps", "1", "--out", "out"], preset
    yield "lines", short + ["--set", "task.data.lines=it.txt"], words
    yield "text", short + ["--set", "task.data.text=it.txt"], words
    yield "init", short + ["--init", "it.txt", "--set", "network.hidden=6"] + [
        part for setting in SETTINGS for part in ("--set", setting)], tensors
    yield "predict", ["predict", "run", "it.txt"], b"ab\n"
    yield "record", ["export", "it.txt", "--format", "csv", "--out", "out"], None
    yield "out", ["train", "words", "--headless", "--steps", "1", "--out", "it.txt"], None
    yield "export out", ["export", "run", "--format", "csv", "--out", "it.txt"], None
    yield "resume", ["train", "--headless", "--resume", "it.txt"], None
    yield "sample", ["sample", "it.txt"], None
    yield "runs", ["runs", "it.txt"], None


SETTINGS = ["task.data.lines=lines.txt", "training.batch=4", "training.sequence-length=8",
            "network.layers=1", "network.cell=tanh"]


def main():
    parser = argparse.ArgumentParser(description="Every kind of file where a path is taken.")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("program", nargs="?", default=ROOT / ".build/release/unfold",
                        type=pathlib.Path)
    options = parser.parse_args()
    program = Program(str(options.program.resolve()))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="unfold-places-"))
    failures, count = [], 0

    def fail(*words):
        failures.append(" ".join(words))
        print("FAILED", failures[-1], flush=True)

    try:
        (folder / "lines.txt").write_bytes(b"ab\nba\nabba\n" * 20)
        base = folder / "base"
        settings = [part for setting in SETTINGS + ["network.hidden=6"]
                    for part in ("--set", setting.replace("lines.txt", f"{folder}/lines.txt"))]
        status, errors, _ = program.run(
            ["train", "words", "--headless", "--steps", "4", "--out", base, *settings], folder)
        if status != 0:
            sys.exit(f"cannot train: {errors}")
        # One snapshot alone: beside a damaged one, another that is whole would be taken.
        for other in sorted((base / "snapshots").iterdir())[:-1]:
            shutil.rmtree(other)
        pairs = [(kind, *place) for place in run_places(program, base, folder) for kind in KINDS]
        if options.short:
            pairs = pairs[::3]
        for kind, name, command, arguments, refuses in pairs:
            if kind == "directory" and name in ("snapshots",) or kind == "forbidden" and (
                    os.geteuid() == 0):
                continue
            work = folder / "work"
            work.mkdir()
            shutil.copytree(base, work / "run")
            victim = work / "victim"
            victim.write_bytes(PRECIOUS)
            # A link to a whole snapshot or record of the right kind tempts most.
            target = victim
            if name.startswith("snapshots"):
                target = work / "outside"
                place = work / "run" / name
                shutil.copytree(place, target) if place.is_dir() else shutil.copy(place, target)
            before = sorted(str(path) for path in target.rglob("*")) if target.is_dir() else None
            content = None if target.is_dir() else target.read_bytes()
            put(kind, work / "run" / name, target)
            # A damaged text is a damaged text: what is asked here is what is done with kinds.
            # A person's own path may lead through a link.
            refuses = refuses and not (kind == "link" and command == "resume elsewhere" and (
                name in ("snapshots", f"{snapshot_name(base)}")))
            refuses = refuses and not (kind in ("sparse", "zero", "forbidden") and name in (
                ".lock", "events.jsonl"))
            status, errors, seconds = program.run(arguments, work)
            count += 1
            wrong = judge(status, errors, refuses)
            if wrong:
                fail(f"run/{name} as {kind}: {command}:", wrong)
            elif seconds > 8:
                fail(f"run/{name} as {kind}: {command}: takes {seconds:.1f} s")
            after = sorted(str(path) for path in target.rglob("*")) if target.is_dir() else None
            if before != after or (content is not None and target.read_bytes() != content):
                fail(f"run/{name} as {kind}: {command}: changed what a link leads to")
            if (work / "made").exists():
                fail(f"run/{name} as {kind}: {command}: made what a link leads to")
            shutil.rmtree(work)
        preset = sorted((base / "snapshots").iterdir())[-1] / "preset.yaml"
        tensors = sorted((base / "snapshots").iterdir())[-1] / "model.safetensors"
        pairs = [(kind, *place) for place in own_places(preset.read_bytes(), tensors.read_bytes())
                 for kind in KINDS]
        if options.short:
            pairs = pairs[::3]
        for kind, name, arguments, good in pairs:
            if kind == "forbidden" and os.geteuid() == 0:
                continue
            work = folder / "work"
            work.mkdir()
            shutil.copytree(base, work / "run")
            shutil.copy(folder / "lines.txt", work)
            good_file = work / "good"
            good_file.write_bytes(good or PRECIOUS)
            place = work / ("it.yaml" if name == "preset" else "it.txt")
            put(kind, place, good_file)
            status, errors, seconds = program.run(arguments, work)
            count += 1
            makes = name in ("out", "export out") and kind in ("directory", "dangling")
            lenient = makes or (kind == "directory" and name == "runs") or (
                kind in FOLLOWS and good is not None) or kind == "zero" or name == "record"
            wrong = judge(status, errors, not lenient)
            if not wrong and kind in FOLLOWS and good is not None and status != 0:
                wrong = f"refuses a link to a good file: {errors}"
            if wrong:
                fail(f"{name} as {kind}:", wrong)
            elif seconds > 8:
                fail(f"{name} as {kind}: takes {seconds:.1f} s")
            if good_file.read_bytes() != (good or PRECIOUS):
                fail(f"{name} as {kind}: changed what a link leads to")
            shutil.rmtree(work)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{count} commands, {len(failures)} failures")
    sys.exit(1 if failures else 0)


main()
