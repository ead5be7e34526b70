#!/usr/bin/env python3
"""Goes through every lesson on the release program and measures how long each answer takes, its
training included; at five seeds it tries the effects that lessons promise.

    python3 Tests/Endurance/lessons.py [PROGRAM] [LESSON ...]
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import time

# What a lesson promises: the number, or the choice by its letter, that has to be right whatever the
# seed.
PROMISED = {
    "attention": {1: "a"},
    "bidirectional": {2: "a"},
    "driven": {2: "a", 4: "8"},
    "final": {3: "a"},
    "gate": {4: "b"},
    "machine": {4: "b", 5: "a"},
    "orbits": {2: "a", 4: "b"},
    "padding": {1: "a"},
    "sharing": {3: "a"},
    "switch": {2: "a", 4: "a"},
    "truncation": {3: "a"},
    "unshared": {2: "a"},
    "vanishing": {4: "a", 5: "a"},
}
# Seconds that an answer may take; a busy machine takes longer.
LONGEST = 2.0


def go_through(program, lesson, steps, seed, answers):
    """Each answer of a lesson with the seconds that it took."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "answers"
        path.write_text("".join(f"{answers.get(step, 'right')}\n" for step in range(1, steps + 1)))
        command = [program, "lecture", lesson, "--headless", "--answers", path, "--seed", str(seed)]
        last = time.monotonic()
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder) as process:
            for line in process.stdout:
                event, now = json.loads(line), time.monotonic()
                if event["event"] == "answer":
                    yield event, now - last
                last = now
        if process.returncode != 0:
            raise SystemExit(f"{lesson} at seed {seed} ended with status {process.returncode}")


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else ".build/release/unfold"
    program = str(pathlib.Path(program).resolve())
    folder = pathlib.Path(__file__).resolve().parents[2] / "presets" / "lessons"
    names = sys.argv[2:] or sorted(path.stem for path in folder.glob("*.md"))
    failures = []
    for name in names:
        steps = (folder / f"{name}.md").read_text().count("```yaml")
        promised = PROMISED.get(name, {})
        for seed in range(1, 6 if promised else 2):
            took = []
            for event, seconds in go_through(program, name, steps, seed, promised):
                took.append(f"{seconds:.2f}")
                if not event["right"]:
                    failures.append(f"{name}, step {event['step']}, seed {seed}: {event['reply']}")
                if event["step"] in promised:
                    print(f"{name} {event['step']}, seed {seed}: {event['words']}", flush=True)
                if seconds > LONGEST:
                    failures.append(f"{name}, step {event['step']}, seed {seed}: {seconds:.1f} s")
            print(f"{name}, seed {seed}: {' '.join(took)} s", flush=True)
    print("\n".join(failures) or "every effect is there, and no answer takes longer than it may")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
