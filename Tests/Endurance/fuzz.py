#!/usr/bin/env python3
"""Coverage-guided fuzzing (libFuzzer) of every reader of files from outside.

Each reader starts from its corpus under Tests/FuzzedReaders/Corpus and from words of that corpus
as a dictionary. A trap, an input that takes more than 5 s, an allocation beyond 256 MB and a wrong
answer each end the reader's run; the input is kept under --work. What was found belongs into the
corpus, where a test reads it from then on.

    Tests/Endurance/fuzz.py [--inputs N] [--work DIRECTORY] [--jobs N] [READER...]

Prints inputs, coverage (edges), seconds and what was found of each reader; ends with status 1 when
anything was.
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORPUS = ROOT / "Tests/FuzzedReaders/Corpus"
# Real files that need no copy in the corpus.
MORE = {"preset": [ROOT / "presets"], "snapshot-preset": [ROOT / "presets"]}


def build(work):
    """The fuzzer: the whole project with coverage counters, in a build directory of its own."""
    subprocess.run(
        ["swift", "build", "-c", "release", "--product", "ReaderFuzzer", "--sanitize", "fuzzer",
         "--scratch-path", str(work / "build"), "-Xswiftc", "-DCOVERAGE_GUIDED",
         "-Xswiftc", "-parse-as-library", "-Xcc", "-fsanitize=fuzzer-no-link"],
        cwd=ROOT, check=True, stdout=sys.stderr)
    return work / "build/release/ReaderFuzzer"


def seeds(reader):
    files = sorted(path for path in (CORPUS / reader).glob("*") if path.is_file())
    for folder in MORE.get(reader, []):
        files += sorted(folder.glob("*.yaml"))
    return files


def write_dictionary(files, path):
    """Words of the seeds, for changes that random bytes would hardly hit upon."""
    words = set()
    for file in files:
        words.update(re.findall(rb"[@\"!&*]?[A-Za-z_][A-Za-z0-9_.-]{2,30}\"?:?", file.read_bytes()))
    if not words:
        return []
    kept = sorted(words)[:2000]
    lines = ['"' + "".join(f"\\x{byte:02x}" for byte in word) + '"\n' for word in kept]
    path.write_text("".join(lines))
    return [f"-dict={path}"]


def fuzz(fuzzer, reader, inputs, work):
    folder = work / reader
    grown = folder / "corpus"
    grown.mkdir(parents=True, exist_ok=True)
    files = seeds(reader)
    for number, file in enumerate(files):
        (grown / f"seed-{number}").write_bytes(file.read_bytes())
    dictionary = write_dictionary(files, folder / "words.dict")
    began = time.monotonic()
    longest = max((file.stat().st_size for file in files), default=0)
    done = subprocess.run(
        [str(fuzzer), str(grown), f"-runs={inputs}", "-timeout=5", "-rss_limit_mb=2048",
         "-malloc_limit_mb=256", f"-max_len={max(4096, 2 * longest)}", "-use_value_profile=1",
         "-print_final_stats=1", *dictionary, f"-artifact_prefix={folder}/"],
        env=dict(os.environ, UNFOLD_FUZZ_READER=reader, SWIFT_BACKTRACE="enable=no"),
        capture_output=True, cwd=folder)
    log = done.stderr.decode(errors="replace")
    (folder / "log").write_text(log)
    count = re.search(r"number_of_executed_units: (\d+)", log)
    coverage = re.findall(r"cov: (\d+)", log)
    found = sorted(path.name for path in folder.iterdir()
                   if re.match(r"crash-|timeout-|oom-|leak-", path.name))
    why = re.search(r"Fatal error: (.*)|ERROR: libFuzzer: (.*)", log)
    return {
        "reader": reader, "inputs": int(count[1]) if count else 0,
        "edges": int(coverage[-1]) if coverage else 0, "seconds": time.monotonic() - began,
        "found": found, "status": done.returncode,
        "why": (why[1] or why[2])[:300] if why else f"status {done.returncode}",
    }


def main():
    parser = argparse.ArgumentParser(description="Coverage-guided fuzzing of the readers.")
    parser.add_argument("--inputs", type=int, default=200_000)
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / ".build/fuzz")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("readers", nargs="*")
    options = parser.parse_intermixed_args()
    work = options.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    fuzzer = build(work)
    readers = options.readers or sorted(path.name for path in CORPUS.iterdir() if path.is_dir())
    print(f"{'reader':20} {'inputs':>9} {'edges':>6} {'seconds':>8}  found", flush=True)
    failed = False
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        runs = [pool.submit(fuzz, fuzzer, reader, options.inputs, work) for reader in readers]
        for run in concurrent.futures.as_completed(runs):
            one = run.result()
            bad = bool(one["found"]) or one["status"] != 0
            failed = failed or bad
            outcome = f"{' '.join(one['found'])} {one['why']}" if bad else "nothing"
            print(f"{one['reader']:20} {one['inputs']:9} {one['edges']:6} {one['seconds']:8.0f}  "
                  f"{outcome}", flush=True)
    sys.exit(1 if failed else 0)


main()
