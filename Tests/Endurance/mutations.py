#!/usr/bin/env python3
"""What a run's files say is input: every field of state.json, preset.yaml, events.jsonl and the
headers of the safetensors files is set to numbers and kinds of values that no run writes, and every
command that reads the file is run on it.

    Tests/Endurance/mutations.py [--short] [--only WORD] [PROGRAM]

A command may refuse the file, in one line and with status 1 or 2, or get along with it. It must
not crash, take more than 2 s of the processor, or take memory that the file does not justify.
Prints how many were run and each that failed; ends with status 1 when any did. `--short` takes
every seventh change. `--only` takes the changes whose name contains a word.
"""

import argparse
import concurrent.futures
import copy
import json
import os
import pathlib
import pty
import resource
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
LONG = "long " * 20_000
RAW = "\0raw\0"  # marks text that stands in JSON as it is


def raw(text):
    return RAW + text + RAW


VALUES = [-1, 0, 1, 2**31, 2**40, 2**62, raw("NaN"), "nan", 1e300, -0.5, "", [], None, LONG, {},
          True, [2**62], [[-1]], raw("1" * 4000)]
SECONDS = 2.0  # of the processor
SPARE = 96 << 20  # bytes beyond what the file as it was took
# What each kind of task learns from, small.
TASKS = {
    "lines": ["task.data.lines={dir}/lines.txt", "task.kind=language-model",
              "training.sequence-length=8"],
    "text": ["task.data.text={dir}/lines.txt", "task.kind=language-model",
             "training.sequence-length=8", "network.cell=lstm", "network.layers=2"],
    "labels": ["task.data.tsv={dir}/labels.tsv", "task.kind=sequence-classification",
               "task.data.symbols=word", "task.data.minimum-count=1", "network.output=final",
               "network.cell=gru", "training.sequence-length=none", "network.embedding=3"],
    "pairs": ["task.data.tsv={dir}/pairs.tsv", "task.kind=sequence-to-sequence",
              "training.sequence-length=none", "network.attention=additive"],
    "series": ["task.data.csv={dir}/series.csv", "task.kind=forecasting",
               "training.sequence-length=4", "training.optimizer.name=momentum"],
    "oscillator": ["task.data.synthetic=oscillator", "task.kind=autonomous",
                   "training.sequence-length=none"],
}
HAND_BUILT = "anbn"
# What each reads, for `predict`.
INPUTS = {"lines": "ab\nba b\n", "text": "ab\nba\n", "labels": "one two\nthree\n",
          "pairs": "aba\nabb\n", "series": "[[1, 2], [3, 4]]\n", HAND_BUILT: "aabb\nab\n"}


def write_data(folder):
    (folder / "lines.txt").write_text("".join(f"ab ba {'ab'[n % 2]}bab\n" for n in range(40)))
    (folder / "labels.tsv").write_text(
        "".join(f"{'yes' if n % 3 else 'no'}\tone two three {n % 5}\n" for n in range(40)))
    (folder / "pairs.tsv").write_text("".join(f"ab{'ab'[n % 2]}\tba{n % 3}\n" for n in range(40)))
    (folder / "series.csv").write_text(
        "a,b\n" + "".join(f"{n % 7},{n % 5 / 3}\n" for n in range(120)))


class Outcome:
    def __init__(self, status, errors, seconds, memory, timed_out):
        self.status, self.errors, self.seconds = status, errors, seconds
        self.memory, self.timed_out = memory, timed_out


