#!/usr/bin/env python3
"""Tests notice a wrong program: small changes are made to the code at random, and the tests that reach
them are run, one change at a time.

A change replaces an operator, a bound, a factor, a truth value or a minimum by its neighbour, negates a
condition, swaps two arguments, or removes a statement. Lines of code are drawn by --seed, each with the
same chance, so that modules count by their size; what does not compile is drawn again. All changes are
compiled at once into a copy of the repository, in mutant schemata: the body of a function stands there
once as it is and once per change, and the environment (UNFOLD_MUTANT=17) says which of them runs.

First every suite runs unchanged and leaves a list of the changed functions that it reaches. Then, for each
change, the suites of its module and its neighbours that reach it run, the quickest first, until a test
fails or --seconds are over; a failure counts if the test fails again, or if it crashed or hung. A change that no test noticed
survived: it either changes nothing that anybody could see, or a test is missing.

Left out are texts (strings and what is put into them), default arguments, raw values of cases, the
commands' own module (its tests drive the release program), C, and lines that kill processes or delete
files. A changed program may still do harm: run it where nothing is precious, best in a container.

Usage: source_mutations.py [--count 200] [--seed 17] [--modules Runs,Training] [--only 3,17]
                           [--seconds 600] [--copy DIR] [--list] [--build]
"""
import argparse
import json
import os
import pathlib
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ".build/debug/unfoldPackageTests.xctest"
# The tests that could notice a change in a module: its own, and its neighbours'.
TESTS = {
    "LinearAlgebra": "LinearAlgebra RecurrentNetworks Training",
    "FileFormats": "FileFormats SequenceData TrainingEvents Runs",
    "TerminalGraphics": "TerminalGraphics Dashboard Runs NcursesTerminal",
    "TrainingEvents": "TrainingEvents SequenceData Training Runs Dashboard",
    "RecurrentNetworks": "RecurrentNetworks Training Runs",
    "SequenceData": "SequenceData Training Runs",
    "Training": "Training Runs Screen Sessions",
    "Runs": "Runs FuzzedReaders Sessions",
    "Dashboard": "Dashboard Screen Sessions",
    "NcursesTerminal": "NcursesTerminal Sessions",
    "Sessions": "Sessions",
}
# An operator stands between blanks, which keeps arrows and generic brackets out.
SWAPS = [
    (r" \+ ", " - "), (r" - ", " + "), (r" \* ", " / "), (r" / ", " * "), (r" \+= ", " -= "),
    (r" -= ", " += "), (r" \*= ", " /= "), (r" /= ", " *= "), (r" % ", " / "), (r" < ", " <= "),
    (r" <= ", " < "), (r" > ", " >= "), (r" >= ", " > "), (r" == ", " != "), (r" != ", " == "),
    (r" && ", " || "), (r" \|\| ", " && "), (r"\bmin\(", "max("), (r"\bmax\(", "min("),
    (r"\btrue\b", "false"), (r"\bfalse\b", "true"), (r"\.\.<", "..."), (r"\.\.\.(?=[\w(])", "..<"),
    (r"\bprefix\(", "suffix("), (r"\bsuffix\(", "prefix("), (r"\.first\b", ".last"),
    (r"\.last\b", ".first"),
]
NUMBER = re.compile(r"(?<![\w.$])(\d[\d_]*)(\.\d+)?(?:e[+-]?\d+)?(?![\w.])")
CONDITION = re.compile(r"\b(?:if|while|guard) (?!let |var |case |#)([^{}]+?)(?= \{| else \{)")
STATEMENT = re.compile(r" *(?!return|throw|let|var|case|try|default|break|continue|guard|if|for|while)"
                       r"[A-Za-z_][^{}]*(?:[^=<>!]= |\w\()[^{}]*$")
HARMFUL = re.compile(r"\bkill\(|unlink|removeItem|rmdir|@|^ *(?:#|import )")
DECLARATION = re.compile(
    r" *(?:(?:@\w+(?:\([^)]*\))?|[a-z]+(?:\(set\))?|nonisolated\(unsafe\)) +)*?"
    r"(func|init|deinit|subscript|var|let|struct|class|enum|extension|actor|protocol|case"
    r"|get|set|willSet|didSet|_modify|_read)\b")
ACCESSOR = re.compile(r"\s*(?:mutating |nonmutating |@\w+ )*(get|set|willSet|didSet|_\w+)\b")
PROPERTY = re.compile(
    r"^(?:  )*(?:\w+(?:\(\w+\))? )*(?:let|var) \w+(?:: [^=\n]+)? =\s+", re.M)
