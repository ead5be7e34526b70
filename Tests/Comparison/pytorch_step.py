#!/usr/bin/env python3
"""Times one training step of a recurrent network in PyTorch, eager on the CPU.

A step is what `unfold benchmark` times: gradients to zero, forward, mean cross-entropy over every
step, backward, global norm clipped to 5, Adam, and the loss read as a number. Sequences of
different lengths go in packed. Reads rows of `unfold benchmark --json`, one a line, from standard
input, and answers each with its own figures for the same network and the same lengths. Needs the
package torch.
"""
import json
import statistics
import sys
import time

import torch
from torch import nn
from torch.nn.functional import cross_entropy, one_hot
from torch.nn.utils.rnn import pack_padded_sequence

CELLS = {"tanh": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


class Network(nn.Module):
    def __init__(self, case):
        super().__init__()
        symbols, hidden = case["vocabulary"], case["hidden"]
        embeds = case["inputs"] == "embedding"
        self.embedding = nn.Embedding(symbols, hidden) if embeds else None
        self.rnn = CELLS[case["cell"]](hidden if embeds else symbols, hidden)
        self.head = nn.Linear(hidden, symbols)

    def forward(self, inputs, lengths):
        x = self.embedding(inputs) if self.embedding is not None else inputs
        if lengths is None:
            states = self.rnn(x)[0].flatten(0, 1)
        else:
            states = self.rnn(pack_padded_sequence(x, lengths, enforce_sorted=False))[0].data
        return self.head(states)


def draw(case):
    """Inputs, targets in the order of the network's rows, and lengths (None when all are equal)."""
    length, batch, symbols = case["length"], case["batch"], case["vocabulary"]
    tokens = torch.randint(0, symbols, (length, batch))
    targets = torch.randint(0, symbols, (length, batch))
    inputs = tokens if case["inputs"] == "embedding" else one_hot(tokens, symbols).float()
    if not case["varied"]:
        return inputs, targets.flatten(), None
    lengths = torch.tensor(case["lengths"])
    return inputs, pack_padded_sequence(targets, lengths, enforce_sorted=False).data, lengths


def measure(case, seconds):
    torch.set_num_threads(case["threads"])
    torch.manual_seed(1)
    network = Network(case)
    inputs, targets, lengths = draw(case)
    parameters = list(network.parameters())
    optimiser = torch.optim.Adam(parameters, lr=1e-3)

    def step():
        optimiser.zero_grad()
        loss = cross_entropy(network(inputs, lengths), targets)
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 5.0)
        optimiser.step()
        return loss.item()

    for _ in range(3):
        step()
    times = []
    start = now = time.perf_counter()
    while now - start < seconds or len(times) < 5:
        step()
        before, now = now, time.perf_counter()
        times.append(now - before)
    median = statistics.median(times)
    return {
        **case,
        "medianMilliseconds": median * 1e3,
        "tokensPerSecond": len(targets) / median,
    }


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    for line in sys.stdin:
        print(json.dumps(measure(json.loads(line), seconds)), flush=True)


if __name__ == "__main__":
    main()
