"""What watching costs a PyTorch script: the same one without unfold, under it without a terminal, and in the
dashboard with all panels, in turn.

    python3 Tests/Endurance/throughput.py [--turns 5] [--steps 600] [--threads 1] [--python python3]

Says the medians of the steps a second, of the processor time of the job's own process and of unfold's
processes for each step, and of the share of time that probes took by their own account; the loss curves must
be equal bit for bit. Where that Python has no torch, a stand-in without probes is trained. torch's own
threads wait for each other by turning in circles, so on a machine that does other things, too, one is measured.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
UNFOLD = os.environ.get("UNFOLD", ROOT + "/.build/release/unfold")

COMMON = """
import hashlib, json, os, sys, time
STEPS, WAY, THREADS = int(sys.argv[1]), sys.argv[2], int(sys.argv[4])
watch = None
def end(began, cpu, losses):
    took, used = time.perf_counter() - began, time.process_time() - cpu
    told = {"rate": STEPS / took, "cpu": used / STEPS, "losses": hashlib.sha256(repr(losses).encode()).hexdigest()}
    if watch:
        told["share"] = watch._budget.spent / took
    with open(sys.argv[3], "a") as file:
        file.write(json.dumps(told) + "\\n")
"""

TORCH = COMMON + """
import torch
torch.manual_seed(1)
torch.set_num_threads(THREADS)
class CharacterRNN(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = torch.nn.Embedding(64, 32)
        self.rnn = torch.nn.LSTM(32, 128, batch_first=True)
        self.head = torch.nn.Linear(128, 64)
    def forward(self, text):
        return self.head(self.rnn(self.embedding(text))[0])
model = CharacterRNN()
optimizer = torch.optim.Adam(model.parameters(), 2e-3)
text = torch.randint(0, 64, (16, 65 * STEPS), generator=torch.Generator().manual_seed(1))
batches = (text[:, 65 * i: 65 * i + 65] for i in range(STEPS))
if WAY != "bare":
    import unfold
    watch = unfold.watch(model, optimizer)
    batches = watch.steps(batches)
losses = []
began, cpu = time.perf_counter(), time.process_time()
for batch in batches:
    optimizer.zero_grad()
    loss = torch.nn.functional.cross_entropy(model(batch[:, :-1]).reshape(-1, 64), batch[:, 1:].reshape(-1))
    loss.backward()
    norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 5)
    optimizer.step()
    losses.append(loss.item())
    if watch:
        watch.log(loss=losses[-1], grad_norm=norm)
end(began, cpu, losses)
"""

STAND_IN = COMMON + """
import random
batches = range(STEPS)
if WAY != "bare":
    import unfold
    watch = unfold.watch()
    batches = watch.steps(batches)
losses, chance = [], random.Random(1)
began, cpu = time.perf_counter(), time.process_time()
for batch in batches:
    losses.append(sum(chance.random() for _ in range(100_000)) / 1e5)
    if watch:
        watch.log(loss=losses[-1])
end(began, cpu, losses)
"""


class Screen:
    """A tmux server of its own."""

    def __init__(self, directory):
        self.name = "unfold-" + uuid.uuid4().hex
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", "160", "-y", "50", "-c", directory,
                  "env XDG_CONFIG_HOME=" + directory + " bash --noprofile --norc -i")

    def tmux(self, *arguments):
        return subprocess.run(["tmux", "-L", self.name, *arguments], check=True, text=True,
                              stdout=subprocess.PIPE).stdout

    @property
    def text(self):
        return self.tmux("capture-pane", "-p")

    def until(self, words, seconds=120):
        end = time.monotonic() + seconds
        while words not in self.text:
            if time.monotonic() > end:
                sys.exit(f"no “{words}” on:\n{self.text}")
            time.sleep(0.2)

    def close(self):
        subprocess.run(["tmux", "-L", self.name, "kill-server"], stderr=subprocess.DEVNULL)


def seconds(mark):
    """Processor seconds so far of unfold's processes that have a word in their arguments."""
    found = 0.0
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            if os.path.basename(os.readlink(f"/proc/{name}/exe")) != "unfold":
                continue
            with open(f"/proc/{name}/cmdline", "rb") as file:
                if mark.encode() not in file.read():
                    continue
            with open(f"/proc/{name}/stat") as file:
                fields = file.read().rsplit(")", 1)[1].split()
            found += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        except OSError:
            pass
    return found


def turn(way, script, options, directory):
    """Trains once. Returns what the job told, with unfold's processor time for each step."""
    told = os.path.join(directory, f"told-{uuid.uuid4().hex}")
    run = os.path.join(directory, "run-" + uuid.uuid4().hex)
    job = [options.python, script, str(options.steps), way, told, str(options.threads)]
    command = job if way == "bare" else [UNFOLD, "run", "--out", run, "--", *job]
    used = 0.0
    if way == "panels":
        screen = Screen(directory)
        try:
            screen.tmux("send-keys", "-l", " ".join(command))
            screen.tmux("send-keys", "Enter")
            while not os.path.exists(told):
                used = max(used, seconds(run))
                time.sleep(0.5)
            screen.tmux("send-keys", "q")
        finally:
            screen.close()
    else:
        began = os.times()
        process = subprocess.Popen(command, cwd=directory, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None:
            used = max(used, seconds(run)) if way != "bare" else 0.0
            time.sleep(0.5)
        if process.returncode:
            sys.exit(f"{way}: the job ended with {process.returncode}")
    with open(told) as file:
        found = json.loads(file.read())
    found["unfold"] = used / options.steps
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    has_torch = subprocess.run([options.python, "-c", "import torch"], stderr=subprocess.DEVNULL).returncode == 0
    ways = ["bare", "headless", "panels"]
    rows = {way: [] for way in ways}
    with tempfile.TemporaryDirectory() as directory:
        with open(os.path.join(directory, "unfold.py"), "wb") as file:
            file.write(subprocess.run([UNFOLD, "python"], check=True, stdout=subprocess.PIPE).stdout)
        script = os.path.join(directory, "train.py")
        with open(script, "w") as file:
            file.write(TORCH if has_torch else STAND_IN)
        for number in range(options.turns):
            # Each way comes first as often as the others.
            for way in ways[number % 3:] + ways[:number % 3]:
                row = turn(way, script, options, directory)
                rows[way].append(row)
                print(f"  {way} {row['rate']:.1f} steps/s", file=sys.stderr, flush=True)
    curves = {row["losses"] for way in ways for row in rows[way]}
    if len(curves) != 1:
        sys.exit("the loss curves differ")
    print(f"{'PyTorch' if has_torch else 'a stand-in'}, {options.steps} steps, {options.turns} turns")
    median = {way: {key: statistics.median(row.get(key, 0) for row in rows[way])
                    for key in ("rate", "cpu", "share", "unfold")} for way in ways}
    for way in ways:
        row = median[way]
        paired = statistics.median(a["rate"] / b["rate"] for a, b in zip(rows[way], rows["bare"]))
        print(f"{way:9} {row['rate']:7.1f} steps/s  {100 * paired:5.1f} %   job {1e3 * row['cpu']:6.2f} ms CPU/step"
              f"  unfold {1e3 * row['unfold']:5.2f} ms CPU/step   probes {100 * row['share']:.2f} %")


if __name__ == "__main__":
    main()
