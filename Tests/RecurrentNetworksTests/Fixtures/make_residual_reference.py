#!/usr/bin/env python3
"""Reference values of a residual stack of GRU layers, computed by PyTorch in float64.

Needs: pip install torch numpy.   Usage: make_residual_reference.py   (writes beside itself)

Three layers in both directions over sequences of different lengths, a class at every step; the form of
the file is that of the other fixtures. From the second layer on, what a layer reads is added to its
states. All sizes differ from one another.
"""
import json
import os

import torch

torch.manual_seed(52)
torch.set_default_dtype(torch.float64)
N, T, D, H, K = 4, 6, 3, 5, 7
lengths = [T, 2, 5, 1]

rnn = torch.nn.ModuleList(
    torch.nn.GRU(D if layer == 0 else 2 * H, H, bidirectional=True, batch_first=True)
    for layer in range(3))
head = torch.nn.Linear(2 * H, K)
with torch.no_grad():
    for parameter in list(rnn.parameters()) + list(head.parameters()):
        parameter.copy_(torch.randn_like(parameter) * 0.6)
inputs = torch.randn(N, T, D)
targets = torch.randint(0, K, (N, T))
read = inputs
for layer, module in enumerate(rnn):
    packed = torch.nn.utils.rnn.pack_padded_sequence(read, torch.tensor(lengths), batch_first=True,
                                                     enforce_sorted=False)
    states, _ = torch.nn.utils.rnn.pad_packed_sequence(module(packed)[0], batch_first=True)
    read = states if layer == 0 else states + read
outputs = head(read)
loss = torch.nn.functional.cross_entropy(
    torch.cat([outputs[n, :length] for n, length in enumerate(lengths)]),
    torch.cat([targets[n, :length] for n, length in enumerate(lengths)]))
loss.backward()

named = {"rnn." + k.replace("_l0", f"_l{layer}"): v
         for layer, module in enumerate(rnn) for k, v in module.named_parameters()}
named |= {"head." + k: v for k, v in head.named_parameters()}
name = "gru-residual-three-layers-bidirectional"
document = {
    "name": name,
    "config": dict(cell="gru", N=N, T=T, D=D, H=H, K=K, residual=True, layers=3,
                   bidirectional=True, output="every-step"),
    "parameters": {k: v.tolist() for k, v in named.items()},
    "batch": {"lengths": lengths, "inputs": inputs.tolist(), "targets": targets.tolist()},
    "loss": loss.item(),
    "gradients": {k: v.grad.tolist() for k, v in named.items()},
}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), name + ".json"), "w") as f:
    json.dump(document, f)
