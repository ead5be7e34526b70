"""How long `unfold follow` takes until a whole log is on screen, in a terminal of tmux, and what it
costs: seconds of wall clock and of processor, and the highest resident memory.

    python3 Tests/Comparison/logs.py wandb /tmp/big.wandb
    python3 Tests/Comparison/follow_speed.py /tmp/big.wandb=99,999

The number behind `=` is the step that the first line tells when everything was read.
"""

import os
import re
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
UNFOLD = os.environ.get("UNFOLD", ROOT + "/.build/release/unfold")
socket = ""


def tmux(*arguments):
    return subprocess.run(
        ["tmux", "-L", socket, *arguments], capture_output=True, text=True
    ).stdout


def measure(path, step):
    global socket
    # A server of its own for each: one that ends may still be seen.
    socket = f"follow-speed-{os.getpid()}-{time.time_ns()}"
    tmux("-f", "/dev/null", "new-session", "-d", "-x", "120", "-y", "40", "bash --norc")
    pid = int(tmux("display-message", "-p", "#{pane_pid}"))
    time.sleep(0.5)
    began = time.time()
    tmux("send-keys", "-l", f"exec '{UNFOLD}' follow '{path}'")
    tmux("send-keys", "Enter")
    while f"step {step}" not in tmux("capture-pane", "-p").split("\n")[0]:
        if time.time() - began > 60:
            sys.exit(f"{path}: no step {step} after a minute")
        time.sleep(0.02)
    wall = time.time() - began
    with open(f"/proc/{pid}/stat") as file:
        ticks = sum(map(int, file.read().rsplit(")", 1)[1].split()[11:13]))
    with open(f"/proc/{pid}/status") as file:
        peak = int(re.search(r"VmHWM:\s+(\d+)", file.read()).group(1))
    tmux("kill-server")
    processor = ticks / os.sysconf("SC_CLK_TCK")
    print(f"{path}: {wall:.2f} s, {processor:.2f} s of processor, {peak / 1024:.0f} MB")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for argument in sys.argv[1:]:
        measure(*argument.rsplit("=", 1))
