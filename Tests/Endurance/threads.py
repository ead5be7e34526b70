#!/usr/bin/env python3
"""The tests of runs under the thread sanitizer, in a build directory of their own.

First shows that what thread-sanitizer.supp silences is false: two threads that share an array behind a
`Mutex`, which waits in a library of the toolchain that the sanitizer does not see into, are reported;
the same two threads with the same accesses behind a lock that is compiled with the program are not.
When a toolchain reports neither, the file can go, and this says so.

Usage: threads.py [--proof] [--filter RunsTests]
--proof stops after the first part, which takes seconds. Ends with status 1 when anything is reported.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
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


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--proof", action="store_true")
    parser.add_argument("--filter", default="RunsTests")
    arguments = parser.parse_args()
    proof()
    if arguments.proof:
        return
    environment = dict(os.environ, TSAN_OPTIONS=f"suppressions={SUPPRESSIONS} halt_on_error=0")
    done = subprocess.run(
        ["swift", "test", "--sanitize=thread", "--scratch-path", ".build-tsan", "--filter",
         arguments.filter],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    found = done.stdout.count("WARNING: ThreadSanitizer")
    if found or done.returncode:
        sys.stdout.write(done.stdout[-20_000:])
    print(f"{arguments.filter}: status {done.returncode}, {found} reports")
    sys.exit(1 if found or done.returncode else 0)


if __name__ == "__main__":
    main()
