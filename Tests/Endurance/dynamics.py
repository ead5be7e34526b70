#!/usr/bin/env python3
"""What the view Dynamics costs a run: processor time of the training process per step, with the view's
frames asked for and without, in turns. Usage: dynamics.py UNFOLD [--hidden 128] [--turns 8]
[--seconds 30] [--cell tanh] [--settle 20] [--view dynamics,landscape]
The first look of each kind is made at once, whatever it takes; --settle seconds pass it over.
"""
import argparse
import json
import os
import socket
import statistics
import struct
import subprocess
import tempfile
import threading
import time

parser = argparse.ArgumentParser()
parser.add_argument("unfold")
parser.add_argument("--hidden", type=int, default=128)
parser.add_argument("--turns", type=int, default=8)
parser.add_argument("--seconds", type=float, default=30)
parser.add_argument("--settle", type=float, default=20)
parser.add_argument("--cell", default="tanh")
parser.add_argument(
    "--view", default="dynamics,landscape,hiddenStates,gradientByLag",
    help="frames that are asked for")
options = parser.parse_args()
VIEW = options.view.split(",")



class Dashboard:
    def __init__(self, run):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(os.path.join(run, "socket"))
        self.step, self.frames = 0, 0
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        with self.socket.makefile("rb") as file:
            for line in file:
                event = json.loads(line)
                if event.get("event") == "step" or "event" not in event:
                    self.step = max(self.step, event.get("step", 0))
                self.frames += event.get("event") == "dynamics"

    def watch(self, interests):
        self.socket.sendall((json.dumps(
            {"command": "watch", "interests": interests, "columns": 64, "rate": 1}) + "\n").encode())


def cpu(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


with tempfile.TemporaryDirectory() as place:
    run = os.path.join(place, "run")
    job = subprocess.Popen(
        [options.unfold, "train", "words", "--detach", "--threads", "1", "--out", run,
         "--set", f"network.hidden={options.hidden}", "--set", f"network.cell={options.cell}",
         "--set", "training.steps=10000000"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    job.wait()
    end = time.time() + 60
    while not os.path.exists(os.path.join(run, "socket")) and time.time() < end:
        time.sleep(0.1)
    dashboard = Dashboard(run)
    pid = struct.unpack("3i", dashboard.socket.getsockopt(
        socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")))[0]

    def turn(interests):
        dashboard.watch(interests)
        time.sleep(1.5)  # the first look makes room for all others
        frames, step, spent = dashboard.frames, dashboard.step, cpu(pid)
        time.sleep(options.seconds)
        steps = dashboard.step - step
        return (cpu(pid) - spent) / max(1, steps), dashboard.frames - frames, steps

    dashboard.watch(VIEW)
    time.sleep(options.settle)
    ratios, seen = [], 0
    for index in range(options.turns):
        order = [[], VIEW] if index % 2 == 0 else [VIEW, []]
        result = {bool(interests): turn(interests) for interests in order}
        ratios.append(result[True][0] / result[False][0])
        seen += result[True][1]
        print(f"turn {index + 1}: {1e3 * result[False][0]:.3f} ms a step without, "
              f"{1e3 * result[True][0]:.3f} ms with, ×{ratios[-1]:.4f}, {result[True][1]} frames",
              flush=True)
    dashboard.socket.sendall(b'{"command":"stop"}\n')
    time.sleep(2)
    print(f"{options.cell} {options.hidden}: median ×{statistics.median(ratios):.4f}, "
          f"{min(ratios):.4f} to {max(ratios):.4f}, {seen} frames in {options.turns} turns")
