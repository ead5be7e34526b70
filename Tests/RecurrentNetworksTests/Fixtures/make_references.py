#!/usr/bin/env python3
"""Reference values beyond the shared fixtures, computed by PyTorch in float64: networks with
attention or several layers, systems with real outputs, optimisers and schedules.

Needs: pip install torch.   Usage: make_references.py   (writes beside itself)

Names, shapes and the form of the files are those of the shared fixtures. All sizes differ from one
another, so that a transposed or swapped dimension cannot pass.
"""
import json
import os

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

torch.set_default_dtype(torch.float64)
here = os.path.dirname(os.path.abspath(__file__))
g = torch.Generator().manual_seed(20)
CELLS = {"tanh": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}


def rand(*shape):
    return torch.randn(*shape, generator=g)


def ints(high, *shape):
    return torch.randint(0, high, shape, generator=g)


def write(name, document):
    with open(os.path.join(here, name + ".json"), "w") as f:
        json.dump(document, f)


def save(name, config, module, batch, loss, **extra):
    loss.backward()
    parameters = {k: p.tolist() for k, p in module.named_parameters()}
    gradients = {k: p.grad.tolist() for k, p in module.named_parameters()}
    write(name, {"name": name, "config": config, "parameters": parameters, "batch": batch,
                 "loss": loss.item(), "gradients": gradients, **extra})


def randomise(module):
    for p in module.parameters():
        p.data = rand(*p.shape) * 0.4


class Translator(nn.Module):
    """An encoder-decoder of any depth, with embeddings and attention where asked for."""

    def __init__(self, cell, D, H, K, layers, bidirectional, embedding, attention):
        super().__init__()
        self.cell, self.layers, self.ways = cell, layers, 2 if bidirectional else 1
        self.D, self.K, C = D, K, H * self.ways
        if embedding:
            self.embedding = nn.Embedding(D, embedding)
            self.target_embedding = nn.Embedding(K, embedding)
        self.encoder = CELLS[cell](embedding or D, H, num_layers=layers,
                                   bidirectional=bidirectional, batch_first=True)
        if attention:
            self.attention = nn.Module()
            self.attention.W = nn.Parameter(torch.zeros(H, C))
            self.attention.U = nn.Parameter(torch.zeros(H, C))
            self.attention.v = nn.Parameter(torch.zeros(H))
        self.decoder = CELLS[cell]((embedding or K) + C, C, num_layers=layers, batch_first=True)
        self.head = nn.Linear(C, K)
        randomise(self)

    def forward(self, source, source_lengths, target):
        N, T = target.shape
        embedded = hasattr(self, "embedding")
        x = self.embedding(source) if embedded else nn.functional.one_hot(source, self.D).double()
        packed = pack_padded_sequence(x, source_lengths, batch_first=True, enforce_sorted=False)
        h, last = self.encoder(packed)
        h = pad_packed_sequence(h, batch_first=True, total_length=source.shape[1])[0]
        last = last[0] if isinstance(last, tuple) else last
        C = torch.cat(list(last.view(self.layers, self.ways, N, -1)[-1]), dim=1)
        y = (self.target_embedding(target) if embedded
             else nn.functional.one_hot(target, self.K).double())
        y = torch.cat([torch.zeros(N, 1, y.shape[2]), y[:, :-1]], dim=1)
        s = C[None].expand(self.layers, N, C.shape[1]).contiguous()
        state = (s, torch.zeros_like(s)) if self.cell == "lstm" else s
        outputs, weights = [], []
        real = torch.arange(source.shape[1])[None, :] < source_lengths[:, None]
        for t in range(T):
            context = C
            if hasattr(self, "attention"):
                a, top = self.attention, (state[0] if isinstance(state, tuple) else state)[-1]
                e = torch.tanh((top @ a.W.T)[:, None] + h @ a.U.T) @ a.v
                alpha = torch.softmax(e.masked_fill(~real, -torch.inf), dim=1)
                weights.append(alpha)
                context = torch.einsum("ns,nsc->nc", alpha, h)
            o, state = self.decoder(torch.cat([y[:, t:t + 1], context[:, None]], dim=2), state)
            outputs.append(self.head(o[:, 0]))
        return torch.stack(outputs, dim=1), weights


def translation(name, cell, N, S, T, D, H, K, layers=1, bidirectional=False, embedding=None,
                attention=False):
    m = Translator(cell, D, H, K, layers, bidirectional, embedding, attention)
    source_lengths = torch.tensor([S] + [int(ints(S, 1)) + 1 for _ in range(N - 1)])
    target_lengths = torch.tensor([int(ints(T, 1)) + 1 for _ in range(N - 1)] + [T])
    source, target = ints(D, N, S), ints(K, N, T)
    o, weights = m(source, source_lengths, target)
    mask = torch.arange(T)[None, :] < target_lengths[:, None]
    loss = nn.functional.cross_entropy(o[mask], target[mask])
    extra = {}
    if attention:
        extra["attention"] = [
            [weights[t][n, :source_lengths[n]].tolist() for t in range(int(target_lengths[n]))]
            for n in range(N)]
    config = dict(cell=cell, N=N, S=S, T=T, D=D, H=H, K=K, layers=layers,
                  bidirectional=bidirectional, embedding=embedding,
                  variant="attention" if attention else "encoder-decoder")
    batch = {"source": source.tolist(), "source_lengths": source_lengths.tolist(),
             "target": target.tolist(), "target_lengths": target_lengths.tolist()}
    save(name, config, m, batch, loss, **extra)


