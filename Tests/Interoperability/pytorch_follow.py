#!/usr/bin/env python3
"""The loop of the guide "Following a PyTorch run": trains a small RNN to recall its first input
and writes train.jsonl, and with --tensorboard event files, for `unfold follow`.

Needs torch (and tensorboard). Usage: pytorch_follow.py DIRECTORY [steps] [--tensorboard], or the
same under `torchrun --nproc-per-node 2`, where the processes share the gradients.
"""
import json
import os
import pathlib
import sys
import time

import torch

directory = pathlib.Path(sys.argv[1])
steps = int(sys.argv[2]) if len(sys.argv) > 2 else 300
directory.mkdir(parents=True, exist_ok=True)
torch.manual_seed(1)


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = torch.nn.RNN(4, 24, batch_first=True)
        self.head = torch.nn.Linear(24, 4)

    def forward(self, x):
        return self.head(self.rnn(x)[0][:, -1])


def probe(model, x, y):
    """States s(1)…s(T) of one sequence, and the gradient of its last loss by each of them."""
    net = getattr(model, "module", model)
    h, states = None, []
    for t in range(x.shape[1]):
        _, h = net.rnn(x[:1, t:t + 1], h)
        states.append(h)
    loss = loss_function(net.head(h[-1]), y[:1])
    gradients = torch.autograd.grad(loss, states)
    return {"states": [s[-1, 0].tolist() for s in states],
            "gradientByLag": [g[-1].norm().item() for g in reversed(gradients)]}


model = Model()
if "RANK" in os.environ:
    torch.distributed.init_process_group("gloo")
    model = torch.nn.parallel.DistributedDataParallel(model)
    torch.manual_seed(1 + torch.distributed.get_rank())
loss_function = torch.nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), 0.01)
log = open(directory / "train.jsonl", "a", buffering=1)
board = None
if "--tensorboard" in sys.argv:
    from torch.utils.tensorboard import SummaryWriter
    board = SummaryWriter(directory / "board")

for step in range(1, steps + 1):
    y = torch.randint(0, 4, (16,))
    x = torch.randn(16, 12, 4) * 0.1
    x[torch.arange(16), 0, y] += 1
    loss = loss_function(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
    optimizer.step()
    line = {"step": step, "loss": loss.item(), "grad_norm": norm.item(),
            "lr": optimizer.param_groups[0]["lr"], "time": time.time()}
    if step % 50 == 0:
        line |= probe(model, x, y)
        line["val_loss"] = loss.item()
    if int(os.environ.get("RANK", 0)) == 0:
        print(json.dumps(line), file=log)
        if board:
            board.add_scalar("Loss/train", loss.item(), step)
            board.add_scalar("grad_norm", norm.item(), step)
