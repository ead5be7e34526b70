#!/usr/bin/env python3
"""Reference values of the cells that PyTorch does not have, in float64.

Needs: pip install numpy.   Usage: make_modern_references.py   (writes beside itself)

Two layers in both directions over sequences of different lengths, a class at every step; the form of
the files is that of the other fixtures. The cells are written as their papers have them, one sequence
and one step at a time. Gradients are Im f(x + ih) / h (the complex step), which is exact to rounding:
no derivative is written down here. All sizes differ from one another.
"""
import json
import os

import numpy as np

N, T, D, H, K = 4, 6, 3, 5, 7
lengths = [T, 2, 5, 1]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def mingru(p, xs):
    """Feng et al. 2024, section 3.1: h = (1 - z) h + z (U x + b)."""
    h = np.zeros(H, complex)
    for x in xs:
        z, n = np.split(p["weight_ih"] @ x + p["bias_ih"], 2)
        z = sigmoid(z)
        h = (1 - z) * h + z * n
        yield h


def minlstm(p, xs):
    """Feng et al. 2024, section 3.2: both gates are divided by their sum."""
    h = np.zeros(H, complex)
    for x in xs:
        i, f, g = np.split(p["weight_ih"] @ x + p["bias_ih"], 3)
        i, f = sigmoid(i), sigmoid(f)
        h = f / (f + i) * h + i / (f + i) * g
        yield h


def slstm(p, xs):
    """Beck et al. 2024, section 2.1 with stabiliser, one head: begins with n = 1 at m = 0."""
    h, c, n, m = np.zeros(H, complex), np.zeros(H, complex), np.ones(H, complex), np.zeros(H)
    for x in xs:
        i, f, g, o = np.split(p["weight_ih"] @ x + p["weight_hh"] @ h + p["bias_ih"] + p["bias_hh"], 4)
        log_f = np.log(sigmoid(f))
        # Any m gives the same h, so that its derivative is none of h's.
        new = np.maximum((log_f + m).real, i.real)
        i, f, m = np.exp(i - new), np.exp(log_f + m - new), new
        c = f * c + i * np.tanh(g)
        n = f * n + i
        h = sigmoid(o) * c / n
        yield h


def peephole_lstm(p, xs):
    """Graves 2013, equations 7 to 11, with peepholes of i, f and o (Gers and Schmidhuber 2000)."""
    h, c = np.zeros(H, complex), np.zeros(H, complex)
    for x in xs:
        i, f, g, o = np.split(p["weight_ih"] @ x + p["weight_hh"] @ h + p["bias_ih"] + p["bias_hh"], 4)
        of_i, of_f, of_o = p["peepholes"]
        i, f = sigmoid(i + of_i * c), sigmoid(f + of_f * c)
        c = f * c + i * np.tanh(g)
        h = sigmoid(o + of_o * c) * np.tanh(c)
        yield h


def lru(p, xs):
    """Orvieto et al. 2023, appendix A, real and imaginary parts apart for the complex step."""
    c, k = np.zeros(H, complex), np.zeros(H, complex)
    nu, theta, gamma = np.exp(p["eigenvalues"])
    re, im = np.exp(-nu) * np.cos(theta), np.exp(-nu) * np.sin(theta)
    for x in xs:
        r, j, d = np.split(p["weight_ih"] @ x + p["bias_ih"], 3)
        c, k = re * c - im * k + gamma * r, im * c + re * k + gamma * j
        yield p["weight_hr"] @ np.concatenate([c, k]) + d


CELLS = {
    "mingru": (mingru, 2), "minlstm": (minlstm, 3), "slstm": (slstm, 4),
    "lstm-peepholes": (peephole_lstm, 4), "lru": (lru, 3),
}

RECURRENT = {"slstm", "lstm-peepholes"}


def shapes(cell):
    gates = CELLS[cell][1]
    result = {}
    for layer in range(2):
        for way in ["", "_reverse"]:
            suffix = f"_l{layer}{way}"
            result["rnn.weight_ih" + suffix] = (gates * H, D if layer == 0 else 2 * H)
            if cell in RECURRENT:
                result["rnn.weight_hh" + suffix] = (gates * H, H)
                # The other half of a bias that PyTorch would keep in two; only their sum counts.
                result["rnn.bias_hh" + suffix] = (gates * H,)
            result["rnn.bias_ih" + suffix] = (gates * H,)
            if cell == "lstm-peepholes":
                result["rnn.peepholes" + suffix] = (3, H)
            if cell == "lru":
                result["rnn.weight_hr" + suffix] = (H, 2 * H)
                result["rnn.eigenvalues" + suffix] = (3, H)
    return result | {"head.weight": (K, 2 * H), "head.bias": (K,)}


def loss(cell, parameters, inputs, targets):
    total, count = 0, 0
    for xs, ys, length in zip(inputs, targets, lengths):
        rows = list(xs[:length])
        for layer in range(2):
            ways = []
            for way in ["", "_reverse"]:
                suffix = f"_l{layer}{way}"
                own = {k[4:-len(suffix)]: v for k, v in parameters.items() if k.endswith(suffix)}
                states = list(CELLS[cell][0](own, rows[::-1] if way else rows))
                ways.append(states[::-1] if way else states)
            rows = [np.concatenate(pair) for pair in zip(*ways)]
        for row, y in zip(rows, ys):
            o = parameters["head.weight"] @ row + parameters["head.bias"]
            total = total + np.log(np.sum(np.exp(o))) - o[y]
            count += 1
    return total / count


def write(cell, seed):
    random = np.random.default_rng(seed)
    parameters = {k: random.normal(size=s) * 0.6 for k, s in shapes(cell).items()}
    inputs = random.normal(size=(N, T, D))
    targets = random.integers(0, K, size=(N, T))
    at = {k: v.astype(complex) for k, v in parameters.items()}
    gradients = {}
    for name, value in at.items():
        gradients[name] = np.zeros(value.shape)
        for place in np.ndindex(value.shape):
            value[place] += 1e-30j
            gradients[name][place] = loss(cell, at, inputs, targets).imag / 1e-30
            value[place] -= 1e-30j
    name = cell + "-two-layers-bidirectional"
    document = {
        "name": name,
        "config": dict(cell=cell.removesuffix("-peepholes"), N=N, T=T, D=D, H=H, K=K, layers=2,
                       bidirectional=True, output="every-step",
                       **({"peepholes": True} if cell.endswith("-peepholes") else {})),
        "parameters": {k: v.tolist() for k, v in parameters.items()},
        "batch": {"lengths": lengths, "inputs": inputs.tolist(), "targets": targets.tolist()},
        "loss": float(loss(cell, at, inputs, targets).real),
        "gradients": {k: v.tolist() for k, v in gradients.items()},
    }
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), name + ".json"), "w") as f:
        json.dump(document, f)


for seed, cell in enumerate(CELLS):
    write(cell, 41 + seed)
