#!/usr/bin/env python3
"""What unfold.py tells of a PyTorch network as a dynamical system, against the network itself: states,
the mean Jacobian by finite differences, what each loss depends on by torch's own gradients, and fixed
points by brute force: plain Newton steps with finite differences from hundreds of states.

The frame of the network whose points are known is kept as fixed_points.json, which tests of the
dashboard show; --record writes it anew.

Needs torch. Usage: pytorch_dynamics.py [--record] [unfold.py]
"""
import copy
import importlib.util
import json
import math
import os
import pathlib
import socket
import sys
import threading
import time

import torch

records = "--record" in sys.argv
if records:
    sys.argv.remove("--record")
torch.set_num_threads(1)  # such small networks only wait for the others
here = pathlib.Path(__file__).resolve().parent
path = sys.argv[1] if len(sys.argv) > 1 else str(here.parent.parent / "presets" / "unfold.py")


class Model(torch.nn.Module):
    def __init__(self, mode, layers, bidirectional):
        super().__init__()
        self.embedding = torch.nn.Embedding(5, 6)
        self.rnn = getattr(torch.nn, mode)(
            6, 7, num_layers=layers, bidirectional=bidirectional, batch_first=True)
        self.head = torch.nn.Linear(14 if bidirectional else 7, 5)

    def forward(self, x):
        return self.head(self.rnn(self.embedding(x))[0])


