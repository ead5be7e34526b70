#!/usr/bin/env python3
"""What unfold exports opens in the tools it is meant for.

Trains the default preset for a few steps, then:
- safetensors loads model and optimizer, with the metadata that PyTorch's loaders ask for;
- TensorBoard's EventAccumulator reads every scalar, each equal to the record's;
- pandas reads metrics.csv and metrics.jsonl into equal tables;
- every SVG is well-formed XML with a title, axes' labels and a dark scheme;
- every line of events.jsonl is JSON for Python's parser, too.

Needs safetensors, numpy, tensorboard and pandas. Usage: exports.py [path of the unfold binary]
"""
import glob
import json
import pathlib
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

import numpy as np
import pandas
from safetensors import safe_open
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = sys.argv[1] if len(sys.argv) > 1 else ROOT / ".build/release/unfold"
UNFOLD = str(pathlib.Path(BINARY).resolve())
STEPS = 40


def unfold(*arguments):
    result = subprocess.run([UNFOLD, *map(str, arguments)], capture_output=True, text=True)
    assert result.returncode == 0, f"unfold {arguments}: {result.returncode}\n{result.stderr}"
    return result.stdout


def not_finite(word):
    raise AssertionError(f"{word} is no JSON")


def check_record(run, printed):
    lines = [json.loads(line, parse_constant=not_finite) for line in open(run / "events.jsonl")]
    steps = [line for line in lines if line.get("event") == "step"]
    assert [line["step"] for line in steps] == list(range(1, STEPS + 1))
    shown = [json.loads(line) for line in printed.splitlines()]
    assert [line for line in shown if line["event"] == "step"] == steps
    assert shown[-1]["event"] == "finished" and shown[-1]["reason"] == "completed"
    print(f"events.jsonl: {len(lines)} lines, {len(steps)} steps, the same as printed")
    return steps


def check_snapshot(run):
    snapshot = pathlib.Path(sorted(glob.glob(str(run / "snapshots/*")))[-1])
    for name in ("model", "optimizer"):
        with safe_open(snapshot / f"{name}.safetensors", framework="np") as file:
            assert file.metadata() == {"format": "pt"}, file.metadata()
            tensors = {key: file.get_tensor(key) for key in file.keys()}
        assert tensors and all(np.isfinite(t).all() for t in tensors.values())
        print(f"{name}.safetensors: {len(tensors)} tensors")
    table = pandas.read_csv(snapshot / "metrics.csv")
    assert list(table.step) == list(range(1, STEPS + 1))


def check_tables(run, out, steps):
    unfold("export", run, "--format", "csv", "--out", out)
    unfold("export", run, "--format", "jsonl", "--out", out)
    table = pandas.read_csv(out / "metrics.csv")
    lines = pandas.read_json(out / "metrics.jsonl", lines=True)
    assert list(table.step) == [s["step"] for s in steps]
    np.testing.assert_allclose(table.loss, [s["loss"] for s in steps], rtol=1e-6)
    for column in lines.columns:
        np.testing.assert_allclose(table[column], lines[column], rtol=1e-12, err_msg=column)
    print(f"metrics.csv, metrics.jsonl: {table.shape[0]} rows, columns {list(table.columns)}")


def check_tensorboard(run, out, steps):
    unfold("export", run, "--format", "tensorboard", "--out", out)
    # 0 keeps every event; the default would thin them out.
    accumulator = EventAccumulator(str(out), size_guidance={"scalars": 0, "histograms": 0})
    accumulator.Reload()
    tags = accumulator.Tags()
    loss = accumulator.Scalars("train/loss")
    assert [event.step for event in loss] == [s["step"] for s in steps]
    np.testing.assert_allclose([e.value for e in loss], [s["loss"] for s in steps], rtol=1e-6)
    norm = accumulator.Scalars("train/gradient_norm")
    np.testing.assert_allclose(
        [e.value for e in norm], [s["gradientNorm"] for s in steps], rtol=1e-6)
    times = [event.wall_time for event in loss]
    assert times == sorted(times) and times[0] > 1.6e9
    assert any(tag.startswith("parameters/") for tag in tags["histograms"]), tags["histograms"]
    for tag in tags["histograms"]:
        for event in accumulator.Histograms(tag):
            value = event.histogram_value
            assert sum(value.bucket) == value.num
    print(f"event file: scalars {tags['scalars']}, histograms {tags['histograms']}")


def check_pictures(run, out):
    for path in unfold("export", run, "--format", "svg", "--out", out).split():
        text = pathlib.Path(path).read_text()
        root = ET.fromstring(text)
        titles = [e.text for e in root.iter("{http://www.w3.org/2000/svg}title")]
        labels = [e.text for e in root.iter("{http://www.w3.org/2000/svg}text")]
        assert titles and labels and "prefers-color-scheme:dark" in text, path
        print(f"{pathlib.Path(path).name}: {titles[0]}, {len(labels)} labels")


def main():
    with tempfile.TemporaryDirectory() as directory:
        directory = pathlib.Path(directory)
        run = directory / "run"
        printed = unfold("train", "words", "--headless", "--steps", STEPS, "--out", run)
        steps = check_record(run, printed)
        check_snapshot(run)
        check_tables(run, directory / "tables", steps)
        check_tensorboard(run, directory / "board", steps)
        check_pictures(run, directory / "pictures")
    print("all well")


if __name__ == "__main__":
    main()
