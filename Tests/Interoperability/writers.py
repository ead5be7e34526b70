#!/usr/bin/env python3
"""What other programs' own writers write is followed, compared and imported, with the same values.

Makes logs with torch's SummaryWriter (tensorboardX's where torch is not there), with the records of
Keras' TensorBoard callback, in the format of Lightning's CSVLogger, and with W&B offline; weights
with safetensors and with torch.save. Each log is
- exported as a table whose every number is compared with what was logged;
- followed in a terminal (tmux) until its last step and the names of its series are on screen;
- compared with a second one;
each file of weights goes in through --init and comes out of a snapshot with the same values. What
`--init` refuses comes with lines of Python: they are run, and what they write goes in.

Libraries that are not there are passed over, by name.
Usage: writers.py [path of the unfold binary]
"""
import contextlib
import csv
import io
import json
import math
import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
UNFOLD = str(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / ".build/release/unfold").resolve())
STEPS = 120


def loss(step, run=0):
    return 3.2 * math.exp(-step / 40) + 0.1 * run


def values(step, run=0):
    """What a program logs in a step; the validation at every tenth."""
    row = {"loss": loss(step, run), "lr": 0.001 * (step + 1), "accuracy": step / STEPS}
    if step % 10 == 9:
        row["val_loss"] = loss(step, run) + 0.25
    return row


# Logs

def summary_writer(folder, run):
    """torch.utils.tensorboard, or tensorboardX, which writes the same records."""
    import numpy
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        from tensorboardX import SummaryWriter
    writer = SummaryWriter(str(folder))
    for step in range(STEPS):
        for name, value in values(step, run).items():
            writer.add_scalar(name, value, step)
        if step % 20 == 0:
            writer.add_histogram("weights", numpy.array([0.1, 0.2, 0.3]), step)
    writer.close()
    return folder


def keras(folder, run):
    """The records of Keras' callback: tensors of one number under tags that summary.v2 gives them,
    in a folder for training and one for validation."""
    from tensorboard.compat.proto import event_pb2, summary_pb2, tensor_pb2, types_pb2
    from tensorboard.summary.writer.event_file_writer import EventFileWriter
    for part in ["train", "validation"]:
        writer = EventFileWriter(str(folder / part))
        for step in range(STEPS):
            row = values(step, run)
            row = ({"epoch_loss": row["loss"], "epoch_accuracy": row["accuracy"]} if part == "train"
                   else {"epoch_loss": row["loss"] + 0.25})
            for tag, value in row.items():
                metadata = summary_pb2.SummaryMetadata()
                metadata.plugin_data.plugin_name = "scalars"
                tensor = tensor_pb2.TensorProto(dtype=types_pb2.DT_FLOAT,
                                                tensor_content=struct.pack("<f", value))
                summary = summary_pb2.Summary(value=[
                    summary_pb2.Summary.Value(tag=tag, tensor=tensor, metadata=metadata)])
                writer.add_event(event_pb2.Event(step=step, wall_time=1e9 + step, summary=summary))
        writer.close()
    return folder


