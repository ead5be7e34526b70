#!/usr/bin/env python3
"""Times one training step of a recurrent network in PyTorch, or its writing, eager on the CPU.

A step is what `unfold benchmark` times: gradients to zero, forward, mean cross-entropy over every
step, backward, global norm clipped to 5, Adam, and the loss read as a number. Sequences of
different lengths go in packed. With the task `attention` the encoder runs in both directions, and the
decoder, twice as wide, looks at the source before each of its time steps; with `ctc` the target is a
quarter as long; with `sampling` each symbol is drawn from the softmax and then read; with `greedy`
and `beam` the network of `attention` answers each source of a batch, all hypotheses of all sources
side by side. Reads rows of `unfold benchmark --json`, one a line, from standard input, and answers
each with its own figures for the same network and the same lengths. Needs the package torch.
"""
import json
import math
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


class AttentionNetwork(nn.Module):
    """Encoder in both directions, additive attention, decoder (Bahdanau et al. 2015)."""

    def __init__(self, case):
        super().__init__()
        symbols, hidden = case["vocabulary"], case["hidden"]
        embeds = case["inputs"] == "embedding"
        self.symbols = symbols
        self.source = nn.Embedding(symbols, hidden) if embeds else None
        self.target = nn.Embedding(symbols, hidden) if embeds else None
        size, wide = hidden if embeds else symbols, 2 * hidden
        self.encoder = CELLS[case["cell"]](size, hidden, bidirectional=True)
        steps = {"tanh": nn.RNNCell, "gru": nn.GRUCell, "lstm": nn.LSTMCell}
        self.decoder = steps[case["cell"]](size + wide, wide)
        self.query, self.key = nn.Linear(wide, hidden, bias=False), nn.Linear(wide, hidden, bias=False)
        self.energy = nn.Linear(hidden, 1, bias=False)
        self.head = nn.Linear(wide, symbols)

    def vectors(self, tokens, embedding):
        return embedding(tokens) if embedding is not None else one_hot(tokens, self.symbols).float()

    def encode(self, tokens, lengths):
        packed = pack_padded_sequence(self.vectors(tokens, self.source), lengths, enforce_sorted=False)
        states, last = self.encoder(packed)
        memory = nn.utils.rnn.pad_packed_sequence(states)[0].transpose(0, 1)
        hidden = last[0] if isinstance(last, tuple) else last
        state = torch.cat([hidden[0], hidden[1]], 1)
        outside = torch.arange(memory.shape[1])[None] >= lengths[:, None]
        cell = torch.zeros_like(state) if isinstance(self.decoder, nn.LSTMCell) else None
        return memory, self.key(memory), outside, (state, cell)

    def step(self, before, memory, keys, outside, states):
        state, cell = states
        energies = self.energy(torch.tanh(self.query(state)[:, None] + keys)).squeeze(2)
        weights = torch.softmax(energies.masked_fill(outside, -math.inf), 1)
        context = torch.bmm(weights[:, None], memory).squeeze(1)
        read = torch.cat([before, context], 1)
        if cell is not None:
            return self.decoder(read, (state, cell))
        return self.decoder(read, state), None

    def forward(self, tokens, targets, lengths):
        memory, keys, outside, states = self.encode(tokens, lengths)
        # The symbol before; nothing is before the first.
        before = self.vectors(targets, self.target)
        before = torch.cat([torch.zeros_like(before[:1]), before[:-1]])
        outputs = []
        for t in range(len(targets)):
            states = self.step(before[t], memory, keys, outside, states)
            outputs.append(states[0])
        return self.head(torch.stack(outputs))


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


def labelling(case):
    network = Network(case)
    inputs, targets, lengths = draw(case)
    return network, lambda: cross_entropy(network(inputs, lengths), targets)


def attention(case):
    network = AttentionNetwork(case)
    lengths = torch.tensor(case["lengths"])
    shape = (case["length"], case["batch"])
    tokens, targets = (torch.randint(0, case["vocabulary"], shape) for _ in range(2))
    wanted = targets.masked_fill(torch.arange(case["length"])[:, None] >= lengths[None], -1)

    def loss():
        return cross_entropy(network(tokens, targets, lengths).flatten(0, 1), wanted.flatten(),
                             ignore_index=-1)

    return network, loss


