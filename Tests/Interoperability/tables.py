#!/usr/bin/env python3
"""Tables and arrays read as pandas and NumPy read them.

500 tables in dialects drawn from a seed (separator, decimal mark, thousands, quotes, dates, header,
line ends, encoding, remarks) go through pandas, told the dialect, and through our reader, told
nothing: the numbers are the same, or the file is refused, which few are. Then each is damaged in a
few places: what is read is what the true dialect reads, or the file is refused. Arrays of every kind
of element, order and version go through NumPy.

Usage: tables.py [SEED] [COUNT]; UNFOLD_READING names the program, .build/debug/ReadingProgram else.
"""
import io
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

import numpy
import pandas

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("UNFOLD_READING", str(ROOT / ".build/debug/ReadingProgram"))
SEED = int(sys.argv[1]) if len(sys.argv) > 1 else 1
COUNT = int(sys.argv[2]) if len(sys.argv) > 2 else 500

SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|", "blank": " "}
DATES = ["%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%Y/%m/%d", "%d-%b-%Y", "%b %d, %Y", "%Y%m%d",
         "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m", "%d.%m.%Y %H:%M", "%H:%M:%S"]
TEXTS = ["ok", "Berlin, Mitte", "a;b", "x|y", 'say "hi"']
NAMES = ["température", "売上 合計", "a,b;c", 'say "x"', "ü"]


def grouped(digits, mark):
    result = ""
    while len(digits) > 3:
        result = mark + digits[-3:] + result
        digits = digits[:-3]
    return digits + result


class Table:
    """One table: its text, the numbers in it, and how it is written."""

    def __init__(self, draw):
        self.separator = draw.choice(list(SEPARATORS))
        self.decimal = draw.choice(".,")
        self.thousands = draw.choice(
            [None, None, None, "." if self.decimal == "," else ",", "'", "\u00a0", "\u202f", "’"])
        self.style = draw.choice(["fixed", "fixed", "short", "int", "exponent"])
        self.places = draw.choice([1, 2, 2, 3, 4])
        self.header = draw.random() < 0.6
        if self.style == "exponent":
            self.thousands = None
        self.write(draw)

    def number(self, value, draw):
        if self.style == "exponent":
            return ("%.*e" % (self.places + 2, value)).replace(".", self.decimal)
        text = repr(round(abs(value), self.places))
        if self.style == "fixed":
            text = "%.*f" % (self.places, abs(value))
        whole, _, fraction = text.partition(".")
        if self.style == "int":
            whole, fraction = str(int(round(abs(value)))), ""
        sign = "-" if value < 0 and (fraction or whole != "0") else ""
        if self.signs and not sign and draw.random() < 0.3:
            sign = "+"
        whole = grouped(whole, self.thousands) if self.thousands else whole
        return sign + whole + (self.decimal + fraction if fraction else "")

    def write(self, draw):
        separator = SEPARATORS[self.separator]
        self.signs = draw.random() < 0.1
        width, count = draw.choice([1, 2, 2, 3, 5]), draw.choice([8, 20, 60, 150])
        scale = draw.choice([1, 100, 5000, 2e6])
        dates = draw.choice(DATES) if draw.random() < 0.5 else None
        hasText = self.separator != "blank" and draw.random() < 0.2
        everything = draw.random() < 0.2
        end = draw.choice(["\n", "\r\n", "\r"])
        begin = pandas.Timestamp("2019-03-28 01:02:03")
        names = NAMES[:width] if draw.random() < 0.2 else ["v%d" % i for i in range(width)]

        def quoted(text):
            blank = self.separator == "blank" and " " in text
            if everything or blank or separator in text or '"' in text:
                return '"' + text.replace('"', '""') + '"'
            return text

        rows = [(["date"] if dates else []) + names + (["remark"] if hasText else [])]
        if not self.header:
            rows = []
        for i in range(count):
            step = pandas.DateOffset(months=i) if dates == "%Y-%m" else pandas.Timedelta(days=i)
            row = [(begin + step).strftime(dates)] if dates else []
            row += [self.number(draw.gauss(scale * (1 + j), scale / 3), draw) for j in range(width)]
            rows.append(row + ([draw.choice(TEXTS)] if hasText else []))
        pad = " " if self.separator in ("comma", "semicolon") and draw.random() < 0.15 else ""
        lines = []
        for index, row in enumerate(rows):
            gap = separator + (pad if index or not self.header else "")
            if self.separator == "blank":
                gap = " " * draw.choice([1, 1, 1, 3])
            lines.append(gap.join(quoted(field) for field in row))
        if self.separator != "blank" and draw.random() < 0.1:
            lines = [line + separator for line in lines]
        plain = "\n".join(lines)
        if draw.random() < 0.1:
            lines.insert(0, "# written by a logger")
        if draw.random() < 0.08 and len(rows[0]) > 1 and self.separator != "blank":
            lines += ["", "Source: own survey"]
        text = end.join(lines) + (end if draw.random() < 0.8 else "")
        self.text = text
        self.encoding = draw.choice(["utf-8", "utf-8", "utf-8-sig", "utf-16"])
        self.expected = self.pandas(plain, width, 1 if dates else 0)
        # Thousands marked by points in numbers without decimals read as decimals everywhere.
        self.isTold = not (self.style == "int" and self.thousands == ".")

    def pandas(self, text, width, first):
        frame = pandas.read_csv(
            io.StringIO(text), sep=r"\s+" if self.separator == "blank" else SEPARATORS[self.separator],
            header=0 if self.header else None, dtype=str, keep_default_na=False,
            skipinitialspace=True, index_col=False)
        marks = {"'", "\u00a0", "\u202f", "’", self.thousands or "'"}

        def number(text):
            text = "".join(c for c in text.strip() if c not in marks)
            return float(text.replace(self.decimal, "."))

        return numpy.array(
            [[number(x) for x in row] for row in frame.iloc[:, first:first + width].values],
            dtype=numpy.float32).ravel()


