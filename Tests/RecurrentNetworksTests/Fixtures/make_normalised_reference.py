#!/usr/bin/env python3
"""Reference values of cells with layer normalisation, whose gradients PyTorch's autograd takes in float64.

Needs: pip install torch numpy.   Usage: make_normalised_reference.py   (writes beside itself)

PyTorch has no such layers, so the cells are written out, one sequence and one time step at a time, with
PyTorch's own layer_norm over the units of each gate. One layer over sequences of different lengths, a class
at every step; the form of the files is that of the other fixtures. All sizes differ from one another.
"""
import torch

from torch_fixture import write

N, T, D, H, K = 4, 6, 3, 5, 7
lengths = [T, 2, 5, 1]


def norm(z):
    """Of each gate by itself, without a bias; the gain comes behind it."""
    return torch.nn.functional.layer_norm(z.view(-1, H), (H,), eps=1e-5).view(-1)


def states_of(cell, p, xs):
    h, c, states = torch.zeros(H), torch.zeros(H), []
    for x in xs:
        u = p["gain_ih"] * norm(p["weight_ih"] @ x) + p["bias_ih"]
        w = p["gain_hh"] * norm(p["weight_hh"] @ h) + p["bias_hh"]
        if cell == "gru":
            (r, z, n), (r2, z2, n2) = u.view(3, H), w.view(3, H)
            r, z = torch.sigmoid(r + r2), torch.sigmoid(z + z2)
            n = torch.tanh(n + r * n2)
            h = (1 - z) * n + z * h
        elif cell == "lstm":
            i, f, g, o = (u + w).view(4, H)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
        else:
            h = torch.tanh(u + w)
        states.append(h)
    return torch.stack(states + [torch.zeros(H)] * (T - len(states)))


torch.set_default_dtype(torch.float64)
for cell, gates in dict(tanh=1, gru=3, lstm=4).items():
    torch.manual_seed(53)
    shapes = dict(weight_ih=(gates * H, D), weight_hh=(gates * H, H), bias_ih=(gates * H,),
                  bias_hh=(gates * H,), gain_ih=(gates * H,), gain_hh=(gates * H,))
    p = {k: torch.nn.Parameter(torch.randn(shape) * 0.6 + (1 if "gain" in k else 0))
         for k, shape in shapes.items()}
    head = torch.nn.Linear(H, K)
    inputs = torch.randn(N, T, D)
    targets = torch.randint(0, K, (N, T))
    states = torch.stack([states_of(cell, p, inputs[n, :length])
                          for n, length in enumerate(lengths)])
    write(cell + "-normalised",
          dict(cell=cell, N=N, T=T, D=D, H=H, K=K, normalised=True, output="every-step"),
          {f"rnn.{k}_l0": v for k, v in p.items()}, head, states, lengths, inputs, targets)
