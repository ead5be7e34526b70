#!/usr/bin/env python3
"""Reference values of a residual stack of GRU layers, computed by PyTorch in float64.

Needs: pip install torch numpy.   Usage: make_residual_reference.py   (writes beside itself)

Three layers in both directions over sequences of different lengths, a class at every step; the form of
the file is that of the other fixtures. From the second layer on, what a layer reads is added to its
states. All sizes differ from one another.
"""
import torch

from torch_fixture import states_of, write

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
    states = states_of(module, read, lengths)
    read = states if layer == 0 else states + read

named = {"rnn." + k.replace("_l0", f"_l{layer}"): v
         for layer, module in enumerate(rnn) for k, v in module.named_parameters()}
write("gru-residual-three-layers-bidirectional",
      dict(cell="gru", N=N, T=T, D=D, H=H, K=K, residual=True, layers=3, bidirectional=True,
           output="every-step"),
      named, head, read, lengths, inputs, targets)
