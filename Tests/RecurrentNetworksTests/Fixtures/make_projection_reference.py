#!/usr/bin/env python3
"""Reference values of an LSTM with a projection, computed by PyTorch in float64.

Needs: pip install torch numpy.   Usage: make_projection_reference.py   (writes beside itself)

Two layers in both directions over sequences of different lengths, a class at every step; the form of
the file is that of the other fixtures. All sizes differ from one another.
"""
import json
import os

import torch

torch.manual_seed(51)
torch.set_default_dtype(torch.float64)
N, T, D, H, P, K = 4, 6, 3, 5, 2, 7
lengths = [T, 2, 5, 1]

rnn = torch.nn.LSTM(D, H, num_layers=2, bidirectional=True, batch_first=True, proj_size=P)
head = torch.nn.Linear(2 * P, K)
with torch.no_grad():
    for parameter in list(rnn.parameters()) + list(head.parameters()):
        parameter.copy_(torch.randn_like(parameter) * 0.6)
inputs = torch.randn(N, T, D)
targets = torch.randint(0, K, (N, T))
packed = torch.nn.utils.rnn.pack_padded_sequence(inputs, torch.tensor(lengths), batch_first=True,
                                                 enforce_sorted=False)
states, _ = torch.nn.utils.rnn.pad_packed_sequence(rnn(packed)[0], batch_first=True)
outputs = head(states)
loss = torch.nn.functional.cross_entropy(
    torch.cat([outputs[n, :length] for n, length in enumerate(lengths)]),
    torch.cat([targets[n, :length] for n, length in enumerate(lengths)]))
loss.backward()

named = {"rnn." + k: v for k, v in rnn.named_parameters()}
named |= {"head." + k: v for k, v in head.named_parameters()}
name = "lstm-projection-two-layers-bidirectional"
document = {
    "name": name,
    "config": dict(cell="lstm", N=N, T=T, D=D, H=H, K=K, projection=P, layers=2,
                   bidirectional=True, output="every-step"),
    "parameters": {k: v.tolist() for k, v in named.items()},
    "batch": {"lengths": lengths, "inputs": inputs.tolist(), "targets": targets.tolist()},
    "loss": loss.item(),
    "gradients": {k: v.grad.tolist() for k, v in named.items()},
}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), name + ".json"), "w") as f:
    json.dump(document, f)
