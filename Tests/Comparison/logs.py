"""Writes logs as other programs do, byte for byte, without their libraries: `.wandb` files, event
files and lines of JSON, of any size.

    python3 Tests/Comparison/logs.py wandb|tfevents|jsonl FILE [--steps 100000] [--metrics 6]
"""

import argparse
import json
import math
import struct
import zlib


def varint(value):
    out = bytearray()
    value &= (1 << 64) - 1
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def field(number, value):
    """A field of a protocol buffer: whole numbers, doubles, floats as bytes, texts, messages."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, float):
        return varint(number << 3 | 1) + struct.pack("<d", value)
    if isinstance(value, str):
        value = value.encode()
    return varint(number << 3 | 2) + varint(len(value)) + value


class Wandb:
    """LevelDB's log format with zip's checksum, behind W&B's header."""

    BLOCK = 32768

    def __init__(self, file):
        self.file = file
        self.count = 0
        self.position = 0
        self.write(b":W&B" + struct.pack("<HB", 0xBEE1, 0))
        self.record(17, field(1, "a1b2c3d4") + field(8, "brisk-run-1"))

    def write(self, data):
        self.file.write(data)
        self.position += len(data)

    def record(self, kind, message):
        self.count += 1
        data = field(1, self.count) + field(kind, message)
        is_first = True
        while True:
            left = self.BLOCK - self.position % self.BLOCK
            if left < 7:
                self.write(bytes(left))
                left = self.BLOCK
            piece, data = data[: left - 7], data[left - 7 :]
            kind = (1 if not data else 2) if is_first else (4 if not data else 3)
            checked = bytes([kind]) + piece
            self.write(struct.pack("<IH", zlib.crc32(checked), len(piece)) + checked)
            is_first = False
            if not data:
                return

    def log(self, step, values):
        items = {"_step": step, "_runtime": step * 0.25, "_timestamp": 1.7e9 + step * 0.25, **values}
        pairs = [(key.split("."), json.dumps(value)) for key, value in items.items()]
        record = b"".join(
            field(1, b"".join(field(2, part) for part in key) + field(16, text)) for key, text in pairs
        )
        self.record(3, b"".join(
            field(1, b"".join(field(2, part) for part in key) + field(16, text)) for key, text in pairs
        ))
        self.record(2, record + field(2, field(1, step)))

    def exit(self):
        self.record(18, field(1, 0))


def castagnoli():
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ 0x82F63B78 if byte & 1 else byte >> 1
        table.append(byte)
    return table


TABLE = castagnoli()


def masked(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    crc ^= 0xFFFFFFFF
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


class EventFile:
    def __init__(self, file):
        self.file = file
        self.event(field(1, 1.7e9) + field(3, "brain.Event:2"))

    def event(self, data):
        length = struct.pack("<Q", len(data))
        self.file.write(
            length + struct.pack("<I", masked(length)) + data + struct.pack("<I", masked(data))
        )

    def scalar(self, step, tag, value):
        number = varint(2 << 3 | 5) + struct.pack("<f", value)
        entry = field(1, field(1, tag) + number)
        self.event(field(1, 1.7e9 + step * 0.25) + field(2, step) + field(5, entry))


def values(step, metrics):
    base = {
        "train/loss": 3 * math.exp(-step / 20000) + 0.2 + 0.01 * (step * 7919 % 101) / 101,
        "train/accuracy": 1 - math.exp(-step / 20000),
        "train/grad_norm": 1 + 0.1 * (step * 104729 % 97) / 97,
        "train/learning_rate": 0.001 * (1 - step / 1e6),
        "train/tokens_seen": step * 4096,
        "system/memory": 0.5 + step % 10 / 100,
    }
    if metrics <= 6:
        return dict(list(base.items())[:metrics])
    return {"loss": base["train/loss"]} | {
        f"layer_{i // 10}/metric_{i}": (i % 17) + math.sin(step / 50 + i) for i in range(metrics - 1)
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=["wandb", "tfevents", "jsonl"])
    parser.add_argument("file")
    parser.add_argument("--steps", type=int, default=100_000)
    parser.add_argument("--metrics", type=int, default=6)
    arguments = parser.parse_args()
    with open(arguments.file, "wb") as file:
        writer = {"wandb": Wandb, "tfevents": EventFile}.get(arguments.kind, lambda file: file)(file)
        for step in range(arguments.steps):
            row = values(step, arguments.metrics)
            if arguments.kind == "wandb":
                writer.log(step, row)
            elif arguments.kind == "tfevents":
                for tag, value in row.items():
                    writer.scalar(step, tag, value)
            else:
                file.write((json.dumps({"step": step, **row}) + "\n").encode())
        if arguments.kind == "wandb":
            writer.exit()


if __name__ == "__main__":
    main()
