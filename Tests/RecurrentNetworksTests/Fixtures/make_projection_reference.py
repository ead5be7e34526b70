#!/usr/bin/env python3
"""Reference values of an LSTM with a projection, computed by PyTorch in float64.

Needs: pip install torch numpy.   Usage: make_projection_reference.py   (writes beside itself)

Two layers in both directions over sequences of different lengths, a class at every step; the form of
the file is that of the other fixtures. All sizes differ from one another.
"""
import torch

from torch_fixture import states_of, write

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
named = {"rnn." + k: v for k, v in rnn.named_parameters()}
write("lstm-projection-two-layers-bidirectional",
      dict(cell="lstm", N=N, T=T, D=D, H=H, K=K, projection=P, layers=2, bidirectional=True,
           output="every-step"),
      named, head, states_of(rnn, inputs, lengths), lengths, inputs, targets)