def read(requests):
    lines = "".join("\t".join(request) + "\n" for request in requests)
    result = subprocess.run([PROGRAM], input=lines, capture_output=True, text=True, check=True)
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(answers) == len(requests), result.stderr[-2000:]
    return answers


def damaged(text, draw):
    letters = list(text)
    for _ in range(draw.choice([1, 1, 2, 4])):
        place, kind = draw.randrange(len(letters)), draw.random()
        if kind < 0.35:
            del letters[place]
        elif kind < 0.7:
            letters.insert(place, draw.choice(',;.\t| "\n0123456789-x'))
        else:
            letters[place] = draw.choice(',;.\t| "\n0123456789-xe#')
    return "".join(letters)


def tables(folder, draw):
    made = [Table(draw) for _ in range(COUNT)]
    requests = []
    for index, table in enumerate(made):
        path = folder / f"{index}.csv"
        path.write_bytes(table.text.encode(table.encoding))
        requests.append(("csv", str(path)))
    answers = read(requests)
    refused, wrong = 0, []
    for table, answer, request in zip(made, answers, requests):
        if "error" in answer:
            refused += 1
        elif not numpy.array_equal(numpy.array(answer["values"], dtype=numpy.float32), table.expected):
            if table.isTold:
                wrong.append((request[1], answer["notes"], table.text[:200]))
    for case in wrong[:5]:
        print(*case, sep="\n  ")
    assert not wrong, f"{len(wrong)} tables of {COUNT} read wrongly"
    assert refused * 10 <= COUNT, f"{refused} of {COUNT} refused"
    print(f"{COUNT} tables as pandas reads them, {refused} of them refused")

    requests, changed = [], []
    for index, (table, answer) in enumerate(zip(made, answers)):
        if "error" in answer or len(table.expected) < 60:
            continue
        for number in range(3):
            path = folder / f"{index}-{number}.csv"
            path.write_text(damaged(table.text, draw), encoding="utf-8", newline="")
            known = ["" if "one column" in answer["notes"][0] else table.separator,
                     "comma" if table.decimal == "," else "point",
                     "present" if table.header else "absent"]
            requests += [("csv", str(path)), ("csv", str(path), *known)]
            changed.append(path)
    answers = read(requests)
    same = refused = 0
    other = []
    for path, found, true in zip(changed, answers[::2], answers[1::2]):
        if "error" in found:
            refused += 1
        elif found.get("values") == true.get("values"):
            same += 1
        else:
            other.append((path, found["notes"], true.get("error") or true["notes"]))
    for case in other[:5]:
        print(*case, sep="\n  ")
    # A damaged header may be read as one of another kind, which leaves the numbers as they are.
    assert len(other) * 100 <= len(changed), f"{len(other)} of {len(changed)} damaged tables"
    print(f"{same} damaged tables as before, {refused} refused, {len(other)} with another header")


def arrays(folder, draw):
    generator = numpy.random.default_rng(SEED)
    requests, expected = [], []
    kinds = ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "?"]
    for kind in kinds:
        for order in "<>":
            for shape in [(40,), (40, 1), (40, 3)]:
                for fortran in [False, True]:
                    for version in [(1, 0), (2, 0), (3, 0)]:
                        array = (generator.normal(size=shape) * 20 + 40).astype(order + kind)
                        array = numpy.asfortranarray(array) if fortran else array
                        path = folder / f"{len(requests)}.npy"
                        with open(path, "wb") as file:
                            numpy.lib.format.write_array(file, array, version=version)
                        requests.append(("npy", str(path)))
                        expected.append(array.astype(numpy.float32).ravel(order="C"))
    for request, answer, numbers in zip(requests, read(requests), expected):
        assert "values" in answer, answer
        found = numpy.array(answer["values"], dtype=numpy.float32)
        assert numpy.array_equal(found, numbers), (request, found[:6], numbers[:6])
    print(f"{len(requests)} arrays as NumPy reads them")


with tempfile.TemporaryDirectory() as name:
    tables(pathlib.Path(name), random.Random(SEED))
    arrays(pathlib.Path(name), random.Random(SEED))
