#!/usr/bin/env python3
"""What unfold.py tells of a PyTorch network as a dynamical system, against the network itself: states,
the mean Jacobian by finite differences, and what each loss depends on by torch's own gradients.

Needs torch. Usage: pytorch_dynamics.py [unfold.py]
"""
import copy
import importlib.util
import json
import os
import pathlib
import socket
import sys

import torch

here = pathlib.Path(__file__).resolve().parent
path = sys.argv[1] if len(sys.argv) > 1 else str(here.parent.parent / "presets" / "unfold.py")


class Model(torch.nn.Module):
    def __init__(self, mode, layers, bidirectional):
        super().__init__()
        self.embedding = torch.nn.Embedding(5, 6)
        self.rnn = getattr(torch.nn, mode)(
            6, 7, num_layers=layers, bidirectional=bidirectional, batch_first=True)
        self.head = torch.nn.Linear(14 if bidirectional else 7, 5)

    def forward(self, x):
        return self.head(self.rnn(self.embedding(x))[0])


def helper():
    spec = importlib.util.spec_from_file_location("unfold", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def frame_of(model, x):
    """The first frame that a loop with a learning rate of 0 sends."""
    ours, theirs = socket.socketpair()
    os.environ["UNFOLD_FD"] = str(theirs.detach())
    optimizer = torch.optim.SGD(model.parameters(), 0.0)
    watch = helper().watch(model, optimizer)
    ours.sendall(b'{"command":"watch","interests":["dynamics"]}\n')
    ours.setblocking(False)
    text = b""
    for _ in watch.steps(range(100_000)):
        loss = torch.nn.functional.cross_entropy(model(x).flatten(0, 1), x.roll(1, 1).flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        watch.log(loss=loss)
        try:
            text += ours.recv(1 << 20)
        except BlockingIOError:
            continue
        for line in text.split(b"\n")[:-1]:
            event = json.loads(line)
            assert event.get("event") != "refused", event
            if event.get("event") == "dynamics":
                watch.finish()
                ours.close()
                return event
    raise SystemExit("no frame came")


def check(mode, layers, bidirectional):
    torch.manual_seed(3)
    model = Model(mode, layers, bidirectional)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(1.8)
    x = torch.randint(0, 5, (4, 18))
    frame = frame_of(model, x)
    count = 1 if bidirectional else layers
    size = 7 * count * (2 if mode == "LSTM" else 1)
    assert frame["size"] == size and len(frame["path"]) == 18, frame["size"]

    # A copy in double precision, one step at a time, of the layers that are the system.
    single = getattr(torch.nn, mode)(6, 7, num_layers=count, batch_first=True).double()
    single.load_state_dict({k: v.double() for k, v in model.rnn.state_dict().items()
                            if k in single.state_dict()})
    inputs = model.embedding(x[0]).detach().double()

    def step(state, t):
        with torch.no_grad():
            parts = state.reshape(count, -1, 7)
            if mode == "LSTM":
                given = (parts[:, 0].contiguous()[:, None], parts[:, 1].contiguous()[:, None])
                _, (h, c) = single(inputs[None, t:t + 1], given)
                return torch.stack([h[:, 0], c[:, 0]], 1).flatten()
            _, h = single(inputs[None, t:t + 1], parts[:, 0].contiguous()[:, None])
            return h.flatten()

    state, states, mean = torch.zeros(size, dtype=torch.float64), [], 0
    for t in range(18):
        columns = []
        for unit in range(size):
            e = torch.zeros(size, dtype=torch.float64)
            e[unit] = 1e-6
            columns.append((step(state + e, t) - step(state - e, t)) / 2e-6)
        mean = mean + torch.stack(columns, 1) / 18
        state = step(state, t)
        states.append(state)

    told = sorted(torch.view_as_complex(torch.tensor(frame["spectra"][1]["eigenvalues"])).abs())
    want = sorted(torch.linalg.eigvals(mean).abs())
    error = max(abs(float(a) - float(b)) for a, b in zip(told, want))
    assert error < 2e-5, ("eigenvalues", error)

    centred = torch.stack(states) - torch.stack(states).mean(0)
    lengths = torch.linalg.svdvals(centred) ** 2
    dimension = float(lengths.sum() ** 2 / (lengths ** 2).sum())
    assert abs(frame["dimension"] - dimension) < 1e-4 * dimension, "dimension"
    shares = (lengths / lengths.sum())[:3].tolist()
    assert max(abs(a - b) for a, b in zip(frame["shares"], shares)) < 1e-4, "shares"

    # The loss at each step, by every input, through the whole model.
    again = copy.deepcopy(model)
    read = again.embedding(x).detach().requires_grad_()
    logits = again.head(again.rnn(read)[0])
    losses = torch.nn.functional.cross_entropy(
        logits.flatten(0, 1), x.roll(1, 1).flatten(), reduction="none").view(4, 18) / x.numel()
    assert frame["attributionOf"] == "loss" and len(frame["attribution"]) == 18
    for t in range(18):
        gradient, = torch.autograd.grad(losses[0, t], read, retain_graph=True)
        want = gradient[0].norm(dim=1)[: t + 1]
        told = torch.tensor(frame["attribution"][t])
        assert torch.allclose(told, want, rtol=1e-3, atol=1e-9), ("attribution", t, told, want)
    print(f"{mode} ×{layers}{' bidirectional' if bidirectional else ''}: eigenvalues within {error:.1e}, "
          f"λ1 {frame['lyapunov'][0]:+.3f}, dimension {dimension:.2f}, attribution of 18 losses")


for mode, layers, bidirectional in [
        ("RNN", 1, False), ("GRU", 1, False), ("LSTM", 1, False), ("GRU", 2, False),
        ("LSTM", 2, False), ("GRU", 1, True), ("LSTM", 2, True)]:
    check(mode, layers, bidirectional)
print("unfold.py tells the truth about these networks")
