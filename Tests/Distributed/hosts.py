#!/usr/bin/env python3
"""Two hosts, made of network namespaces and a slow cable, train one run and end it in good order.

  swift build -c release --traits MPI --product unfold --scratch-path .build-mpi
  Tests/Distributed/hosts.py [--delay 0.2] [--gigabits 1]

Each host has a name, processes and a network of its own. The cable is a pair of veth devices with the
delay and the rate of netem; where the kernel lacks netem, a process that holds each frame back. Needs
root and iproute2.
"""

import argparse
import collections
import fcntl
import json
import os
import pathlib
import select
import signal
import struct
import subprocess
import sys
import time

sys.dont_write_bytecode = True

from ranks import Ranks

NETWORK = "10.211.7"
HOSTS = ["first", "second"]


def ip(*arguments):
    return subprocess.run(["ip", *arguments], capture_output=True, text=True)


def forward(source, target, delay, bits_per_second):
    """Passes frames on, each after the delay, and no faster than the rate."""
    waiting, free = collections.deque(), 0.0
    while True:
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            try:
                os.write(target, waiting.popleft()[1])
            except OSError:
                pass  # The other end is down: a frame on a cut cable is lost.
        pause = max(0, waiting[0][0] - now) if waiting else None
        if select.select([source], [], [], pause)[0]:
            try:
                frame = os.read(source, 1 << 16)
            except OSError:
                time.sleep(0.01)
                continue
            free = max(free, time.monotonic()) + 8 * len(frame) / bits_per_second
            waiting.append((free + delay, frame))


class Cable:
    def __init__(self, milliseconds, gigabits):
        self.spaces = [f"unfold-{host}-{os.getpid()}" for host in HOSTS]
        self.forwarders = []
        for space in self.spaces:
            ip("netns", "add", space)
        self.kind = self.veth(milliseconds, gigabits) or self.taps(milliseconds, gigabits)
        for number, space in enumerate(self.spaces):
            ip("-n", space, "address", "add", f"{NETWORK}.{number + 1}/24", "dev", "cable")
            ip("-n", space, "link", "set", "lo", "up")
        self.join()

    def veth(self, milliseconds, gigabits):
        first, second = self.spaces
        ip("link", "add", "cable", "netns", first, "type", "veth",
           "peer", "name", "cable", "netns", second)
        for space in self.spaces:
            done = subprocess.run(
                ["tc", "-n", space, "qdisc", "add", "dev", "cable", "root", "netem", "delay",
                 f"{milliseconds}ms", "rate", f"{gigabits}gbit"], capture_output=True, text=True)
            if done.returncode != 0:
                ip("-n", first, "link", "delete", "cable")
                return None
        return "veth with netem"

    def taps(self, milliseconds, gigabits):
        ends = []
        for number, space in enumerate(self.spaces):
            end = os.open("/dev/net/tun", os.O_RDWR)
            name = f"tap{number}-{os.getpid()}"
            # TUNSETIFF with IFF_TAP and IFF_NO_PI: whole frames and nothing else.
            fcntl.ioctl(end, 0x400454CA, struct.pack("16sH14x", name.encode(), 0x1002))
            ip("link", "set", name, "netns", space, "name", "cable", "mtu", "9000")
            ip("-n", space, "link", "set", "cable", "txqueuelen", "2000")
            ends.append(end)
        for source, target in [ends, ends[::-1]]:
            child = os.fork()
            if child == 0:
                try:
                    forward(source, target, milliseconds / 1000, gigabits * 1e9)
                finally:
                    os._exit(0)
            self.forwarders.append(child)
        return "a process that holds frames back (the kernel has no netem)"

    def cut(self):
        ip("-n", self.spaces[1], "link", "set", "cable", "down")

    def join(self):
        for space in self.spaces:
            ip("-n", space, "link", "set", "cable", "up")

    def remove(self):
        for child in self.forwarders:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        for space in self.spaces:
            ip("netns", "delete", space)


