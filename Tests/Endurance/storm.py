#!/usr/bin/env python3
"""A storm of random keys and resizes over the dashboard in a real terminal, while it trains.

    Tests/Endurance/storm.py [--resizes 500] [--keys 2000] [--seed 1] [PROGRAM]

Afterwards the program must be alive, its record must hold every step once and in order, and leaving
must give the terminal back as it was. Needs a
release build, or the program it is given.
"""

import argparse
import fcntl
import json
import os
import pty
import random
import select
import shutil
import signal
import struct
import sys
import tempfile
import termios
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# Every key but those that leave: q, P, D, Ctrl-C, Ctrl-Z and Ctrl-\. R would begin the steps anew, and
# U goes back to a snapshot.
LEAVING = set("qPDRU")
PLAIN = [chr(code) for code in range(32, 127) if chr(code) not in LEAVING]
OTHERS = [
    "\x1b", "\r", "\t", "\x7f", "\x0c", "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1b[H", "\x1b[F",
    "\x1b[5~", "\x1b[6~", "\x1b[Z", "\x1b[<0;40;12M", "\x1b[<0;40;12m", "\x1b[<64;30;9M",
    "\x1b[<65;70;20M", "\x1b[<32;50;10M", "\x1b[200~pasted ⏎ text\x1b[201~", "ü", "漢", "\x1b[99~",
]


class Terminal:
    def __init__(self, program, arguments):
        self.descriptor, self.other = pty.openpty()
        # The terminal's settings before the program changes them.
        self.before = termios.tcgetattr(self.other)
        self.output = b""
        self.pid = os.fork()
        if self.pid == 0:
            os.environ["TERM"] = "xterm-256color"
            os.environ["XDG_CONFIG_HOME"] = os.path.dirname(arguments[-1])
            os.login_tty(self.other)
            os.execv(program, [program] + arguments)

    def resize(self, columns, rows):
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self.descriptor, termios.TIOCSWINSZ, size)

    def press(self, text):
        os.write(self.descriptor, text.encode())

    def read_for(self, seconds):
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if select.select([self.descriptor], [], [], left)[0]:
                try:
                    self.output = (self.output + os.read(self.descriptor, 1 << 16))[-(1 << 16):]
                except OSError:  # The other end is closed.
                    time.sleep(max(0, end - time.monotonic()))
                    return

    def status(self):
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        return None if pid == 0 else os.waitstatus_to_exitcode(status)


def steps(record):
    for line in open(record):
        event = json.loads(line)
        if event["event"] == "step":
            yield event["step"]


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--resizes", type=int, default=500)
    options.add_argument("--keys", type=int, default=2000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("program", nargs="?",
                         default=os.path.join(ROOT, ".build", "release", "unfold"))
    options = options.parse_args()
    if not os.path.exists(options.program):
        sys.exit("no release build: swift build -c release")
    chance = random.Random(options.seed)
    place = tempfile.mkdtemp(prefix="unfold-storm-")
    run = os.path.join(place, "run")
    terminal = Terminal(options.program, ["train", "words", "--out", run])
    try:
        terminal.resize(120, 40)
        # A program under a sanitizer takes its time to begin.
        for _ in range(60):
            terminal.read_for(2)
            if os.path.exists(os.path.join(run, "events.jsonl")):
                break
        acts = ["key"] * options.keys + ["resize"] * options.resizes
        chance.shuffle(acts)
        for act in acts:
            if act == "resize":
                terminal.resize(chance.randint(1, 250), chance.randint(1, 80))
            else:
                terminal.press(chance.choice(PLAIN + OTHERS * 2))
            terminal.read_for(0.005)
            if (status := terminal.status()) is not None:
                tail = terminal.output[-2000:].decode(errors="replace")
                sys.exit(f"it ended with {status} after a key or resize\n{tail}")
        terminal.resize(120, 40)
        # Out of every prompt and page, then let it train.
        terminal.press("\x1b")
        terminal.read_for(0.3)
        for _ in range(4):
            terminal.press("\x1b")
            terminal.read_for(0.3)
        before = sum(1 for _ in steps(os.path.join(run, "events.jsonl")))
        terminal.press(".")
        terminal.read_for(1)
        terminal.press("q")
        terminal.read_for(1)
        terminal.press("q")
        for _ in range(50):
            terminal.read_for(0.2)
            if (status := terminal.status()) is not None:
                break
        else:
            sys.exit("it does not leave after q")
        numbers = list(steps(os.path.join(run, "events.jsonl")))
        gaps = [(a, b) for a, b in zip(numbers, numbers[1:]) if b != a + 1]
        after = termios.tcgetattr(terminal.other)
        print(
            f"{options.keys} keys, {options.resizes} resizes: status {status}, "
            f"{len(numbers)} steps recorded, {before} of them before the last step, "
            f"{len(gaps)} gaps"
        )
        failures = []
        if status != 0:
            failures.append(f"status {status}")
        if gaps or (numbers and numbers[0] != 1):
            failures.append(f"steps are missing or repeated: {gaps[:3]}")
        if after != terminal.before:
            failures.append("the terminal's settings differ")
        if b"\x1b[?1049l" not in terminal.output:
            failures.append("the alternate screen was not left")
        if failures:
            sys.exit("; ".join(failures))
    finally:
        try:
            os.kill(terminal.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        shutil.rmtree(place, ignore_errors=True)


main()