def ctc(case):
    network = Network(case)
    network.head = nn.Linear(case["hidden"], case["vocabulary"] + 1)
    lengths = torch.tensor(case["lengths"])
    tokens = torch.randint(0, case["vocabulary"], (case["length"], case["batch"]))
    inputs = tokens if case["inputs"] == "embedding" else one_hot(tokens, case["vocabulary"]).float()
    wanted = (lengths + 3) // 4
    labels = torch.randint(0, case["vocabulary"], (case["batch"], int(wanted.max())))

    def loss():
        x = network.embedding(inputs) if network.embedding is not None else inputs
        packed = pack_padded_sequence(x, lengths, enforce_sorted=False)
        states = nn.utils.rnn.pad_packed_sequence(network.rnn(packed)[0])[0]
        return nn.functional.ctc_loss(
            network.head(states).log_softmax(2), labels, lengths, wanted, blank=case["vocabulary"])

    return network, loss


def sampling(case):
    """A function that draws as many symbols as a sequence is long, each read before the next."""
    network = Network(case)

    @torch.no_grad()
    def write():
        symbol, state = torch.zeros(1, 1, dtype=torch.long), None
        for _ in range(case["length"]):
            embeds = network.embedding is not None
            x = network.embedding(symbol) if embeds else one_hot(symbol, case["vocabulary"]).float()
            output, state = network.rnn(x, state)
            symbol = torch.multinomial(torch.softmax(network.head(output[0]), 1), 1)

    return write


def answering(case, width):
    """A function that answers a batch of sources, `width` hypotheses each, as long as the longest."""
    network = AttentionNetwork(case)
    lengths, batch = torch.tensor(case["lengths"]), case["batch"]
    symbols = case["vocabulary"]
    tokens = torch.randint(0, symbols, (case["length"], batch))

    @torch.inference_mode()
    def greedy():
        memory, keys, outside, states = network.encode(tokens, lengths)
        before = torch.zeros_like(network.vectors(tokens[0], network.target))
        for _ in range(case["length"]):
            states = network.step(before, memory, keys, outside, states)
            before = network.vectors(network.head(states[0]).argmax(1), network.target)

    @torch.inference_mode()
    def beam():
        memory, keys, outside, states = network.encode(tokens, lengths)
        memory, keys, outside = (x.repeat_interleave(width, 0) for x in (memory, keys, outside))
        states = tuple(None if x is None else x.repeat_interleave(width, 0) for x in states)
        scores = torch.full((batch, width), -math.inf)
        scores[:, 0] = 0
        before = torch.zeros_like(network.vectors(tokens[0], network.target)).repeat(width, 1)
        first = torch.arange(batch)[:, None] * width
        for _ in range(case["length"]):
            states = network.step(before, memory, keys, outside, states)
            totals = scores.reshape(-1, 1) + torch.log_softmax(network.head(states[0]), 1)
            scores, places = totals.reshape(batch, -1).topk(width, 1)
            rows = (first + places // symbols).flatten()
            states = tuple(None if x is None else x[rows] for x in states)
            before = network.vectors((places % symbols).flatten(), network.target)

    return greedy if width == 1 else beam


def measure(case, seconds):
    torch.set_num_threads(case["threads"])
    torch.manual_seed(1)
    pieces = 1
    if case.get("task") == "sampling":
        pieces, step = case["length"], sampling(case)
    elif case.get("task") in ("greedy", "beam"):
        step = answering(case, 1 if case["task"] == "greedy" else 5)
    else:
        network, loss_of = {"attention": attention, "ctc": ctc}.get(case.get("task"), labelling)(case)
        parameters = list(network.parameters())
        optimiser = torch.optim.Adam(parameters, lr=1e-3)

        def step():
            optimiser.zero_grad()
            loss = loss_of()
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
        times.append((now - before) / pieces)
    median = statistics.median(times)
    tokens = 1 if pieces > 1 else sum(case["lengths"])
    return {**case, "medianMilliseconds": median * 1e3, "tokensPerSecond": tokens / median}


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    for line in sys.stdin:
        print(json.dumps(measure(json.loads(line), seconds)), flush=True)


if __name__ == "__main__":
    main()
