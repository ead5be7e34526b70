"""How long a folder of many runs takes in `unfold follow DIR`, in a terminal of tmux: seconds until
the list stands there, until a key is answered, and until all runs were read; and what it costs:
seconds of processor, the highest resident memory, and the processor's time for each key (a frame
with eight runs over each other, its way to the terminal included).

    python3 Tests/Comparison/many_runs.py make /tmp/many        # 300 runs, 100 metrics, 1000 steps
    python3 Tests/Comparison/many_runs.py measure /tmp/many
"""

import math
import os
import random
import re
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
UNFOLD = os.environ.get("UNFOLD", ROOT + "/.build/release/unfold")
socket = f"many-runs-{os.getpid()}"


def make(folder, runs=300, metrics=100, steps=1000):
    """Writes folders with a file of JSON lines and one of settings each."""
    random.seed(1)
    noise = [f"{random.random():.5f}" for _ in range(9973)]
    for run in range(runs):
        rate, width = 10 ** -(1 + run % 4), 32 << run % 5
        place = f"{folder}/sweep-{run + 1}"
        os.makedirs(place, exist_ok=True)
        with open(place + "/config.json", "w") as file:
            file.write(f'{{"lr": {rate}, "width": {width}, "seed": {run}}}')
        with open(place + "/train.jsonl", "w") as file:
            for step in range(1, steps + 1):
                loss = 1 + run % 7 / 10 + 3 * math.exp(-step / 200)
                others = ",".join(
                    f'"group{m % 5}/metric{m}":{noise[(run * 31 + step * 7 + m) % 9973]}'
                    for m in range(metrics - 2))
                file.write(
                    f'{{"step":{step},"loss":{loss:.5f},"grad_norm":{noise[step % 9973]},{others}}}\n')


def tmux(*arguments):
    return subprocess.run(
        ["tmux", "-L", socket, *arguments], capture_output=True, text=True
    ).stdout


def processor(pid):
    with open(f"/proc/{pid}/stat") as file:
        ticks = sum(map(int, file.read().rsplit(")", 1)[1].split()[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def wait(began, what, is_there):
    while not is_there(tmux("capture-pane", "-p")):
        if time.time() - began > 300:
            sys.exit(f"no {what} after five minutes:\n" + tmux("capture-pane", "-p"))
        time.sleep(0.01)
    return time.time() - began


def measure(folder):
    tmux("-f", "/dev/null", "new-session", "-d", "-x", "160", "-y", "45", "bash --norc")
    pid = int(tmux("display-message", "-p", "#{pane_pid}"))
    time.sleep(0.5)
    began = time.time()
    tmux("send-keys", "-l", f"exec '{UNFOLD}' follow '{folder}'")
    tmux("send-keys", "Enter")
    first = wait(began, "list", lambda text: "runs" in text and "sweep-1 " in text)
    pressed = time.time()
    tmux("send-keys", "Down", "Down")
    key = wait(pressed, "answer", lambda text: re.search(r"[›>]\W+sweep-3 ", text))
    curve = wait(began, "curve", lambda text: "last value" in text)
    whole = wait(
        began, "end of reading",
        lambda text: "reading" not in text.split("\n")[0] and "runs" in text.split("\n")[0])
    ticks = processor(pid)
    tmux("send-keys", "a")
    time.sleep(3)
    before = processor(pid)
    for _ in range(200):
        tmux("send-keys", "Left")
        time.sleep(0.02)
    frame = (processor(pid) - before) / 200
    with open(f"/proc/{pid}/status") as file:
        peak = int(re.search(r"VmHWM:\s+(\d+)", file.read()).group(1))
    tmux("kill-server")
    print(
        f"{folder}: list after {first:.2f} s, a key answered after {key:.2f} s, first curve after "
        f"{curve:.2f} s, all read after {whole:.1f} s; {ticks:.1f} s of processor, "
        f"{peak / 1024:.0f} MB at most; {1000 * frame:.1f} ms of processor a key")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    {"make": make, "measure": measure}[sys.argv[1]](sys.argv[2])