def driven_system(name, cell, N, T, D, H, K):
    """A value at every step, squared error over the real ones."""
    m = nn.Module()
    m.rnn, m.head = CELLS[cell](D, H, batch_first=True), nn.Linear(H, K)
    randomise(m)
    x, y = rand(N, T, D), rand(N, T, K)
    lengths = torch.tensor([T] + [int(ints(T, 1)) + 1 for _ in range(N - 1)])
    mask = torch.arange(T)[None, :] < lengths[:, None]
    h, _ = m.rnn(pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False))
    h = pad_packed_sequence(h, batch_first=True, total_length=T)[0]
    loss = nn.functional.mse_loss(m.head(h)[mask], y[mask])
    save(name, dict(cell=cell, N=N, T=T, D=D, H=H, K=K, output="every-step"), m,
         {"inputs": x.tolist(), "target_values": y.tolist(), "lengths": lengths.tolist()}, loss)


def optimisers():
    """Twenty steps of every rule over a fixed row of gradients, with and without weight decay."""
    w0 = rand(9)
    gradients = [rand(9) * (0.1 if i % 5 else 3) for i in range(20)]
    rules = {
        "sgd": (torch.optim.SGD, {}),
        "momentum": (torch.optim.SGD, {"momentum": 0.8}),
        "nesterov": (torch.optim.SGD, {"momentum": 0.8, "nesterov": True}),
        "rmsprop": (torch.optim.RMSprop, {}),
        "adagrad": (torch.optim.Adagrad, {}),
        "adam": (torch.optim.Adam, {}),
        "adamw": (torch.optim.AdamW, {}),
    }
    cases = []
    for name, (rule, options) in rules.items():
        for decay in (0.0, 0.1):
            w = nn.Parameter(w0.clone())
            optimiser = rule([w], lr=0.05, weight_decay=decay, **options)
            path = []
            for gradient in gradients:
                w.grad = gradient.clone()
                optimiser.step()
                path.append(w.tolist())
            cases.append({"name": name, "weightDecay": decay, "momentum": options.get("momentum"),
                          "weights": path})
    write("optimisers", {"learningRate": 0.05, "start": w0.tolist(),
                         "gradients": [x.tolist() for x in gradients], "cases": cases})


def schedules():
    """Rates of 30 steps under PyTorch's schedulers, and a plateau rule over validations."""
    def rates(make, count=30):
        optimiser = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.4)
        scheduler, found = make(optimiser), []
        for _ in range(count):
            found.append(optimiser.param_groups[0]["lr"])
            optimiser.step()
            scheduler.step()
        return found

    s = torch.optim.lr_scheduler
    losses = [3, 2.5, 2.6, 2.7, 2.49999, 2.8, 2.2, 2.3, 2.3, 2.3, 2.3, 2.3, 2.1, 2.4, 2.4, 2.4]
    optimiser = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.4)
    plateau, found = s.ReduceLROnPlateau(optimiser, factor=0.3, patience=2), []
    for loss in losses:
        plateau.step(loss)
        found.append(optimiser.param_groups[0]["lr"])
    write("schedules", {
        "base": 0.4,
        "constant": rates(lambda o: s.LambdaLR(o, lambda step: 1)),
        "step": rates(lambda o: s.StepLR(o, step_size=7, gamma=0.6)),
        "cosine": rates(lambda o: s.CosineAnnealingLR(o, T_max=30, eta_min=0.01)),
        "warmUp": rates(lambda o: s.LinearLR(o, start_factor=1 / 8, total_iters=7)),
        "plateau": {"losses": losses, "rates": found},
    })


if __name__ == "__main__":
    translation("attention-gru", "gru", N=4, S=6, T=5, D=7, H=3, K=8, attention=True)
    translation("attention-tanh", "tanh", N=3, S=5, T=7, D=6, H=4, K=9, attention=True)
    translation("attention-lstm-deep", "lstm", N=4, S=5, T=6, D=7, H=3, K=8, layers=2,
                bidirectional=True, embedding=2, attention=True)
    translation("encoder-decoder-deep", "gru", N=4, S=5, T=6, D=7, H=3, K=8, layers=2,
                bidirectional=True, embedding=2)
    driven_system("driven-system", "lstm", N=4, T=7, D=2, H=5, K=3)
    optimisers()
    schedules()
