#!/usr/bin/env python3
"""However the dashboard ends, the terminal comes back and nothing is lost that can be saved.

Sends every signal there is (but SIGKILL and SIGSTOP, which nobody can catch) to the program in a
terminal of its own: while it draws, while nobody reads the terminal and a picture is stuck in it,
while it is suspended, in the chooser, and in a dialog. Demanded are the terminal's settings as they
were before, the alternate screen and the mouse left, the status, and a snapshot of the last recorded
step where the signal allows one. Signals that are ignored, or that stop the program, leave it able to
go on.

Usage: signals.py [--signals TERM,HUP,...] [--states drawing,blocked,...] [--binary .build/release/unfold]
Needs nothing but Python; ends with status 1 when anything does not hold.
"""
import argparse
import fcntl
import json
import os
import pathlib
import pty
import select
import shutil
import signal
import struct
import sys
import tempfile
import termios
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
S = signal.Signals
FAULTS = {S.SIGILL, S.SIGTRAP, S.SIGABRT, S.SIGBUS, S.SIGFPE, S.SIGSEGV, S.SIGSYS}
HARMLESS = {S.SIGPIPE, S.SIGCHLD, S.SIGCONT, S.SIGURG, S.SIGWINCH, S.SIGXFSZ}
STOPPING = {S.SIGTSTP, S.SIGTTIN, S.SIGTTOU}
ALL = [s for s in (S(n) for n in range(1, 32)) if s not in (S.SIGKILL, S.SIGSTOP)] + [40]
STATES = ["drawing", "blocked", "suspended", "chooser", "dialog"]
LEFT = [b"\x1b[?1049l", b"\x1b[?1000l"]


class Terminal:
    """The program in a terminal whose settings are unusual, so that others show."""

    def __init__(self, base, arguments):
        self.master, self.slave = pty.openpty()
        settings = termios.tcgetattr(self.slave)
        settings[3] |= termios.ECHOK
        settings[6][termios.VERASE] = b"\x08"
        termios.tcsetattr(self.slave, termios.TCSANOW, settings)
        self.before = termios.tcgetattr(self.slave)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 160, 0, 0))
        self.output, self.ended = b"", None
        self.messages, writing = os.pipe()
        self.shell = os.fork()
        if self.shell == 0:
            self.be_a_shell(base, arguments, writing)
        os.close(writing)
        self.pid = int.from_bytes(os.read(self.messages, 4), "little")

    def be_a_shell(self, base, arguments, writing):
        """Runs the program as a job in the foreground: only a job with a shell can be stopped."""
        os.environ.update(TERM="xterm-256color", LC_ALL="C.UTF-8", SWIFT_BACKTRACE="enable=no",
                          XDG_CONFIG_HOME=str(base))
        os.chdir(base)
        os.login_tty(self.slave)
        pid = os.fork()
        if pid == 0:
            os.setpgid(0, 0)
            signal.signal(signal.SIGTTOU, signal.SIG_IGN)
            os.tcsetpgrp(0, os.getpid())
            signal.signal(signal.SIGTTOU, signal.SIG_DFL)
            # Python ignores some, and who starts this may ignore others.
            for number in ALL:
                signal.signal(number, signal.SIG_DFL)
            os.execv(BINARY, [BINARY, *arguments])
        os.write(writing, pid.to_bytes(4, "little"))
        _, status = os.waitpid(pid, 0)
        os.write(writing, os.waitstatus_to_exitcode(status).to_bytes(4, "little", signed=True))
        os._exit(0)

    def read_for(self, seconds):
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if select.select([self.master], [], [], left)[0]:
                self.output += os.read(self.master, 1 << 16)

    def read_until(self, text, seconds=20):
        end = time.monotonic() + seconds
        while text not in self.output:
            assert time.monotonic() < end, f"{text} is not shown: {self.output[-300:]}"
            self.read_for(0.05)

    def press(self, text):
        os.write(self.master, text.encode())

    def status(self, seconds, reads=True):
        """How the program ended, if it has; -n by signal n."""
        end = time.monotonic() + seconds
        while self.ended is None and time.monotonic() < end:
            if reads:
                self.read_for(0.02)
            else:
                time.sleep(0.02)
            if select.select([self.messages], [], [], 0)[0]:
                self.ended = int.from_bytes(os.read(self.messages, 4), "little", signed=True)
        return self.ended

    def close(self):
        if self.ended is None:
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.shell, 0)
        for descriptor in (self.master, self.slave, self.messages):
            os.close(descriptor)