def limit():
    # Memory that is asked for but not touched counts, too: 2⁴⁰ bytes must never be.
    resource.setrlimit(resource.RLIMIT_AS, (16 << 30, 16 << 30))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def execute(arguments, folder, text="", keys=None):
    """Runs a command; `keys` are typed into a terminal of its own, for commands that draw."""
    if keys is None:
        files = dict(stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        master = None
    else:
        master, slave = pty.openpty()
        files = dict(stdin=slave, stdout=slave, stderr=subprocess.PIPE)
    process = subprocess.Popen(
        arguments, cwd=folder, preexec_fn=limit,
        env=dict(os.environ, SWIFT_BACKTRACE="enable=no", TERM="xterm-256color"), **files)
    if master is not None:
        os.close(slave)
    elif text:
        try:
            process.stdin.write(text.encode())
        except BrokenPipeError:
            pass
    if process.stdin:
        try:
            process.stdin.close()
        except BrokenPipeError:
            pass
    errors, deadline, typed = b"", time.monotonic() + 30, 0
    begin = time.monotonic()
    ends = {process.stderr.fileno()} | ({master} if master is not None else set())
    timed_out = False
    while process.stderr.fileno() in ends:
        if time.monotonic() > deadline:
            timed_out = True
            process.kill()
            break
        for end in select.select(list(ends), [], [], 0.2)[0]:
            try:
                piece = os.read(end, 1 << 16)
            except OSError:
                piece = b""
            if end != master:
                errors += piece
            if not piece:
                ends.discard(end)
        if keys and typed < len(keys) and time.monotonic() - begin > 0.5 + 0.3 * typed:
            try:
                os.write(master, keys[typed].encode())
            except OSError:
                pass
            typed += 1
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    process.stderr.close()
    if master is not None:
        os.close(master)
    return Outcome(os.waitstatus_to_exitcode(status), errors.decode(errors="replace"),
                   usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, timed_out)


def problem(outcome, usual, size):
    if outcome.timed_out:
        return "does not end"
    if outcome.status not in (0, 1, 2):
        return f"status {outcome.status}: {outcome.errors[:300]}"
    if outcome.seconds > SECONDS + usual.seconds:
        return f"takes {outcome.seconds:.1f} s"
    if outcome.memory > usual.memory + SPARE + 20 * size:
        return f"takes {outcome.memory >> 20} MB, {usual.memory >> 20} MB as it was"
    lines = outcome.errors.rstrip("\n").split("\n")
    # What a resumed run does otherwise is said, too.
    lines = [line for line in lines if "changed on resuming" not in line]
    if outcome.status != 0 and (len(lines) != 1 or not lines[0].startswith("unfold: ")):
        return f"{len(lines)} lines of errors: {outcome.errors[:300]}"
    if any(len(line) > 2000 for line in lines):
        return f"a message of {max(map(len, lines))} characters: {outcome.errors[:200]}"
    return None


# Changes


def places(value, path=()):
    """Every place in a JSON value; of a long list the first and the last element."""
    yield path
    if isinstance(value, dict):
        for key in value:
            yield from places(value[key], path + (key,))
    elif isinstance(value, list):
        for index in sorted({0, len(value) - 1} if value else set()):
            yield from places(value[index], path + (index,))


def changed(value, path, new):
    if not path:
        return new
    value = copy.copy(value)
    value[path[0]] = changed(value[path[0]], path[1:], new)
    return value


def without(value, path):
    value = copy.copy(value)
    if len(path) > 1:
        value[path[0]] = without(value[path[0]], path[1:])
    else:
        del value[path[0]]
    return value


def text_of(value):
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace('"' + json.dumps(RAW)[1:-1], "").replace(json.dumps(RAW)[1:-1] + '"', "")


def named(path, new):
    return ".".join(map(str, path)) + " = " + (text_of(new)[:30] if new is not KeyError else "gone")


def json_changes(value):
    for path in places(value):
        for new in VALUES:
            yield named(path, new), text_of(changed(value, path, new))
        if path:
            yield named(path, KeyError), text_of(without(value, path))


def yaml_changes(text):
    """Each line's value set to something else."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if ": " not in line:
            continue
        key = line.split(": ")[0]
        for new in VALUES + ["*alias", "&name 1", "!!binary x", "{a: {b: {c: {d: {e: 1}}}}}", "1-2",
                             "16384", "64", "65536", "100000", "0.999999", "1e-300", "lstm", "final", "output",
             "additive", "bidirectional", "two-dimensional", "language-model", "autonomous",
             "sequence-labelling", "captioning", "hand-built", "forecasting", "ctc", "learned"]:
            shown = new if isinstance(new, str) and new != LONG else text_of(new)
            shown = shown.replace(RAW, "")
            yield (f"{key.strip()}: {shown[:30]}",
                   "\n".join(lines[:number] + [f"{key}: {shown}"] + lines[number + 1:]))


def tensor_changes(data):
    """Each field of the header, and its length."""
    (length,) = struct.unpack("<Q", data[:8])
    header, rest = json.loads(data[8:8 + length]), data[8 + length:]
    for new in [0, 1, length - 1, length + 1, 2**31, 2**40, 2**62, 2**64 - 1]:
        yield f"length = {new}", struct.pack("<Q", new) + data[8:]
    for name, text in json_changes(header):
        encoded = text.encode()
        yield name, struct.pack("<Q", len(encoded)) + encoded + rest
    for kind in ["F16", "BF16", "F64", "I64", "BOOL", "F8_E4M3"]:
        first = min(name for name in header if name != "__metadata__")
        one = changed(header, (first, "dtype"), kind)
        encoded = text_of(one).encode()
        yield f"dtype = {kind}", struct.pack("<Q", len(encoded)) + encoded + rest


# Runs


class Case:
    """A changed file, and the command that reads it."""

    def __init__(self, name, file, content, commands):
        self.name, self.file, self.content, self.commands = name, file, content, commands


def snapshot_commands(program, kind):
    commands = {
        "resume": ([program, "train", "--headless", "--resume", "{snapshot}", "--steps", "8",
                    "--out", "{out}"], ""),
        "evaluate": ([program, "evaluate", "{snapshot}", "--json"], ""),
    }
    if kind in INPUTS:
        commands["predict"] = ([program, "predict", "{snapshot}"], INPUTS[kind])
        commands["predict ♥"] = ([program, "predict", "{snapshot}"], "♥ 9\n")
    if kind in ("lines", "text"):
        commands["sample"] = (
            [program, "sample", "{snapshot}", "--length", "30", "--prompt", "ab"], "")
        commands["sample ♥"] = (
            [program, "sample", "{snapshot}", "--length", "30", "--prompt", "♥"], "")
    return commands


class Work:
    def __init__(self, program, folder, options):
        self.program, self.folder, self.options = program, folder, options
        self.count, self.failures, self.number = 0, [], 0

    def train(self, kind):
        run = self.folder / kind
        arguments = [self.program, "train"]
        settings = TASKS.get(kind)
        if settings is None:
            arguments += [kind]
        else:
            settings = settings + ["network.hidden=6", "training.batch=5", "training.steps=6"]
            if "network.layers=2" not in settings:
                settings.append("network.layers=1")
            for setting in settings:
                arguments += ["--set", setting.format(dir=self.folder)]
        arguments += ["--headless", "--steps", "6", "--out", str(run)]
        done = subprocess.run(arguments, capture_output=True, text=True, cwd=self.folder)
        if done.returncode != 0:
            sys.exit(f"cannot train {kind}: {done.stderr}")
        return run

    def try_change(self, run, name, file, content, commands, usual):
        """Runs commands over a copy of a run in which one file is another."""
        self.number += 1
        place = self.folder / f"try-{self.number}"
        copied = place / "run"
        shutil.copytree(run, copied)
        data = content if isinstance(content, bytes) else content.encode()
        (copied / file).write_bytes(data)
        snapshots = sorted((copied / "snapshots").iterdir())
        found = []
        for command, (arguments, text, *keys) in commands.items():
            places = {"snapshot": str(snapshots[-1]), "out": str(place / "out"),
                      "run": str(copied), "place": str(place)}
            outcome = execute([part.format(**places) if "{" in part else part
                               for part in arguments], place, text, *keys)
            # A network or a batch that is large, and fits in memory, is trained as it was asked for.
            is_asked_for = command == "train" and name.endswith((": 16384", ": 65536", ": 100000"))
            is_asked_for = is_asked_for and (outcome.timed_out or outcome.status == 0)
            wrong = problem(outcome, usual[command], len(data)) if usual and not is_asked_for else None
            if usual is None:
                found.append((command, outcome))
            elif wrong:
                found.append(f"{run.name} {file}: {name}: {command}: {wrong}")
            shutil.rmtree(place / "out", ignore_errors=True)
        shutil.rmtree(place)
        return found

    def usual(self, run, file, commands):
        content = (run / file).read_bytes()
        outcomes = dict(self.try_change(run, "as it is", file, content, commands, None))
        for command, outcome in outcomes.items():
            if "♥" not in command and outcome.status != 0:
                sys.exit(f"{run.name}: {command} fails as it is: {outcome.errors}")
        return outcomes

    def try_all(self, pool, run, file, changes, commands):
        usual = self.usual(run, file, commands)
        chosen = [change for change in changes
                  if not self.options.only or self.options.only in f"{file} {change[0]}"]
        if self.options.short:
            chosen = chosen[len(file) % 7::7]
        runs = [pool.submit(self.try_change, run, name, file, content, commands, usual)
                for name, content in chosen]
        for one in concurrent.futures.as_completed(runs):
            self.count += len(commands)
            for failure in one.result():
                self.failures.append(failure)
                print("FAILED", failure, flush=True)
        print(f"{run.name:12} {file:50} {len(chosen):6} changes, {len(commands)} commands",
              flush=True)


def record_commands(program):
    commands = {f"export {form}": ([program, "export", "{run}", "--format", form, "--out", "{out}"],
                                   "") for form in ["csv", "jsonl", "tensorboard", "svg"]}
    commands["runs"] = ([program, "runs", "{place}"], "")
    commands["compare"] = ([program, "compare", "--headless", "{run}", "{run}"], "")
    keys = [" ", "f", "G", "1", "\t", "?", "\x1b", "q", "y"]
    commands["replay"] = ([program, "replay", "{run}"], "", keys)
    commands["follow"] = ([program, "follow", "{run}"], "", keys)
    return commands


def record_changes(text, at_once):
    """Changed lines of every kind of event, many to a record: bad lines are passed over, one by
    one, so that a record stands for all its lines."""
    lines = text.rstrip("\n").split("\n")
    kinds = {}
    for line in lines:
        kinds.setdefault(json.loads(line)["event"], line)
    for kind, line in kinds.items():
        changes = list(json_changes(json.loads(line)))
        for start in range(0, len(changes), at_once):
            some = changes[start:start + at_once]
            yield f"{kind} {some[0][0]} …", "\n".join(lines + [one for _, one in some] + lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description="Values that no run writes, in a run's files.")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--kinds", default="")
    parser.add_argument("program", nargs="?", default=ROOT / ".build/release/unfold",
                        type=pathlib.Path)
    options = parser.parse_args()
    program = str(options.program.resolve())
    folder = pathlib.Path(tempfile.mkdtemp(prefix="unfold-mutations-"))
    work = Work(program, folder, options)
    kinds = options.kinds.split(",") if options.kinds else list(TASKS) + [HAND_BUILT]
    try:
        write_data(folder)
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            for kind in kinds:
                run = work.train(kind)
                snapshot = sorted((run / "snapshots").iterdir())[-1].relative_to(run)
                commands = snapshot_commands(program, kind)
                state = json.loads((run / snapshot / "state.json").read_text())
                work.try_all(pool, run, f"{snapshot}/state.json", json_changes(state), commands)
                preset = (run / snapshot / "preset.yaml").read_text()
                work.try_all(
                    pool, run, f"{snapshot}/preset.yaml", yaml_changes(preset),
                    commands | {"train": ([program, "train", "{snapshot}/preset.yaml",
                                           "--headless", "--steps", "1", "--out", "{out}"], "")})
                for file in ["model.safetensors", "optimizer.safetensors"]:
                    data = (run / snapshot / file).read_bytes()
                    if len(data) > 64:
                        work.try_all(pool, run, f"{snapshot}/{file}", tensor_changes(data),
                                     {"resume": commands["resume"]} if "optimizer" in file
                                     else commands)
                if kind in ("lines", "series"):
                    record = (run / "events.jsonl").read_text()
                    work.try_all(pool, run, "events.jsonl", record_changes(record, 100),
                                 record_commands(program))
                    work.try_all(
                        pool, run, "preset.yaml", list(yaml_changes(preset))[::5],
                        {"compare": record_commands(program)["compare"]})
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{work.count} commands, {len(work.failures)} failures")
    sys.exit(1 if work.failures else 0)


main()