BODIES = {"func", "init", "deinit", "subscript", "get", "set", "willSet", "didSet"}
TYPES = {"struct", "class", "enum", "extension", "actor", "protocol"}
SWITCH = """import Glibc

private let chosen = getenv("UNFOLD_MUTANT").map { atoi($0) } ?? 0
private let trace =
  getenv("UNFOLD_REACHED").map { open($0, O_WRONLY | O_APPEND | O_CREAT, 0o644) } ?? -1
nonisolated(unsafe) private let told = UnsafeMutablePointer<Bool>.allocate(capacity: 100_000)
private let isReady: Bool = { told.initialize(repeating: false, count: 100_000); return true }()

/// Whether a change is on. The first asking is written down, so that one knows which tests reach it.
@inline(never) func isMutant(_ number: Int32) -> Bool {
  if trace >= 0, isReady, !told[Int(number)] {
    told[Int(number)] = true
    let line = "\\(number)\\n"
    _ = line.withCString { write(trace, $0, line.utf8.count) }
  }
  return chosen == number
}
"""


def masked(text):
    """The text with comments blanked and strings, with what is put into them, overwritten: places stay."""
    out, place = list(text), 0

    def cover(start, end, sign):
        for k in range(start, end):
            if out[k] != "\n":
                out[k] = sign

    def string_end(start):
        hashes = re.compile("#*").match(text, start).group()
        quote = '"""' if text.startswith('"""', start + len(hashes)) else '"'
        k = start + len(hashes) + len(quote)
        while k < len(text) and not text.startswith(quote + hashes, k):
            if text.startswith("\\" + hashes + "(", k):
                k, depth = k + len(hashes) + 2, 1
                while depth:
                    if text[k] == '"':
                        k = string_end(k)
                    else:
                        depth += {"(": 1, ")": -1}.get(text[k], 0)
                        k += 1
            else:
                k += 2 + len(hashes) if text.startswith("\\" + hashes, k) else 1
        return k + len(quote) + len(hashes)

    while place < len(text):
        start = place
        if text.startswith("//", place):
            place = (text + "\n").index("\n", place)
            cover(start, place, " ")
        elif re.compile('#*"').match(text, place):
            place = string_end(place)
            cover(start, place, "\1")
        else:
            place += 1
    return "".join(out)


def closing(text, start):
    """Where the bracket at `start` closes."""
    depth = 0
    for k in range(start, len(text)):
        depth += (text[k] in "([{") - (text[k] in ")]}")
        if depth == 0:
            return k
    return len(text)


def regions(text):
    """(start, end, isBody): what stands in the braces of each function, and each property's first value."""
    k, start, covered = 0, 0, []
    while k < len(text):
        if text[k] in "([":
            covered.append((k, closing(text, k)))
            k = covered[-1][1]
        elif text[k] == "}":
            start = k + 1
        elif text[k] == "{":
            head, word = text[start:k], None
            for line in head.split("\n"):
                if match := DECLARATION.match(line):
                    word, declared = match.group(1), head.index(line) + match.end()
            end = closing(text, k)
            inner = ACCESSOR.match(text, k + 1)
            if word in BODIES or word == "var" and " =" not in head[declared:] and not inner:
                yield k + 1, end, True
            if word not in TYPES and not (word == "var" and inner):
                covered.append((k, end))
                k = end
            start = k + 1
        k += 1
    for match in PROPERTY.finditer(text):
        k = match.end()
        while k < len(text) and not (text[k] == "\n" and not re.match(r"\n\s+[.?:+*/&|-]", text[k:])):
            if text.startswith("{ didSet", k):
                break
            k = closing(text, k) + 1 if text[k] in "([{" else k + 1
        if not any(a < match.start() < b for a, b in covered):
            yield match.end(), k, False


