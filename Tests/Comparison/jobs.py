"""What watching costs a PyTorch job: throughput beside the same script without it, and the loss curve.

    python Tests/Comparison/jobs.py [--steps 400] [--runs 5]

Needs torch, and a release build. Runs in turn: alone, under `unfold run` without a terminal, and with a
dashboard that asks for everything. Exits with 1 where the loss curves differ.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
UNFOLD = os.environ.get("UNFOLD", ROOT + "/.build/release/unfold")

SCRIPT = '''
import sys, time, torch
sys.path.insert(0, sys.argv[3])
steps, watched = int(sys.argv[1]), sys.argv[2] != "alone"
torch.manual_seed(1)
torch.set_num_threads(1)
text = ("the quick brown fox jumps over the lazy dog and runs away from the hunter " * 200)
symbols = sorted(set(text))
ids = torch.tensor([symbols.index(c) for c in text])
class CharRNN(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = torch.nn.Embedding(len(symbols), 32)
        self.rnn = torch.nn.LSTM(32, 128, 2, dropout=0.1)
        self.head = torch.nn.Linear(128, len(symbols))
    def forward(self, x):
        return self.head(self.rnn(self.embedding(x))[0])
model = CharRNN()
optimizer = torch.optim.Adam(model.parameters(), 2e-3)
if watched:
    import unfold
    watch = unfold.watch(model, optimizer, symbols=symbols, total_steps=steps)
    watch.samples(lambda: "".join(symbols[i] for i in torch.randint(0, len(symbols), (10,)).tolist()))
generator = torch.Generator().manual_seed(2)
def batches():
    for _ in range(steps):
        starts = torch.randint(0, len(ids) - 65, (32,), generator=generator)
        yield torch.stack([ids[s:s + 65] for s in starts.tolist()], 1)
losses = []
began = None
for index, batch in enumerate(watch.steps(batches()) if watched else batches()):
    if index == 20: began = time.perf_counter()
    logits = model(batch[:-1])
    loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), batch[1:].flatten())
    optimizer.zero_grad(); loss.backward(); optimizer.step()
    if watched: watch.log(loss=loss)
    losses.append(loss.item())
seconds = time.perf_counter() - began
open(sys.argv[4], "w").write(__import__("json").dumps(
    {"rate": (steps - 20) / seconds, "losses": [l.hex() for l in losses]}))
'''


def run(kind, steps, directory):
    result, out = os.path.join(directory, "result.json"), os.path.join(directory, f"run-{time.time()}")
    command = [sys.executable, os.path.join(directory, "train.py"), str(steps), kind, directory, result]
    if kind == "alone":
        subprocess.run(command, check=True)
    else:
        process = subprocess.Popen(
            [UNFOLD, "run", "--headless", "--out", out, "--"] + command, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        if kind == "all panels":
            import socket
            path = os.path.join(out, "socket")
            while not os.path.exists(path):
                time.sleep(0.01)
            dashboard = socket.socket(socket.AF_UNIX)
            dashboard.connect(path)
            dashboard.sendall(
                b'{"command":"watch","interests":["hiddenStates","gradientByLag","statistics","samples"]}\n')
            threading.Thread(target=lambda: [None for _ in iter(lambda: dashboard.recv(65536), b"")],
                             daemon=True).start()
        if process.wait() != 0:
            sys.exit(f"{kind}: exit status {process.returncode}")
    with open(result) as file:
        return json.load(file)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    kinds = ["alone", "headless", "all panels"]
    rates, curves = {kind: [] for kind in kinds}, {}
    with tempfile.TemporaryDirectory() as directory:
        with open(os.path.join(directory, "train.py"), "w") as file:
            file.write(SCRIPT)
        with open(os.path.join(directory, "unfold.py"), "wb") as file:
            file.write(subprocess.run([UNFOLD, "python"], check=True, stdout=subprocess.PIPE).stdout)
        for _ in range(options.runs):
            for kind in kinds:
                told = run(kind, options.steps, directory)
                rates[kind].append(told["rate"])
                curves.setdefault(kind, told["losses"])
    alone = statistics.median(rates["alone"])
    for kind in kinds:
        rate = statistics.median(rates[kind])
        same = curves[kind] == curves["alone"]
        print(f"{kind:12} {rate:8.1f} steps/s  {100 * rate / alone:6.1f} %  "
              f"losses {'equal bit for bit' if same else 'DIFFER'}")
    sys.exit(any(curves[kind] != curves["alone"] for kind in kinds))


if __name__ == "__main__":
    main()
