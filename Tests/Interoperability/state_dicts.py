#!/usr/bin/env python3
"""PyTorch's state dicts go in through --init and come out of a snapshot with the same outputs.

For nn.RNN, nn.LSTM (with a projection, too) and nn.GRU, two layers, both directions:
1. a random module is saved with safetensors under unfold's names (rnn.…, head.…);
2. `unfold train --init` reads it, prints the loss of its first step, and leaves snapshots;
3. the loss must be PyTorch's own, and the snapshot of step 0, loaded into a fresh module, must
   give the same outputs, both to 1e-5.

Needs torch and safetensors. Usage: state_dicts.py [path of the unfold binary]
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import torch
from safetensors.torch import load_file, save_file

ROOT = pathlib.Path(__file__).resolve().parents[2]
UNFOLD = str(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / ".build/release/unfold").resolve())
INPUTS, HIDDEN, CLASSES = 3, 7, 5


class Tagger(torch.nn.Module):
    def __init__(self, kind, projection):
        super().__init__()
        options = {"proj_size": projection} if projection else {}
        self.rnn = kind(INPUTS, HIDDEN, num_layers=2, bidirectional=True, batch_first=True, **options)
        self.head = torch.nn.Linear(2 * (projection or HIDDEN), CLASSES)

    def forward(self, x):
        return self.head(self.rnn(x)[0])


def check(cell, kind, directory, projection=None):
    torch.manual_seed(7)
    model = Tagger(kind, projection)
    sequences = [torch.randn(length, INPUTS) for length in (4, 9, 1, 6)]
    targets = [torch.randint(0, CLASSES, (len(s),)) for s in sequences]
    targets[0][0] = CLASSES - 1
    with open(directory / "data.jsonl", "w") as file:
        for s, t in zip(sequences, targets):
            file.write(json.dumps({"inputs": s.tolist(), "targets": t.tolist()}) + "\n")
    save_file(model.state_dict(), directory / "in.safetensors")
    (directory / "preset.yaml").write_text(
        f"""task:
  kind: sequence-labelling
  data: {{ jsonl: data.jsonl }}
  classes: {CLASSES}
  split: {{ validation: 0, test: 0 }}
network: {{ cell: {cell}, hidden: {HIDDEN}, layers: 2, direction: bidirectional,
           projection-size: {projection or "none"} }}
training: {{ batch: 4 }}
"""
    )

    def train(steps, out):
        run = subprocess.run(
            [UNFOLD, "train", "preset.yaml", "--headless", "--init", "in.safetensors",
             "--steps", str(steps), "--out", out],
            cwd=directory, capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        return [json.loads(line) for line in run.stdout.splitlines()]

    events = train(1, f"{cell}-{projection}-one")
    loss = next(e["loss"] for e in events if e["event"] == "step")
    with torch.no_grad():
        outputs = torch.cat([model(s[None])[0] for s in sequences])
        expected = torch.nn.functional.cross_entropy(outputs, torch.cat(targets)).item()
    assert abs(loss - expected) < 1e-5, (cell, loss, expected)

    events = train(0, f"{cell}-{projection}-none")
    path = next(e["path"] for e in events if e["event"] == "snapshot")
    again = Tagger(kind, projection)
    again.load_state_dict(load_file(directory / path / "model.safetensors"))
    with torch.no_grad():
        difference = max(
            (again(s[None]) - model(s[None])).abs().max().item() for s in sequences)
    assert difference < 1e-5, (cell, difference)
    print(f"{cell}: loss {loss:.6f}, PyTorch {expected:.6f}; "
          f"outputs differ by {difference:.1e} at most")


with tempfile.TemporaryDirectory() as name:
    for cell, kind in (("tanh", torch.nn.RNN), ("lstm", torch.nn.LSTM), ("gru", torch.nn.GRU)):
        check(cell, kind, pathlib.Path(name))
    check("lstm", torch.nn.LSTM, pathlib.Path(name), projection=4)
