#!/usr/bin/env python3
"""Reference values of PyTorch's nn.RNN(nonlinearity="relu"), in float64.

Needs: pip install torch.   Usage: make_relu_reference.py   (writes beside itself)

Two layers in both directions over sequences of different lengths, a class at every step; the form of
the file is that of the other fixtures. All sizes differ from one another.
"""
import json
import os

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

torch.set_default_dtype(torch.float64)
torch.manual_seed(31)
N, T, D, H, K = 4, 6, 3, 5, 7
rnn = nn.RNN(D, H, num_layers=2, bidirectional=True, batch_first=True, nonlinearity="relu")
head = nn.Linear(2 * H, K)
modules = {"rnn.": rnn, "head.": head}
for module in modules.values():
    for parameter in module.parameters():
        parameter.data = torch.randn_like(parameter) * 0.4
lengths = torch.tensor([T, 2, 5, 1])
inputs = torch.randn(N, T, D)
targets = torch.randint(0, K, (N, T))
packed = pack_padded_sequence(inputs, lengths, batch_first=True, enforce_sorted=False)
states = pad_packed_sequence(rnn(packed)[0], batch_first=True, total_length=T)[0]
mask = torch.arange(T)[None, :] < lengths[:, None]
loss = nn.functional.cross_entropy(head(states)[mask], targets[mask])
loss.backward()
name = "relu-two-layers-bidirectional"
named = [(p + k, v) for p, m in modules.items() for k, v in m.named_parameters()]
document = {
    "name": name,
    "config": dict(cell="relu", N=N, T=T, D=D, H=H, K=K, layers=2, bidirectional=True,
                   output="every-step"),
    "parameters": {k: v.tolist() for k, v in named},
    "batch": {"lengths": lengths.tolist(), "inputs": inputs.tolist(), "targets": targets.tolist()},
    "loss": loss.item(),
    "gradients": {k: v.grad.tolist() for k, v in named},
}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), name + ".json"), "w") as f:
    json.dump(document, f)
