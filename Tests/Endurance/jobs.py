"""Jobs, their hosts and their dashboards are killed at random: the other side lives or ends cleanly.

    python3 Tests/Endurance/jobs.py [--kills 20] [--seed 1]

After each round nothing may be left: no process of the job, no socket, no lock, no temporary file; and
the run's record must hold every step up to its last one exactly once. The dashboard that is killed is a real
one, in a terminal of its own.
"""

import argparse
import json
import os
import pty
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
UNFOLD = os.environ.get("UNFOLD", next(
    (p for p in (ROOT + "/.build/release/unfold", ROOT + "/.build/debug/unfold") if os.path.exists(p)), ""))

LOOP = """
import sys, time, unfold
watch = unfold.watch(name="loop")
for batch in watch.steps(range(10**6)):
    watch.log(loss=1 / (batch + 1))
    time.sleep(0.001)
"""


def alive(mark):
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/cmdline", "rb") as file:
                    if mark.encode() in file.read() and int(name) != os.getpid():
                        yield int(name)
            except OSError:
                pass


def until(what, condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            sys.exit(f"waited in vain for {what}")
        time.sleep(0.02)


def attach(path):
    dashboard = socket.socket(socket.AF_UNIX)
    dashboard.connect(path)
    return dashboard


def drain(terminal):
    """Reads what a dashboard draws, until its terminal is gone."""
    try:
        while os.read(terminal, 1 << 16):
            pass
    except OSError:
        pass


def dashboard_in_terminal(run):
    """A dashboard in a terminal. Returns its process and the terminal's other end."""
    ours, theirs = pty.openpty()
    program = subprocess.Popen([UNFOLD, "attach", run], stdin=theirs, stdout=theirs, stderr=theirs,
                               start_new_session=True, env=dict(os.environ, TERM="xterm-256color"))
    os.close(theirs)
    threading.Thread(target=drain, args=[ours], daemon=True).start()
    return program, ours


def steps(run):
    found = []
    with open(os.path.join(run, "events.jsonl"), "rb") as file:
        for line in file.read().split(b"\n")[:-1]:
            event = json.loads(line)
            if event.get("event") == "step":
                found.append(event["step"])
    return found


def one_round(number, victim, directory, chance):
    run = os.path.join(directory, f"run-{number}")
    script = os.path.join(directory, f"loop-{number}.py")
    with open(script, "w") as file:
        file.write(LOOP)
    subprocess.run([UNFOLD, "run", "--detach", "--out", run, "--", sys.executable, script], check=True,
                   stdout=subprocess.DEVNULL, cwd=directory)
    path = os.path.join(run, "socket")
    dashboards = [attach(path) for _ in range(3)]
    # One reads, one never does, one goes at once.
    dashboards[2].close()
    until("the first steps", lambda: len(steps(run)) > 5)
    time.sleep(chance.random() * 0.5)
    jobs = [p for p in alive(script) if os.path.basename(os.readlink(f"/proc/{p}/exe")).startswith("python")]
    hosts = [p for p in alive(script) if p not in jobs]
    if victim == "dashboard":
        program, terminal = dashboard_in_terminal(run)
        time.sleep(chance.random() * 0.5)
        if chance.random() < 0.5:
            os.write(terminal, chance.choice([b" ", b".", b"?", b"q", b"4"]))
            time.sleep(chance.random() * 0.1)
        program.send_signal(chance.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGHUP]))
        program.wait(30)
        os.close(terminal)
        # A pause that it asked for has nobody else who could end it.
        with attach(path) as other:
            other.sendall(b'{"command":"resume"}\n')
            time.sleep(0.05)
        before = len(steps(run))
        until("steps after the dashboard's end", lambda: len(steps(run)) > before)
        subprocess.run([UNFOLD, "runs", "stop", run], check=True, stdout=subprocess.DEVNULL)
    elif victim == "job":
        os.kill(chance.choice(jobs), chance.choice([signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV]))
    else:
        os.kill(hosts[0], signal.SIGKILL)
    until(f"the end of everything after {victim}", lambda: not list(alive(script)))
    for dashboard in dashboards[:2]:
        dashboard.settimeout(10)
        while dashboard.recv(1 << 16):
            pass
        dashboard.close()
    numbers = steps(run)
    if numbers != list(range(1, len(numbers) + 1)):
        sys.exit(f"{victim}: steps are missing or doubled in {run}")
    if victim != "host":
        left = [name for name in os.listdir(run) if "socket" in name or name == ".lock"]
        if left:
            sys.exit(f"{victim}: {left} left in {run}")
    odd = [name for _, _, names in os.walk(run) for name in names if name.endswith((".part", ".tmp"))]
    if odd or os.listdir(tempfile.tempdir):
        sys.exit(f"{victim}: {odd + os.listdir(tempfile.tempdir)} left")
    return len(numbers)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as directory:
        # Temporary files of everybody land where they are seen.
        tempfile.tempdir = os.path.join(directory, "temporary")
        os.mkdir(tempfile.tempdir)
        os.environ["TMPDIR"] = tempfile.tempdir
        with open(os.path.join(directory, "unfold.py"), "wb") as file:
            file.write(subprocess.run([UNFOLD, "python"], check=True, stdout=subprocess.PIPE).stdout)
        told = [one_round(number, chance.choice(["dashboard", "job", "host"]), directory, chance)
                for number in range(options.kills)]
    print(f"{options.kills} kills: nothing left, {sum(told)} steps once each")


if __name__ == "__main__":
    main()
