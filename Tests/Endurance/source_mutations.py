#!/usr/bin/env python3
"""Tests notice a wrong program: small changes are made to the code, one at a time, and the tests that
could notice are run.

In a copy of the repository, one operator, bound, factor or truth value of a module's sources is
changed, the tests are built, and those of the module and of its neighbours are run. What does not
compile is drawn again. A change that no test noticed survived: it is printed with its place, and
either changes nothing that anybody could see, or a test is missing.

Sites are drawn from --seed: the same seed on the same sources tries the same changes in the same
order, and --skip goes on behind those that were tried.

Usage: source_mutations.py [--count 200] [--seed 17] [--skip 0] [--modules Runs,Training]
                           [--copy DIR] [--list]
"""
import argparse
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Which tests could notice a change in a module: its own, and its neighbours'.
TESTS = {
    "LinearAlgebra": "LinearAlgebraTests|RecurrentNetworksTests",
    "FileFormats": "FileFormatsTests|SequenceDataTests|RunsTests",
    "TerminalGraphics": "TerminalGraphicsTests|DashboardTests",
    "TrainingEvents": "TrainingEventsTests|RunsTests|DashboardTests",
    "RecurrentNetworks": "RecurrentNetworksTests|TrainingTests",
    "SequenceData": "SequenceDataTests|TrainingTests",
    "Training": "TrainingTests|ScreenTests|RunsTests",
    "Runs": "RunsTests|FuzzedReadersTests",
    "Dashboard": "DashboardTests|ScreenTests",
    "NcursesTerminal": "NcursesTerminalTests",
    "Sessions": "SessionsTests|EndToEndTests",
}
# An operator stands between blanks, which keeps arrows and generic brackets out.
SWAPS = [
    (r" \+ ", " - "), (r" - ", " + "), (r" \* ", " / "), (r" / ", " * "), (r" \+= ", " -= "),
    (r" -= ", " += "), (r" < ", " <= "), (r" <= ", " < "), (r" > ", " >= "), (r" >= ", " > "),
    (r" == ", " != "), (r" != ", " == "), (r" && ", " || "), (r" \|\| ", " && "),
    (r"\bmin\(", "max("), (r"\bmax\(", "min("), (r"\btrue\b", "false"), (r"\bfalse\b", "true"),
    (r"\.\.<", "..."), (r"\bprefix\(", "suffix("), (r"\bsuffix\(", "prefix("),
]
NUMBER = re.compile(r"(?<![\w.$])(\d+)(?![\w.])")


def blanked(text):
    """The text with comments and literals blanked out, so that places stay."""
    out = list(text)
    pattern = re.compile(r'//[^\n]*|/\*.*?\*/|#*"""(?:.|\n)*?"""#*|"(?:\\.|[^"\\\n])*"', re.S)
    for match in pattern.finditer(text):
        for place in range(match.start(), match.end()):
            if out[place] != "\n":
                out[place] = "\0"
    return "".join(out)


def sites(module):
    """(path, start, end, replacement) of every change that could be made in a module."""
    for path in sorted((ROOT / "Sources" / module).rglob("*.swift")):
        text = blanked(path.read_text())
        relative = path.relative_to(ROOT)
        ignored = [m.span() for m in re.finditer(r"^\s*(#if|#else|#endif|import|@).*$", text, re.M)]

        def keeps(start):
            return not any(a <= start < b for a, b in ignored)

        for pattern, replacement in SWAPS:
            for match in re.finditer(pattern, text):
                if keeps(match.start()):
                    yield relative, match.start(), match.end(), replacement
        for match in NUMBER.finditer(text):
            if keeps(match.start()):
                yield relative, match.start(), match.end(), str(int(match.group(1)) + 1)


def drawn(modules, seed):
    """Sites in random order, no module more often than the others as long as it has any."""
    chance = random.Random(seed)
    rows = {}
    for module in modules:
        rows[module] = list(sites(module))
        chance.shuffle(rows[module])
    while any(rows.values()):
        for module in modules:
            if rows[module]:
                yield module, rows[module].pop()


def run(command, directory, limit):
    try:
        return subprocess.run(
            command, cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            timeout=limit)
    except subprocess.TimeoutExpired as error:
        return subprocess.CompletedProcess(command, 124, str(error.stdout or ""))


def attempt(copy, module, site, limit):
    """`noticed`, `survived`, or None where the change does not compile."""
    relative, start, end, replacement = site
    path = copy / relative
    text = path.read_text()
    path.write_text(text[:start] + replacement + text[end:])
    try:
        if run(["swift", "build", "--build-tests"], copy, 3600).returncode != 0:
            return None
        tests = run(
            ["swift", "test", "--skip-build", "--no-parallel", "--filter", TESTS[module]], copy,
            limit)
        return "survived" if tests.returncode == 0 else "noticed"
    finally:
        path.write_text(text)


def shown(site):
    relative, start, end, replacement = site
    text = (ROOT / relative).read_text()
    line = text.count("\n", 0, start) + 1
    before = text[text.rfind("\n", 0, start) + 1:text.find("\n", end)].strip()
    return f"{relative}:{line}: {text[start:end].strip()} -> {replacement.strip()}   {before}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=17)
    parser.add_argument("--skip", type=int, default=0, help="changes that were tried already")
    parser.add_argument("--modules", default=",".join(TESTS))
    parser.add_argument("--copy", help="a copy of the repository to work in, with its build")
    parser.add_argument("--limit", type=int, default=1800, help="seconds that tests may take")
    parser.add_argument("--list", action="store_true", help="only say what would be tried")
    arguments = parser.parse_args()
    modules = arguments.modules.split(",")
    for module in modules:
        if module not in TESTS or not (ROOT / "Sources" / module).is_dir():
            sys.exit(f"source_mutations.py: no module {module}; there are {', '.join(TESTS)}")
    order = list(drawn(modules, arguments.seed))[arguments.skip:]
    if arguments.list:
        for module, site in order[:arguments.count]:
            print(shown(site))
        return 0
    with tempfile.TemporaryDirectory(prefix="unfold-sources-") as directory:
        copy = pathlib.Path(arguments.copy or directory)
        for name in ["Package.swift", "Package.resolved", "Sources", "Tests", "presets", "README.md"]:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, copy / name, dirs_exist_ok=True, symlinks=True)
            elif source.exists():
                shutil.copy2(source, copy / name)
        print(f"seed {arguments.seed}: building what is to be changed", flush=True)
        built = run(["swift", "build", "--build-tests"], copy, 7200)
        if built.returncode != 0:
            sys.exit(built.stdout[-2000:])
        counts = {module: [0, 0] for module in modules}
        tried = 0
        for index, (module, site) in enumerate(order):
            if tried == arguments.count:
                break
            verdict = attempt(copy, module, site, arguments.limit)
            if verdict is None:
                continue
            tried += 1
            counts[module][verdict == "noticed"] += 1
            print(f"{verdict:9} {arguments.skip + index + 1:5}  {shown(site)}", flush=True)
    for module, (survived, noticed) in counts.items():
        if survived + noticed:
            print(f"{module}: {noticed} of {survived + noticed} noticed")
    survived, noticed = (sum(c[i] for c in counts.values()) for i in (0, 1))
    print(f"seed {arguments.seed}: {noticed} of {survived + noticed} noticed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