class Hosts(Ranks):
    """The same checks, over two hosts."""

    def __init__(self, arguments, cable):
        super().__init__(arguments)
        self.cable = cable
        self.token = f"{os.getpid()}"
        self.agent = self.directory / "agent"
        # What ssh would be: the host's name, and a command for its shell.
        self.agent.write_text("#!/bin/sh\nshift\nexec " + " ".join(self.on(1)) + ' sh -c "'
                              + f'hostname {HOSTS[1]}; $*"\n')
        self.agent.chmod(0o755)

    def on(self, host):
        return ["ip", "netns", "exec", self.cable.spaces[host], "unshare", "--uts", "--pid", "--fork",
                "--kill-child", "--mount-proc"]

    def command(self, ranks, arguments):
        if ranks == 1:
            return super().command(ranks, arguments)
        each = (ranks + 1) // 2
        start = super().command(ranks, arguments)
        network = f"{NETWORK}.0/24"
        options = [
            "--host", ",".join(f"{host}:{each}" for host in HOSTS), "--leave-session-attached",
            "-x", f"UNFOLD_HOSTS={self.token}", "--mca", "plm_rsh_agent", str(self.agent),
            "--mca", "btl", "self,vader,tcp", "--mca", "btl_tcp_if_include", network,
            "--mca", "oob_tcp_if_include", network,
            # Notices within seconds that the other host is out of reach.
            "--mca", "oob_tcp_keepalive_time", "3", "--mca", "oob_tcp_keepalive_intvl", "2",
            "--mca", "oob_tcp_keepalive_probes", "3"]
        return [*self.on(0), "sh", "-c", f'hostname {HOSTS[0]}; exec "$@"', "sh", start[0], *options,
                *start[1:]]

    def ranks_of(self, job):
        found = {}
        for place in pathlib.Path("/proc").iterdir():
            try:
                if not place.name.isdigit():
                    continue
                environment = (place / "environ").read_bytes().split(b"\0")
            except OSError:
                continue
            if f"UNFOLD_HOSTS={self.token}".encode() not in environment:
                continue
            for entry in environment:
                if entry.startswith(b"OMPI_COMM_WORLD_RANK="):
                    found[int(entry.split(b"=")[1])] = int(place.name)
        return found

    def throughput(self, ranks, label, on_hosts=True):
        arguments = ["words", "--headless", "--steps", "150", "--threads", "1", "--out", self.place(),
                     "--set", "network.hidden=256", "--set", "training.parts=4",
                     "--set", "training.validate-every=1000"]
        command = self.command if on_hosts else super().command
        done = subprocess.run(command(ranks, arguments), cwd=self.directory, capture_output=True,
                              text=True, timeout=600)
        lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        steps = [line for line in lines if line["event"] == "step"]
        if done.returncode != 0 or len(steps) < 150:
            return self.check(False, f"throughput, {label}: {done.stderr.strip()[-400:]}")
        seconds = steps[-1]["elapsed"] - steps[29]["elapsed"]
        tokens = sum(step["tokensPerSecond"] for step in steps[30:]) / len(steps[30:])
        print(f"      {label}: {120 / seconds:.1f} steps/s, {tokens:,.0f} characters/s", flush=True)

    def left(self):
        """Ends when no process of the job is left, or after a while."""
        until = time.monotonic() + 30
        while self.ranks_of(None) and time.monotonic() < until:
            time.sleep(0.2)
        return sorted(self.ranks_of(None))

    def cut(self, ranks):
        job, out = self.start(ranks, "--set", "training.snapshot-every=20")
        self.cable.cut()
        began = time.monotonic()
        try:
            _, errors = job.communicate(timeout=90)
        except subprocess.TimeoutExpired:
            job.kill()
            _, errors = job.communicate()
        seconds = time.monotonic() - began
        self.check(
            job.returncode != 0 and seconds < 60, f"a cut cable ends the job after {seconds:.0f} s: "
            f"{self.said(errors)}")
        left = self.left()
        self.check(not left, f"and no rank is left on either host {left or ''}")
        self.cable.join()
        self.goes_on(ranks, out)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    root = pathlib.Path(__file__).resolve().parents[2]
    parser.add_argument("--unfold", default=str(root / ".build-mpi/release/unfold"))
    parser.add_argument("--delay", type=float, default=0.2, help="milliseconds, one way")
    parser.add_argument("--gigabits", type=float, default=1.0, help="a second")
    parser.add_argument("--steps", type=int, default=60)
    arguments = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("hosts.py makes network namespaces: run it as root")
    cable = Cable(arguments.delay, arguments.gigabits)
    try:
        hosts = Hosts(arguments, cable)
        print(f"      cable: {arguments.delay} ms, {arguments.gigabits} Gbit/s, {cable.kind}")
        hosts.same_bytes("words", [2, 4], [1])
        hosts.throughput(1, "1 process")
        hosts.throughput(2, "2 ranks on one host", on_hosts=False)
        hosts.throughput(2, "2 ranks on two hosts")
        for victim in [1, 3, 0]:
            hosts.killed(4, victim)
            hosts.check(not hosts.left(), "and no rank is left on either host")
        hosts.cut(4)
        subprocess.run(["rm", "-rf", str(hosts.directory)])
    finally:
        cable.remove()
    sys.exit(1 if hosts.failures else 0)


if __name__ == "__main__":
    main()