def await_stop(terminal, seconds=5):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        terminal.read_for(0.02)
        # After the name, which may hold anything.
        if open(f"/proc/{terminal.pid}/stat").read().rsplit(")", 1)[1].split()[0] == "T":
            return
    raise AssertionError("it does not stop")


def await_steps(terminal, record, seconds=20):
    """Waits until the run has recorded its first steps."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        terminal.read_for(0.05)
        if record.exists() and b'"step":20,' in record.read_bytes():
            return
    raise AssertionError("it does not train")


def reach(state, base):
    """The program in one of the states, with what it trains recorded under run."""
    arguments = [] if state == "chooser" else [
        "train", "words", "--out", "run", "--set", "network.hidden=8", "--steps", "100000000"]
    terminal = Terminal(base, arguments)
    try:
        terminal.read_until(b"\x1b[?1049h")
        if state == "chooser":
            terminal.read_until(b"words")
            terminal.press("j")
        else:
            await_steps(terminal, base / "run/events.jsonl")
        terminal.read_for(0.3)
        if state == "dialog":
            terminal.press("q")
            terminal.read_until(b"Quit?")
        elif state == "suspended":
            terminal.press("\x1a")
            await_stop(terminal)
        elif state == "blocked":
            # Drawn anew again and again, until a picture is stuck.
            for _ in range(60):
                terminal.press("\x0c")
                time.sleep(0.02)
    except BaseException:
        terminal.close()
        raise
    return terminal


def last_recorded(run):
    last = 0
    for line in open(run / "events.jsonl"):
        if line.startswith('{"event":"step"') and line.endswith("\n"):
            last = json.loads(line)["step"]
    return last


def send(terminal, number, state):
    os.kill(terminal.pid, number)
    if state == "suspended" and number != S.SIGCONT:
        os.kill(terminal.pid, signal.SIGCONT)


def goes_on(terminal, number, state):
    """A signal that ends nothing: the program is there, and leaves in good order when asked."""
    if number in STOPPING and state not in ("suspended", "blocked"):
        await_stop(terminal)
        assert termios.tcgetattr(terminal.slave) == terminal.before, "stopped with other settings"
        os.kill(terminal.pid, signal.SIGCONT)
    assert terminal.status(0.3, reads=state != "blocked") is None, f"ended: {terminal.ended}"
    os.kill(terminal.pid, signal.SIGTERM)
    try:
        os.kill(terminal.pid, signal.SIGCONT)
    except ProcessLookupError:  # It was quick.
        pass


def check(number, state, base):
    terminal = reach(state, base)
    try:
        send(terminal, number, state)
        if number in HARMLESS | STOPPING:
            goes_on(terminal, number, state)
            expected = 128 + signal.SIGTERM
        else:
            expected = -number if number in FAULTS else 128 + number
        found = terminal.status(12, reads=state != "blocked")
        assert found is not None, "still there after 12 s"
        assert found == expected, f"status {found}, not {expected}"
        assert termios.tcgetattr(terminal.slave) == terminal.before, "the settings differ"
        terminal.read_for(0.2)
        after = terminal.output.rsplit(b"\x1b[?1049h", 1)[-1]
        if state != "suspended" or b"\x1b[?1049h" not in terminal.output:
            for sequence in LEFT:
                assert sequence in after, f"{sequence} was not written"
        if expected > 0 and state != "chooser":
            names = sorted(p.name for p in (base / "run/snapshots").iterdir())
            last = last_recorded(base / "run")
            assert names and names[-1] == f"step-{last:08}", f"{names} after {last} steps"
    finally:
        terminal.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--signals", help="names or numbers, comma-separated; all without")
    parser.add_argument("--states", default=",".join(STATES))
    parser.add_argument("--binary", default=ROOT / ".build/release/unfold")
    arguments = parser.parse_args()
    global BINARY
    BINARY = str(pathlib.Path(arguments.binary).resolve())
    numbers = ALL
    if arguments.signals:
        numbers = [int(n) if n.isdigit() else S["SIG" + n] for n in arguments.signals.split(",")]
    failures = count = 0
    for state in arguments.states.split(","):
        for number in numbers:
            base = pathlib.Path(tempfile.mkdtemp(prefix="unfold-signals-"))
            count += 1
            try:
                check(number, state, base)
            except (AssertionError, OSError) as error:
                failures += 1
                name = number.name if isinstance(number, S) else number
                print(f"{state:10} {name}: {error}", flush=True)
            finally:
                shutil.rmtree(base, ignore_errors=True)
    print(f"{count} ends, {failures} not as they should be")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