def changes(text, start, end):
    """(kind, start, end, replacement) of every change that could be made in one line."""
    line = text[start:end]
    for pattern, replacement in SWAPS:
        for match in re.finditer(pattern, line):
            yield "operator", start + match.start(), start + match.end(), replacement
    for match in NUMBER.finditer(line):
        whole, digits, fraction = match.group(0), match.group(1), match.group(2)
        isWhole = not fraction and "e" not in whole
        if isWhole:
            value = str(int(digits.replace("_", "")) + 1)
        else:
            value = f"(2 * {whole})" if float(whole.replace("_", "")) else "1.0"
        yield "constant", start + match.start(), start + match.end(), value
        if isWhole and whole not in "01":
            value = str(int(digits.replace("_", "")) - 1)
            yield "constant", start + match.start(), start + match.end(), value
    for match in CONDITION.finditer(line):
        inside = match.group(1)
        if "," not in re.sub(r"\([^()]*\)|\[[^\[\]]*\]", "", inside):
            yield "condition", start + match.start(1), start + match.end(1), f"!({inside})"
    before, after = text[:start].rstrip(), text[end:].lstrip()
    isWhole = closing("(" + line, 0) > len(line) and before[-1:] not in tuple("=(,[:?&|+")
    isWhole = isWhole and not re.match(r"[.?:&|+*/)\]-]", after)
    if isWhole and STATEMENT.match(line) and not re.match(r" *self\.(\w+) = \1$", line):
        yield "removal", start, end, ""
    for match in re.finditer(r"(?<!func )\b\w+\(", line):
        inside = start + match.end()
        bounds, k, stop = [inside], inside, closing(text, inside - 1)
        while k < stop:
            if text[k] in "([{":
                k = closing(text, k)
            elif text[k] == ",":
                bounds.append(k + 1)
            k += 1
        spans = []
        for a, b in zip(bounds, [place - 1 for place in bounds[1:]] + [stop]):
            label = re.compile(r"\s*(?:\w+: )?").match(text, a).end()
            spans.append((label, b))
        for (a, b), (c, d) in zip(spans, spans[1:]):
            # Equal types are for the compiler to say; what can hardly be equal is passed over.
            first, second = text[a:b], text[c:d]
            kinds = [(re.match(r"[&.\[\1\d{]|let ", t) or [""])[0] for t in (first, second)]
            isLikely = kinds[0] == kinds[1] not in ("let ", "\1") and max(b - a, d - c) < 80
            if first != second and isLikely:
                yield "arguments", a, d, (a, b, c, d)


def drawn(modules, seed):
    """Changes in random order, at most one a line: dictionaries of module, path, kind, place and region."""
    chance = random.Random(seed)
    rows = []
    for module in modules:
        for path in sorted((ROOT / "Sources" / module).rglob("*.swift")):
            text = masked(path.read_text())
            for region in regions(text):
                start = region[0]
                for line in text[region[0]:region[1]].split("\n"):
                    if line.strip() and not HARMFUL.search(line):
                        rows.append((module, path, region, start, start + len(line)))
                    start += len(line) + 1
    chance.shuffle(rows)
    for module, path, region, start, end in rows:
        text = path.read_text()
        found = [c for c in changes(masked(text), start, end) if region[2] or c[0] != "removal"]
        if not found:
            continue
        kind = chance.choice(sorted({c[0] for c in found}))
        _, a, b, new = chance.choice([c for c in found if c[0] == kind])
        if kind == "condition":
            new = f"!({text[a:b]})"
        elif kind == "arguments":
            new = text[new[2]:new[3]] + text[new[1]:new[2]] + text[new[0]:new[1]]
        yield {
            "module": module, "path": str(path.relative_to(ROOT)), "kind": kind, "start": a, "end": b,
            "new": new, "region": region, "line": text.count("\n", 0, a) + 1,
            "was": " ".join(text[a:b].split()), "text": " ".join(text[start:end].split())}


def with_schemata(path, mutants):
    """A file's text with every change in it behind its switch."""
    text = (ROOT / path).read_text()
    by_region = {}
    for mutant in mutants:
        by_region.setdefault(tuple(mutant["region"]), []).append(mutant)
    for (start, end, isBody), group in sorted(by_region.items(), reverse=True):
        line = text.count("\n", 0, start) + 1
        parts = []
        for mutant in group + [None]:
            body, number, name = text[start:end], group[0]["number"], "original"
            if mutant:
                a, b = mutant["start"] - start, mutant["end"] - start
                number, name = mutant["number"], "mutant"
                body = body[:a] + mutant["new"] + body[b:]
            mark = f'\n#sourceLocation(file: "{name}{number}", line: {line})\n'
            if isBody:
                head, tail = (f" if isMutant({number})", " else") if mutant else ("", "\n")
                parts.append(f"{head} {{{mark}{body}\n}}{tail}")
            else:
                head, tail = (f" isMutant({number}) ?", "\n:") if mutant else ("", "\n")
                parts.append(f"{head}{mark}({body}){tail}")
        text = text[:start] + "".join(parts) + "\n#sourceLocation()\n" + text[end:]
    return text.replace("@inlinable", " ")


