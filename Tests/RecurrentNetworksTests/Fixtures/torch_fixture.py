"""What reference scripts of recurrent layers in PyTorch share: sequences of several lengths, and the file."""
import json
import os

import torch


def states_of(module, inputs, lengths):
    """The states of a recurrent module over padded sequences, 0 behind the end of each."""
    packed = torch.nn.utils.rnn.pack_padded_sequence(inputs, torch.tensor(lengths), batch_first=True,
                                                     enforce_sorted=False)
    return torch.nn.utils.rnn.pad_packed_sequence(module(packed)[0], batch_first=True)[0]


def write(name, config, named, head, states, lengths, inputs, targets):
    """Writes the loss of an output at every time step, and all gradients, beside what they are of."""
    outputs = head(states)
    loss = torch.nn.functional.cross_entropy(
        torch.cat([outputs[n, :length] for n, length in enumerate(lengths)]),
        torch.cat([targets[n, :length] for n, length in enumerate(lengths)]))
    loss.backward()
    named = named | {"head." + k: v for k, v in head.named_parameters()}
    document = {
        "name": name,
        "config": config,
        "parameters": {k: v.tolist() for k, v in named.items()},
        "batch": {"lengths": lengths, "inputs": inputs.tolist(), "targets": targets.tolist()},
        "loss": loss.item(),
        "gradients": {k: v.grad.tolist() for k, v in named.items()},
    }
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), name + ".json"), "w") as f:
        json.dump(document, f)
