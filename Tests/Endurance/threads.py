#!/usr/bin/env python3
"""Tests of what several threads share, a headless training and a dashboard under keys and resizes, all
under the thread sanitizer, in a build directory of their own.

First shows that what thread-sanitizer.supp silences is false: two threads that share an array behind a
`Mutex`, which waits in a library of the toolchain that the sanitizer does not see into, are reported;
the same two threads with the same accesses behind a lock that is compiled with the program are not.
When a toolchain reports neither, the file can go, and this says so.

Usage: threads.py [--proof | --short] [--filter "RunsTests|WorkerPool|EventOutbox"] [--steps 500]
--proof stops after the first part, which takes seconds; --short leaves out RunsTests and the dashboard. Ends with status 1 when anything is reported.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / ".build-tsan"
BINARY = BUILD / "debug" / "unfold"
SUPPRESSIONS = pathlib.Path(__file__).with_name("thread-sanitizer.supp")
PROGRAM = """
import Dispatch
import Synchronization

LOCKED
let shared = Shared()
let group = DispatchGroup()
let queues = [DispatchQueue(label: "one"), DispatchQueue(label: "two")]
for _ in 0..<20_000 {
  queues[0].async(group: group) { shared.access { $0.append(1) } }
  queues[1].async(group: group) { shared.access { $0.removeAll(keepingCapacity: true) } }
}
group.wait()
"""
LIBRARY = """
final class Shared: Sendable {
  private let bytes = Mutex<[UInt8]>([])
  func access(_ body: (inout [UInt8]) -> Void) { bytes.withLock { body(&$0) } }
}
"""
OWN = """
final class Shared: @unchecked Sendable {
  private let isTaken = Atomic<Bool>(false)
  private var bytes: [UInt8] = []
  func access(_ body: (inout [UInt8]) -> Void) {
    while isTaken.exchange(true, ordering: .acquiring) {}
    body(&bytes)
    isTaken.store(false, ordering: .releasing)
  }
}
"""


def reports(place, name, locked):
    """How many races the sanitizer sees in the program with one kind of lock."""
    source, binary = place / f"{name}.swift", place / name
    source.write_text(PROGRAM.replace("LOCKED", locked))
    subprocess.run(["swiftc", "-swift-version", "6", "-O", "-sanitize=thread", source, "-o", binary],
                   check=True)
    found = 0
    for _ in range(3):
        done = subprocess.run([binary], capture_output=True, text=True, timeout=120)
        found += done.stderr.count("WARNING: ThreadSanitizer")
    return found


def proof():
    with tempfile.TemporaryDirectory(prefix="unfold-threads-") as name:
        place = pathlib.Path(name)
        library, own = reports(place, "library", LIBRARY), reports(place, "own", OWN)
    print(f"behind a Mutex: {library} reports; behind a lock of the program's own: {own}")
    if own:
        sys.exit("the reports have another reason than thread-sanitizer.supp says")
    if not library:
        print("this toolchain reports neither: thread-sanitizer.supp can go")


def tests(filter, environment):
    """Output and status of the tests whose names contain a word."""
    done = subprocess.run(
        ["swift", "test", "--sanitize=thread", "--scratch-path", BUILD, "--filter", filter],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.stdout, done.returncode


def training(steps, environment):
    """Output and status of a training on two threads, which saves on its way and at its end."""
    with tempfile.TemporaryDirectory(prefix="unfold-threads-") as place:
        done = subprocess.run(
            [BINARY, "train", "words", "--headless", "--steps", str(steps), "--threads", "2",
             "--set", "network.hidden=32", "--set", "training.snapshot-every=100",
             "--out", pathlib.Path(place, "run")],
            env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    return done.stderr, done.returncode


def dashboard(environment):
    """The same of a dashboard, paused, saved, resized and more while it trains."""
    with tempfile.TemporaryDirectory(prefix="unfold-threads-") as place:
        # What it says would stand in its own terminal, among its pictures.
        said = pathlib.Path(place, "report")
        options = environment["TSAN_OPTIONS"] + f" log_path={said}"
        done = subprocess.run(
            [sys.executable, pathlib.Path(__file__).with_name("storm.py"), "--keys", "400",
             "--resizes", "80", BINARY],
            env=dict(environment, TSAN_OPTIONS=options), stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True)
        return done.stdout + "".join(
            file.read_text() for file in pathlib.Path(place).glob("report.*")), done.returncode


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--proof", action="store_true")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--filter", default="RunsTests|WorkerPool|EventOutbox")
    parser.add_argument("--steps", type=int, default=500)
    arguments = parser.parse_args()
    proof()
    if arguments.proof:
        return
    # A report is told by its text, so that the status stays the program's own.
    environment = dict(
        os.environ, TSAN_OPTIONS=f"suppressions={SUPPRESSIONS} halt_on_error=0 exitcode=0")
    names = "WorkerPool|EventOutbox" if arguments.short else arguments.filter
    runs = [
        (names, lambda: tests(names, environment)),
        (f"{arguments.steps} steps", lambda: training(arguments.steps, environment)),
    ]
    if not arguments.short:
        runs.append(("dashboard", lambda: dashboard(environment)))
    failed = False
    for name, run in runs:
        output, status = run()
        found = output.count("WARNING: ThreadSanitizer")
        if found or status:
            sys.stdout.write(output[-20_000:])
            failed = True
        print(f"{name}: status {status}, {found} reports", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
