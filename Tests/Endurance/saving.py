#!/usr/bin/env python3
"""Saving means saved: "save and quit" that cannot save asks again, and says why.

The dashboard trains in a terminal of its own under a limit that its last snapshot does not fit into:
a file size (`ulimit -f`) or a number of open files (`ulimit -n`). Demanded are a question with the
reason; that trying again works once the limit is gone; that another directory takes the snapshot; that losing ends with status 1; that a signal, which
cannot be answered, ends with status 1, too. Without a terminal the status is 1 and one line says why.

Usage: saving.py [--binary .build/release/unfold]
Needs nothing but Python; ends with status 1 when anything does not hold.
"""
import argparse
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import signals  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
LARGE = resource.RLIM_INFINITY


def limit(pid, kind, size):
    """A soft limit of another process, which can be taken back."""
    resource.prlimit(pid, kind, (size, resource.prlimit(pid, kind)[1]))


class Saving:
    """A run in the dashboard that is to be left, with a limit in its way."""

    def __init__(self, base, kind, size, reason):
        self.base = base
        self.terminal = signals.reach("drawing", base)
        self.terminal.press(" ")
        self.terminal.read_for(0.5)
        limit(self.terminal.pid, kind, size)
        self.kind, self.reason = kind, reason

    def quit(self):
        self.terminal.press("q")
        self.terminal.read_until(b"Quit?")
        self.terminal.press("s")
        self.terminal.read_until(b"Not saved")
        self.terminal.read_for(0.3)
        # Only cells that changed are written: a word may lack a letter that stood there before.
        words = self.reason.split()
        shown = sum(word in self.terminal.output for word in words)
        assert 2 * shown >= len(words), f"the reason is not shown: {self.reason}"
        assert self.terminal.status(0.2) is None, "it left all the same"

    def lift(self):
        limit(self.terminal.pid, self.kind, resource.prlimit(self.terminal.pid, self.kind)[1])

    def press(self, text):
        self.terminal.press(text)

    def end(self, status):
        found = self.terminal.status(15)
        assert found == status, f"status {found}, not {status}"

    def snapshots(self, place="run/snapshots"):
        path = self.base / place
        # The best validation's weights are written by themselves, as soon as there is room.
        return [p.name for p in path.iterdir() if p.name != "best"] if path.is_dir() else []


def again(saving):
    saving.quit()
    # Still no room: asked again. The question may come back cell by cell as it was, so that nothing
    # of it is written anew; that the run goes on is told by its end.
    saving.press("r")
    saving.terminal.read_for(1)
    saving.lift()
    saving.press("r")
    saving.end(0)
    assert len(saving.snapshots()) == 1, saving.snapshots()


def elsewhere(saving):
    saving.quit()
    saving.lift()
    saving.press("e")
    saving.terminal.read_until(b"save in:")
    saving.press(str(saving.base / "other") + "\r")
    saving.end(0)
    assert len(saving.snapshots("other")) == 1 and not saving.snapshots()


def lose(saving):
    saving.quit()
    saving.press("l")
    saving.end(1)
    assert not saving.snapshots()


def by_signal(saving):
    os.kill(saving.terminal.pid, signal.SIGTERM)
    saving.end(1)
    assert not saving.snapshots()


def signal_while_asked(saving):
    saving.quit()
    os.kill(saving.terminal.pid, signal.SIGTERM)
    saving.end(1)


def headless(base, settings, reason):
    done = subprocess.run(
        ["bash", "-c", f'{settings}; exec "$0" train words --headless --steps 3 --out "$1"',
         signals.BINARY, str(base / "run")],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=60)
    errors = done.stderr.decode()
    assert done.returncode == 1 and reason in errors, f"status {done.returncode}: {errors}"


def check(act, kind, size, reason):
    base = pathlib.Path(tempfile.mkdtemp(prefix="unfold-saving-"))
    saving = None
    try:
        saving = Saving(base, kind, size, reason)
        act(saving)
        return None
    except (AssertionError, OSError) as error:
        return str(error) or type(error).__name__
    finally:
        if saving:
            saving.terminal.close()
        shutil.rmtree(base, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", default=ROOT / ".build/release/unfold")
    arguments = parser.parse_args()
    signals.BINARY = str(pathlib.Path(arguments.binary).resolve())
    failures = count = 0
    limits = [("ulimit -f", resource.RLIMIT_FSIZE, 1000, b"limit of a file's size"),
              ("ulimit -n", resource.RLIMIT_NOFILE, 5, b"too many files are open")]
    for name, kind, size, reason in limits:
        for act in (again, elsewhere, lose, by_signal, signal_while_asked):
            problem = check(act, kind, size, reason)
            count += 1
            failures += problem is not None
            print(f"{name} {act.__name__:20} {problem or 'as it should be'}", flush=True)
    base = pathlib.Path(tempfile.mkdtemp(prefix="unfold-saving-"))
    try:
        headless(base, "ulimit -f 2", "limit of a file's size")
    except AssertionError as error:
        failures += 1
        print(f"headless: {error}")
    finally:
        shutil.rmtree(base, ignore_errors=True)
    print(f"{count + 1} ways to save, {failures} not as they should be")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