def helper():
    spec = importlib.util.spec_from_file_location("unfold", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


POSITION = 3  # under the cursor, whose input stays the same where fixed points are looked for


def frames_of(model, x):
    """The first frame that a loop with a learning rate of 0 sends, and the one of a pause after it,
    once fixed points were found."""
    ours, theirs = socket.socketpair()
    os.environ["UNFOLD_FD"] = str(theirs.detach())
    optimizer = torch.optim.SGD(model.parameters(), 0.0)
    watch = helper().watch(model, optimizer)
    frames, paused = [], []

    def listen():
        ours.sendall(b'{"command":"watch","interests":["dynamics"],"position":%d}\n' % POSITION)
        for line in ours.makefile():
            event = json.loads(line)
            assert event.get("event") != "refused", event
            if event.get("event") != "dynamics":
                continue
            frames.append(event)
            if not paused:
                paused.append(time.monotonic())
                ours.sendall(b'{"command":"pause"}\n')
            elif "fixedPoints" in event and event["fixedPoints"]["step"] == event["step"]:
                paused.append(time.monotonic())
                return ours.sendall(b'{"command":"stop"}\n')

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    random = torch.get_rng_state()
    for _ in watch.steps(range(100_000)):
        loss = torch.nn.functional.cross_entropy(model(x).flatten(0, 1), x.roll(1, 1).flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        watch.log(loss=loss)
    listener.join(60)
    watch.finish()
    ours.close()
    assert len(paused) == 2, "no frame with fixed points came"
    assert bool((torch.get_rng_state() == random).all()), "random numbers were drawn"
    return frames[0], frames[-1], paused[1] - paused[0]


def brute_force(step, starts):
    """States that one step leaves where they are, by plain Newton steps from each start, with the
    Jacobian at each by finite differences."""
    def jacobian(states):
        count, size = states.shape
        shifts = 1e-6 * torch.eye(size, dtype=torch.float64)
        up = step((states[:, None] + shifts).reshape(-1, size))
        down = step((states[:, None] - shifts).reshape(-1, size))
        return ((up - down) / 2e-6).view(count, size, size).transpose(1, 2)

    states, eye = starts, torch.eye(starts.shape[1], dtype=torch.float64)
    for _ in range(40):
        moves = torch.linalg.solve(jacobian(states) - eye, (states - step(states))[:, :, None])[:, :, 0]
        states = states + moves / (moves.norm(dim=1, keepdim=True) / 0.5).clamp(min=1)
    points = []
    for state in states[(step(states) - states).norm(dim=1) < 1e-10]:
        if all(float((state - known).norm()) > 1e-5 for known, _ in points):
            points.append((state, torch.linalg.eigvals(jacobian(state[None])[0])))
    return points


def place_of(state, frame, states):
    """Where a state lies along the frame's components, whose signs the path tells."""
    centred = states - states.mean(0)
    basis = torch.linalg.svd(centred)[2][:3]
    signs = ((centred @ basis.T) * torch.tensor(frame["path"], dtype=torch.float64)).sum(0).sign()
    return (basis @ (state - states.mean(0))) * signs


def check_fixed_points(frame, states, step, cell_bound, reach):
    """Each point that is told is one, with its kind, and each that brute force finds where states can be
    is told. Returns how many of each kind, and how many brute force found."""
    found = frame["fixedPoints"]
    own = torch.Generator().manual_seed(5)
    wide = (2 * torch.rand(150, states.shape[1], generator=own, dtype=torch.float64) - 1) * cell_bound
    ends = torch.cat([states, wide[:60]])
    for _ in range(2000):
        ends = step(ends)
    points = [(state, values) for state, values in brute_force(step, torch.cat([states, wide, ends]))
              if bool((state.abs() <= reach + 1e-6).all())]
    matched = set()
    for told in found["points"]:
        near = [i for i, (state, _) in enumerate(points)
                if torch.allclose(place_of(state, frame, states), torch.tensor(
                    told["place"], dtype=torch.float64), atol=2e-4)
                and abs(float(points[i][1].abs().max()) - told["modulus"]) < 1e-4]
        assert near, ("no fixed point", told)
        values = points[near[0]][1]
        unstable = int((values.abs() > 1).sum())
        kind = "stable" if unstable == 0 else "repeller" if unstable == len(values) else "saddle"
        assert (told["kind"], told["unstable"]) == (kind, unstable), (told, values)
        leading = values[values.abs().argmax()]
        if abs(float(leading.imag)) > 1e-4:
            # A period is told where a turn changes a difference by less than a factor of a hundred.
            turn = 2 * math.pi / abs(float(leading.angle()))
            change = abs(math.log(float(leading.abs()))) * turn / math.log(100)
            if "period" in told:
                assert abs(told["period"] - turn) < 1e-2 and change < 1.01, (told, change)
            else:
                assert change > 0.99, (told, change)
        else:
            assert abs(told.get("period", 2) - 2) < 1e-6, told
        for direction in told["slow"]:
            assert min(abs(complex(value) - direction["eigenvalue"]) for value in values) < 1e-4
        matched.update(near)
    for end in ends[: len(states)]:
        if float((step(end[None])[0] - end).norm()) < 1e-10:
            index = min(range(len(points)), key=lambda i: float((points[i][0] - end).norm()))
            assert index in matched, ("a stable point that states come to is not told", end)
    for index, (state, values) in enumerate(points):
        # Not where states only creep: such points are found or not by the last bits.
        if float((values.abs() - 1).abs().min()) > 1e-3:
            assert index in matched, ("not told", state, values)
    kinds = [told["kind"] for told in found["points"]]
    return {kind: kinds.count(kind) for kind in sorted(set(kinds))}, len(points)


def check(mode, layers, bidirectional, gain=1.0, seed=3):
    torch.manual_seed(seed)
    model = Model(mode, layers, bidirectional)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.mul_(1.8 * (gain if "weight_hh" in name else 1))
    x = torch.randint(0, 5, (4, 18))
    frame, paused, seconds = frames_of(model, x)
    count = 1 if bidirectional else layers
    size = 7 * count * (2 if mode == "LSTM" else 1)
    assert frame["size"] == size and len(frame["path"]) == 18, frame["size"]

    # A copy in double precision, one step at a time, of the layers that are the system.
    single = getattr(torch.nn, mode)(6, 7, num_layers=count, batch_first=True).double()
    single.load_state_dict({k: v.double() for k, v in model.rnn.state_dict().items()
                            if k in single.state_dict()})
    inputs = model.embedding(x[0]).detach().double()

    def step(state, t):
        with torch.no_grad():
            parts = state.reshape(count, -1, 7)
            if mode == "LSTM":
                given = (parts[:, 0].contiguous()[:, None], parts[:, 1].contiguous()[:, None])
                _, (h, c) = single(inputs[None, t:t + 1], given)
                return torch.stack([h[:, 0], c[:, 0]], 1).flatten()
            _, h = single(inputs[None, t:t + 1], parts[:, 0].contiguous()[:, None])
            return h.flatten()

    state, states, mean = torch.zeros(size, dtype=torch.float64), [], 0
    for t in range(18):
        columns = []
        for unit in range(size):
            e = torch.zeros(size, dtype=torch.float64)
            e[unit] = 1e-6
            columns.append((step(state + e, t) - step(state - e, t)) / 2e-6)
        mean = mean + torch.stack(columns, 1) / 18
        state = step(state, t)
        states.append(state)

    told = sorted(torch.view_as_complex(torch.tensor(frame["spectra"][1]["eigenvalues"])).abs())
    want = sorted(torch.linalg.eigvals(mean).abs())
    error = max(abs(float(a) - float(b)) for a, b in zip(told, want))
    assert error < 2e-5, ("eigenvalues", error)

    centred = torch.stack(states) - torch.stack(states).mean(0)
    lengths = torch.linalg.svdvals(centred) ** 2
    dimension = float(lengths.sum() ** 2 / (lengths ** 2).sum())
    assert abs(frame["dimension"] - dimension) < 1e-4 * dimension, "dimension"
    shares = (lengths / lengths.sum())[:3].tolist()
    assert max(abs(a - b) for a, b in zip(frame["shares"], shares)) < 1e-4, "shares"

    # The loss at each step, by every input, through the whole model.
    again = copy.deepcopy(model)
    read = again.embedding(x).detach().requires_grad_()
    logits = again.head(again.rnn(read)[0])
    losses = torch.nn.functional.cross_entropy(
        logits.flatten(0, 1), x.roll(1, 1).flatten(), reduction="none").view(4, 18) / x.numel()
    assert frame["attributionOf"] == "loss" and len(frame["attribution"]) == 18
    for t in range(18):
        gradient, = torch.autograd.grad(losses[0, t], read, retain_graph=True)
        want = gradient[0].norm(dim=1)[: t + 1]
        told = torch.tensor(frame["attribution"][t])
        assert torch.allclose(told, want, rtol=1e-3, atol=1e-9), ("attribution", t, told, want)
    def constant(states):
        with torch.no_grad():
            parts = states.reshape(len(states), count, -1, 7).permute(1, 2, 0, 3).contiguous()
            read = inputs[POSITION].expand(len(states), 1, -1)
            if mode == "LSTM":
                _, (h, c) = single(read, (parts[:, 0].contiguous(), parts[:, 1].contiguous()))
                return torch.stack([h, c], 1).permute(2, 0, 1, 3).flatten(1)
            return single(read, parts[:, 0].contiguous())[1].permute(1, 0, 2).flatten(1)

    assert paused["fixedPoints"]["input"] == str(int(x[0, POSITION]))
    reach = torch.ones(size)  # of h; an LSTM's cell state behind it has no bound
    if mode == "LSTM":
        reach.view(-1, 2, 7)[:, 1] = torch.inf
    kinds, all_points = check_fixed_points(
        paused, torch.stack(states), constant, 2.0 if mode == "LSTM" else 1.0, reach)
    print(f"{mode} ×{layers}{' bidirectional' if bidirectional else ''}: eigenvalues within {error:.1e}, "
          f"λ1 {frame['lyapunov'][0]:+.3f}, dimension {dimension:.2f}, attribution of 18 losses, "
          f"{kinds or 'no fixed point'} of {all_points} in {seconds:.1f} s")


def keep_or_compare(frame):
    """The frame that tests of the dashboard show is still the one that is sent."""
    file = here / "fixed_points.json"
    frame = {**frame, "step": 100, "fixedPoints": {**frame["fixedPoints"], "step": 100}}
    if records:
        file.write_text(json.dumps(frame, ensure_ascii=False) + "\n")
    kept = json.loads(file.read_text())

    def compare(a, b, place):
        if isinstance(a, dict):
            assert sorted(a) == sorted(b), (place, sorted(a), sorted(b))
            for key in a:
                compare(a[key], b[key], place + [key])
        elif isinstance(a, list):
            assert len(a) == len(b), place
            for index, pair in enumerate(zip(a, b)):
                compare(*pair, place + [index])
        elif isinstance(a, (int, float)):  # components may point the other way
            assert abs(abs(a) - abs(b)) < 1e-4, (place, a, b)
        else:
            assert a == b, (place, a, b)
    compare(kept, frame, [])


def check_known():
    """Two units that do not know of each other, s ← tanh 2s: each has 0 and ±0.9575 to itself."""
    torch.manual_seed(3)
    model = torch.nn.Sequential()
    model.embedding = torch.nn.Embedding(3, 2)
    model.rnn = torch.nn.RNN(2, 2, batch_first=True)
    model.head = torch.nn.Linear(2, 3)
    model.forward = lambda x: model.head(model.rnn(model.embedding(x))[0])
    with torch.no_grad():
        for name, parameter in model.rnn.named_parameters():
            parameter.copy_(2 * torch.eye(2)) if name == "weight_hh_l0" else parameter.mul_(
                0.05 if name == "weight_ih_l0" else 0)
        model.embedding.weight[:] = 0
        model.embedding.weight[0] = torch.tensor([0.5, -0.3])
    x = torch.tensor([[0, 0, 1, 2, 0, 0, 2, 1]])
    _, frame, _ = frames_of(model, x)  # position 3 reads zeros
    kinds = [point["kind"] for point in frame["fixedPoints"]["points"]]
    assert kinds == 4 * ["stable"] + 4 * ["saddle"] + ["repeller"], kinds
    slopes = [point["modulus"] for point in frame["fixedPoints"]["points"]]
    assert max(abs(a - b) for a, b in zip(slopes, 4 * [2 * (1 - 0.9575040240772687 ** 2)] + 5 * [2])) < 1e-6
    # Two stable points that lie apart by 2 × 0.9575 along one unit.
    places = torch.tensor([point["place"] for point in frame["fixedPoints"]["points"][:4]])
    apart = sorted(torch.pdist(places).tolist())
    assert abs(apart[0] - 1.9150080481545374) < 1e-6, apart
    keep_or_compare(frame)
    print(f"two units, s ← tanh 2s: {kinds.count('stable')} stable points, "
          f"{kinds.count('saddle')} saddles, {kinds.count('repeller')} repeller")


check_known()
for mode, layers, bidirectional in [
        ("RNN", 1, False), ("GRU", 1, False), ("LSTM", 1, False), ("GRU", 2, False),
        ("LSTM", 2, False), ("GRU", 1, True), ("LSTM", 2, True)]:
    check(mode, layers, bidirectional)
# With larger recurrent weights there are many fixed points.
for mode, layers, gain, seed in [
        ("RNN", 1, 4, 3), ("RNN", 1, 8, 5), ("GRU", 1, 4, 3), ("GRU", 1, 3, 5), ("GRU", 1, 6, 4),
        ("LSTM", 1, 4, 3), ("GRU", 2, 3, 3), ("GRU", 2, 4, 5)]:
    check(mode, layers, False, gain, seed)
print("unfold.py tells the truth about these networks")