def write(path, text):
    if not path.exists() or path.read_text() != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def build(copy, mutants, modules):
    """Compiles the changes in, and gives those that compile."""
    for name in ["Package.swift", "Package.resolved", "Sources", "Tests", "presets", "README.md"]:
        for source in [ROOT / name] if (ROOT / name).is_file() else sorted((ROOT / name).rglob("*")):
            target = copy / source.relative_to(ROOT)
            if source.is_file() and not (name == "Sources" and source.suffix == ".swift"):
                if not target.exists() or target.read_bytes() != source.read_bytes():
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy2(source, target)
    for name in ["Sources", "Tests", "presets"]:
        for target in (copy / name).rglob("*.swift"):
            isOurs = target.name == "IsMutant.swift" or (ROOT / target.relative_to(copy)).exists()
            if not isOurs:
                target.unlink()
    for module in modules:
        write(copy / "Sources" / module / "IsMutant.swift", SWITCH)
    while True:
        for source in (ROOT / "Sources").rglob("*.swift"):
            path = str(source.relative_to(ROOT))
            write(copy / path, with_schemata(path, [m for m in mutants if m["path"] == path]))
        done = subprocess.run(
            ["swift", "build", "--build-tests"], cwd=copy, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
        if done.returncode == 0:
            return mutants
        bad = set(map(int, re.findall(r"mutant(\d+):\d+:\d+: error", done.stdout)))
        for number in re.findall(r"original(\d+):\d+:\d+: error", done.stdout):
            at = next((m["path"], m["region"]) for m in mutants if m["number"] == int(number))
            bad |= {m["number"] for m in mutants if (m["path"], m["region"]) == at}
        for path, line in re.findall(r"(Sources/\S+\.swift):(\d+):\d+: error", done.stdout):
            if not bad and not any(m["path"] == path for m in mutants):
                break
            before = "\n".join((copy / path).read_text().split("\n")[:int(line)])
            bad |= set(map(int, re.findall(r"isMutant\((\d+)", before)[-1:]))
        if not bad:
            sys.exit(done.stdout[-4000:])
        print(f"{len(bad)} of {len(mutants)} do not compile: {sorted(bad)}", flush=True)
        with open(copy / ".build" / "mutants-errors.txt", "a") as file:
            file.write("\n".join(re.findall(r".*: error: .*", done.stdout)) + "\n")
        mutants = [m for m in mutants if m["number"] not in bad]


def run(copy, tests, limit, environment, early=True):
    """(failed test or None, seconds) of the tests that patterns name."""
    command = [str(copy / PROGRAM), "--testing-library", "swift-testing", "--no-parallel"]
    for pattern in tests:
        command += ["--filter", pattern]

    def bounded():
        resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
        resource.setrlimit(resource.RLIMIT_FSIZE, (4 << 30, 4 << 30))

    began, failed = time.monotonic(), None
    process = subprocess.Popen(
        command, cwd=copy, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, text=True,
        errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        preexec_fn=bounded)

    def end():
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    timer = threading.Timer(limit, end)
    timer.start()
    last = ""
    for line in process.stdout:
        if match := re.search(r"Test (\w+)\(.*?\) started|Test case .* to (\w+)\(.*started", line):
            last = match.group(1) or match.group(2)
        if match := re.search(r"(?:Test|to) (\w+)\([^)]*\) recorded an issue", line):
            failed = match.group(1)
            if early:
                end()
                break
    hung = not timer.is_alive()
    timer.cancel()
    status = process.wait()
    end()
    if failed is None and status != 0:
        failed = f"{'hang' if hung else 'crash'} in {last}"
    return failed, time.monotonic() - began


def reached(copy, modules, place):
    """(suite, seconds, numbers it reaches) of every suite that passes unchanged; `place` keeps them."""
    known = json.loads(place.read_text()) if place.exists() else {}
    targets = {f"{name}Tests" for module in modules for name in TESTS[module].split()}
    listed = subprocess.run(
        [copy / PROGRAM, "--testing-library", "swift-testing", "--list-tests"], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    suites = {}
    for line in sorted(listed.split("\n")):
        if line.split(".")[0] in targets:
            suites.setdefault(line.rpartition("/")[0], []).append(line)
    for suite, tests in suites.items():
        if known.get(suite, [None])[0] == tests:
            continue
        with tempfile.NamedTemporaryFile("r") as trace:
            for _ in range(2):
                told = {"UNFOLD_REACHED": trace.name}
                failed, seconds = run(copy, [f"^{re.escape(suite)}/"], 900, told, early=False)
                if not failed:
                    break
            numbers = sorted(set(map(int, trace.read().split())))
        if failed:
            print(f"left out, since it fails unchanged: {suite} ({failed})", flush=True)
        else:
            known[suite] = [tests, seconds, numbers]
            place.write_text(json.dumps(known))
    return [(suite, *known[suite][1:]) for suite in suites if suite in known]


def verdict(copy, mutant, rows, budget):
    """What noticed a change, or None, and the seconds it took."""
    near = [f"{name}Tests" for name in TESTS[mutant["module"]].split()]
    rows = [row for row in rows if mutant["number"] in row[2] and row[0].split(".")[0] in near]
    rows.sort(key=lambda row: row[1])
    environment, spent, all_usual = {"UNFOLD_MUTANT": str(mutant["number"])}, 0.0, 0.0
    while rows and (not all_usual or all_usual + rows[0][1] <= budget):
        batch, usual = [], 0.0
        while rows and (not batch or usual + rows[0][1] < 5):
            batch.append(rows[0][0])
            usual += rows.pop(0)[1]
        all_usual += usual
        patterns = [f"^{re.escape(suite)}/" for suite in batch]
        failed, seconds = run(copy, patterns, 60 + 5 * usual, environment)
        spent += seconds
        if failed and " in " not in failed:
            # One test that failed for another reason, such as a busy machine, is not a notice.
            patterns = [f"^{re.escape(suite)}/{failed}\\(" for suite in batch]
            again, seconds = run(copy, patterns, 60 + 5 * usual, environment)
            failed, spent = again and failed, spent + seconds
        if failed:
            return failed, spent
    return None, spent


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=17)
    parser.add_argument("--modules", default=",".join(TESTS))
    parser.add_argument("--only", help="the numbers of the changes to try")
    parser.add_argument("--seconds", type=float, default=600, help="of tests, at most, for a change")
    parser.add_argument("--copy", help="the copy of the repository to work in, kept with its build")
    parser.add_argument("--list", action="store_true", help="only say what would be tried")
    parser.add_argument("--build", action="store_true", help="only build, for a later run")
    arguments = parser.parse_args()
    modules = arguments.modules.split(",")
    for module in modules:
        if module not in TESTS or not (ROOT / "Sources" / module).is_dir():
            sys.exit(f"source_mutations.py: no module {module}; there are {', '.join(TESTS)}")
    mutants = []
    for mutant in drawn(modules, arguments.seed):
        mutants.append({**mutant, "number": len(mutants) + 1})
        if len(mutants) >= arguments.count * 1.9:
            break

    def shown(m):
        new = " ".join(m["new"].split()) or "nothing"
        return f"{m['path']}:{m['line']} {m['kind']}: {m['was']} -> {new}   | {m['text']}"

    if arguments.list:
        for mutant in mutants:
            print(mutant["number"], shown(mutant))
        return
    with tempfile.TemporaryDirectory(prefix="unfold-sources-") as directory:
        copy = pathlib.Path(arguments.copy or directory)
        state = copy / ".build" / f"mutants-{arguments.seed}-{arguments.count}.json"
        reach = state.with_suffix(".reach")
        if state.exists():
            compiling = set(json.loads(state.read_text()))
            mutants = [m for m in mutants if m["number"] in compiling]
        print(f"seed {arguments.seed}: building", flush=True)
        mutants = build(copy, mutants, modules)
        state.write_text(json.dumps([m["number"] for m in mutants]))
        if arguments.build:
            return
        mutants = mutants[:arguments.count]
        if arguments.only:
            mutants = [m for m in mutants if str(m["number"]) in arguments.only.split(",")]
        rows = reached(copy, modules, reach)
        print(f"{len(rows)} suites, {sum(row[1] for row in rows):.0f} s", flush=True)
        counts, seconds = {module: [0, 0] for module in modules}, 0.0
        for mutant in mutants:
            failed, spent = verdict(copy, mutant, rows, arguments.seconds)
            counts[mutant["module"]][bool(failed)] += 1
            seconds += spent
            print(f"{'noticed' if failed else 'SURVIVED':8} {mutant['number']:4} {shown(mutant)}"
                  f"   {spent:.0f} s {failed or ''}", flush=True)
    for module, (survived, noticed) in counts.items():
        if survived + noticed:
            print(f"{module}: {noticed} of {survived + noticed} noticed")
    noticed = sum(count[1] for count in counts.values())
    print(f"seed {arguments.seed}: {noticed} of {len(mutants)} noticed, in {seconds:.0f} s")


if __name__ == "__main__":
    main()