def lightning(folder, run):
    """metrics.csv as Lightning's CSVLogger writes it: the validation in rows of its own."""
    path = folder / "version_0" / "metrics.csv"
    path.parent.mkdir(parents=True)
    names = ["accuracy", "epoch", "lr", "step", "train_loss", "val_loss"]
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        for step in range(STEPS):
            row = values(step, run)
            check = row.pop("val_loss", None)
            row["train_loss"] = row.pop("loss")
            writer.writerow({**row, "epoch": step // 10, "step": step})
            if check is not None:
                writer.writerow({"val_loss": check, "epoch": step // 10, "step": step})
    return folder


def wandb_offline(folder, run):
    os.environ.update(WANDB_MODE="offline", WANDB_SILENT="true", WANDB_DIR=str(folder))
    import wandb
    with contextlib.redirect_stdout(io.StringIO()):
        job = wandb.init(project="p", dir=str(folder), mode="offline")
        for step in range(STEPS):
            job.log(values(step, run), step=step)
        job.finish()
    return folder


# What they must give: the table's column, and the step's number in it.
PLAIN = {"loss": lambda s, r: loss(s, r), "learning_rate": lambda s, r: 0.001 * (s + 1),
         "accuracy": lambda s, r: s / STEPS,
         "validation_loss": lambda s, r: loss(s, r) + 0.25 if s % 10 == 9 else None}
LOGS = {
    "SummaryWriter": (summary_writer, PLAIN, ["loss", "accuracy"]),
    "Keras": (keras, {
        "loss": lambda s, r: loss(s, r), "validation_loss": lambda s, r: loss(s, r) + 0.25,
        "train/epoch_accuracy": lambda s, r: s / STEPS}, ["epoch_loss"]),
    "CSVLogger": (lightning, PLAIN, ["train_loss", "accuracy"]),
    "W&B offline": (wandb_offline, PLAIN, ["loss", "accuracy"]),
}


def run(*arguments, status=0, **options):
    done = subprocess.run([UNFOLD, *map(str, arguments)], capture_output=True, text=True,
                          timeout=120, **options)
    assert done.returncode == status, f"{arguments}: status {done.returncode}: {done.stderr}"
    return done


def same(found, expected):
    # Event files hold 32 bits.
    return abs(found - expected) <= 1e-6 * max(1, abs(expected))


def check_table(folder, expected, number, out):
    run("export", folder, "--format", "csv", "--out", out)
    rows = {int(row["step"]): row for row in csv.DictReader(open(out / "metrics.csv"))}
    assert sorted(rows) == list(range(STEPS)), f"steps {sorted(rows)[:3]} … ({len(rows)})"
    count = 0
    for column, value in expected.items():
        for step, row in rows.items():
            wanted = value(step, number)
            if wanted is None:
                assert row[column] == "", f"{column} at {step}: {row[column]}, expected nothing"
                continue
            assert row[column] != "" and same(float(row[column]), wanted), \
                f"{column} at {step}: {row[column]}, expected {wanted}"
            count += 1
    return count


def check_following(folder, names):
    socket = f"unfold-writers-{os.getpid()}-{time.time_ns()}"

    def tmux(*arguments):
        return subprocess.run(["tmux", "-L", socket, *arguments], capture_output=True,
                              text=True).stdout

    tmux("-f", "/dev/null", "new-session", "-d", "-x", "150", "-y", "45",
         f"LC_ALL=C.UTF-8 '{UNFOLD}' follow '{folder}'")
    try:
        end = time.monotonic() + 40
        shown, asked = set(), False
        while time.monotonic() < end:
            screen = tmux("capture-pane", "-p")
            shown |= {name for name in names if name in screen}
            if f"step {STEPS - 1}" in screen.split("\n")[0]:
                if shown == set(names):
                    return
                if not asked:  # The list of all metrics.
                    tmux("send-keys", "m")
                    asked = True
            time.sleep(0.1)
        raise AssertionError(f"not on screen: {set(names) - shown}\n{screen}")
    finally:
        tmux("kill-server")


def check_log(name, base):
    write, expected, names = LOGS[name]
    folders = []
    for number in range(2):
        folder = base / f"run{number}"
        folder.mkdir(parents=True)
        folders.append(write(folder, number))
        count = check_table(folder, expected, number, base / f"out{number}")
    compared = run("compare", "--headless", *folders).stdout
    finals = [f"{loss(STEPS - 1, number):.2f}" for number in range(2)]
    assert all(final in compared for final in finals), f"{finals} in {compared}"
    check_following(folders[0], names)
    return f"{count} numbers as logged, compared, followed"


# Weights

PRESET = """task: { kind: sequence-labelling, data: { jsonl: data.jsonl }, classes: 2, split: { validation: 0, test: 0 } }
network: { cell: lstm, hidden: 8 }
training: { batch: 1, snapshot-every: 1 }
"""
SHAPES = {"rnn.weight_ih_l0": (32, 3), "rnn.weight_hh_l0": (32, 8), "rnn.bias_ih_l0": (32,),
          "rnn.bias_hh_l0": (32,), "head.weight": (2, 8), "head.bias": (2,)}


def tensors():
    """Numbers that 16 bits hold, too."""
    return {name: [((17 * i + len(name)) % 64 - 32) / 64 for i in range(math.prod(shape))]
            for name, shape in SHAPES.items()}


def read_safetensors(path):
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    result = {}
    for name, entry in json.loads(data[8:8 + length]).items():
        if name != "__metadata__":
            begin, end = (8 + length + offset for offset in entry["data_offsets"])
            result[name] = list(struct.unpack(f"<{(end - begin) // 4}f", data[begin:end]))
    return result


def check_weights(base, name):
    """The snapshot before the first step holds what went in."""
    out = base / f"out-{name}"
    run("train", "preset.yaml", "--headless", "--init", name, "--steps", "0", "--out", out, cwd=base)
    found = read_safetensors(next((out / "snapshots").glob("step-*")) / "model.safetensors")
    wanted = tensors()
    for key in ["rnn.weight_ih_l0", "rnn.weight_hh_l0", "head.weight", "head.bias"]:
        assert found[key] == wanted[key], f"{name}: {key} differs"
    both = [a + b for a, b in zip(wanted["rnn.bias_ih_l0"], wanted["rnn.bias_hh_l0"])]
    assert all(same(a, b) for a, b in zip(found["rnn.bias_ih_l0"], both)), f"{name}: bias differs"


def convert(base, name):
    """Runs the lines of Python that a refusal gives; returns the file that they write."""
    done = run("train", "preset.yaml", "--headless", "--init", name, "--steps", "0", "--out",
               base / "refused", status=2, cwd=base)
    assert done.stderr.count("\n") == 1, done.stderr
    code = "\n".join(re.findall(r"`([^`]*)`", done.stderr))
    assert code, f"{name}: no Python in {done.stderr}"
    written = re.findall(r"\"([^\"]*\.(?:pt|safetensors))\"", code)[-1]
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], cwd=base, check=True, timeout=300)
    return written


def prepare(base):
    (base / "preset.yaml").write_text(PRESET)
    (base / "data.jsonl").write_text('{"inputs": [[1, 2, 3], [4, 5, 6]], "targets": [0, 1]}\n')


def safetensors_files(base):
    import numpy
    from safetensors.numpy import save_file
    prepare(base)
    arrays = {name: numpy.array(numbers, "f4").reshape(SHAPES[name])
              for name, numbers in tensors().items()}
    for name, kind in [("f32", "f4"), ("f16", "f2"), ("f64", "f8")]:
        save_file({key: array.astype(kind) for key, array in arrays.items()},
                  base / f"{name}.safetensors")
        check_weights(base, f"{name}.safetensors")
    numpy.savez(base / "weights.npz", **arrays)
    check_weights(base, convert(base, "weights.npz"))
    return "3 types of numbers, and npz after the Python that the refusal gives"


def sharded(base):
    """A model in several files, put together by the Python that the refusal gives."""
    import torch
    from safetensors.torch import save_file
    prepare(base)
    state = {name: torch.tensor(numbers).reshape(SHAPES[name])
             for name, numbers in tensors().items()}
    names = list(state)
    place = {name: f"model-0000{1 + index // 3}-of-00002.safetensors"
             for index, name in enumerate(names)}
    for file in set(place.values()):
        save_file({name: state[name] for name in names if place[name] == file}, base / file)
    index = {"metadata": {"total_size": 1}, "weight_map": place}
    (base / "model.safetensors.index.json").write_text(json.dumps(index))
    check_weights(base, convert(base, "model.safetensors.index.json"))
    return "2 parts, after the Python that the refusal gives"


def torch_files(base):
    import torch
    import argparse as namespace
    import pickle
    prepare(base)
    state = {name: torch.tensor(numbers).reshape(SHAPES[name])
             for name, numbers in tensors().items()}

    class Model(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn, self.head = torch.nn.LSTM(3, 8), torch.nn.Linear(8, 2)

        def forward(self, x):
            return self.head(self.rnn(x)[0])

    model = Model()
    model.load_state_dict(state)
    optimizer = torch.optim.AdamW(model.parameters())
    for parameter in model.parameters():
        parameter.grad = torch.zeros_like(parameter)
    kinds = {
        "state.pt": lambda: state,
        "parameters.pt": lambda: dict(model.named_parameters()),
        "checkpoint.pt": lambda: {"epoch": 3, "model_state_dict": state, "best": 0.5,
                                  "optimizer_state_dict": optimizer.state_dict()},
        "lightning.ckpt": lambda: {"pytorch-lightning_version": "2.4", "global_step": 7,
                                   "state_dict": {"model." + k: v for k, v in state.items()},
                                   "optimizer_states": [optimizer.state_dict()]},
        "compiled.pt": lambda: {"_orig_mod." + k: v for k, v in state.items()},
        "half.pt": lambda: {k: v.half() for k, v in state.items()},
        "bfloat16.pt": lambda: {k: v.bfloat16() for k, v in state.items()},
        "double.pt": lambda: {k: v.double() for k, v in state.items()},
        "strides.pt": lambda: {k: v.t().contiguous().t() if v.dim() == 2 else v
                               for k, v in state.items()},
        "views.pt": lambda: {k: torch.stack([v, v + 1], -1)[..., 0] for k, v in state.items()},
    }
    for name, content in kinds.items():
        torch.save(content(), base / name)
        check_weights(base, name)
    torch.save(state, base / "legacy.pt", _use_new_zipfile_serialization=False)
    check_weights(base, "legacy.pt")
    for protocol in [3, 4, 5]:
        torch.save(state, base / f"protocol{protocol}.pt", pickle_protocol=protocol)
        check_weights(base, f"protocol{protocol}.pt")
    # What is refused, and the lines of Python that convert it.
    torch.save(torch.nn.ModuleDict({"rnn": model.rnn, "head": model.head}), base / "module.pt")
    torch.save({"model": state, "args": namespace.Namespace(rate=1)}, base / "namespace.pt")
    torch.jit.script(model).save(str(base / "script.pt"))
    torch.export.save(torch.export.export(model.eval(), (torch.zeros(5, 1, 3),)),
                      str(base / "program.pt2"))
    with open(base / "arrays.pkl", "wb") as file:
        pickle.dump({name: tensor.numpy() for name, tensor in state.items()}, file)
    converted = ["module.pt", "namespace.pt", "script.pt", "program.pt2", "arrays.pkl"]
    for name in converted:
        check_weights(base, convert(base, name))
    return f"{len(kinds) + 4} files, {len(converted)} after the Python that the refusal gives"


def main():
    failures = 0
    checks = {name: lambda base, name=name: check_log(name, base) for name in LOGS}
    checks["safetensors"] = safetensors_files
    checks["sharded"] = sharded
    checks["torch.save"] = torch_files
    for name, check in checks.items():
        with tempfile.TemporaryDirectory(prefix="unfold-writers-") as base:
            try:
                outcome = check(pathlib.Path(base))
            except ImportError as error:
                outcome = f"passed over: {error.name} is not there"
            except (AssertionError, subprocess.SubprocessError, KeyError, StopIteration) as error:
                failures += 1
                outcome = f"FAILS: {error!r}"
        print(f"{name:14} {outcome}", flush=True)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
