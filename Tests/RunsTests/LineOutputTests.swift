import Foundation
import Synchronization
import Testing

@testable import Runs

/// Outputs of the system, with readers that stall, come back and go away.
@Suite struct LineOutputTests {
  init() {
    // As the program does: a reader that went away is an error of the write, not the end of the process.
    signal(SIGPIPE, SIG_IGN)
  }

  private static func output(
    to descriptor: Int32, limit: Int = 1 << 16,
    report: @escaping @Sendable (LineOutput.Trouble) -> Void = { _ in }
  ) -> LineOutput {
    LineOutput(
      descriptor, name: "the output", limit: limit,
      note: { lines, _ in Array("\(lines) lines were not taken\n".utf8) }, report: report)
  }

  private static func pipe() -> (read: Int32, write: Int32) {
    var ends: [Int32] = [-1, -1]
    #expect(Foundation.pipe(&ends) == 0)
    return (ends[0], ends[1])
  }

  /// Everything up to the end of a pipe, read on a thread that may wait.
  private static func readAll(_ descriptor: Int32) async -> [Substring] {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
        let text = String(decoding: file.readDataToEndOfFile(), as: UTF8.self)
        continuation.resume(returning: text.split(separator: "\n"))
      }
    }
  }

  @Test(arguments: [false, true])
  func aReaderThatStallsAndComesBackIsToldWhatItMissed(isNonBlocking: Bool) async {
    let ends = Self.pipe()
    defer { close(ends.read) }
    if isNonBlocking { _ = fcntl(ends.write, F_SETFL, O_NONBLOCK) }
    let output = Self.output(to: ends.write)
    // Far more than pipe and room hold; nobody reads, and nobody waits.
    for step in 1...50_000 { output.write(Array("line \(step)\n".utf8), step: step) }
    #expect(!output.isIdle)
    async let reader = Self.readAll(ends.read)
    let outcome = await output.finish(patience: 30, longest: 60)
    close(ends.write)
    let lines = await reader
    let kept = lines.filter { $0.hasPrefix("line ") }
    let notes = lines.filter { $0.hasSuffix(" lines were not taken") }
    let missing = notes.compactMap { Int($0.prefix { $0 != " " }) }.reduce(0, +)
    #expect(outcome.trouble == nil && outcome.untaken > 0)
    #expect(missing == outcome.untaken)
    #expect(kept.count + missing == 50_000)
    let numbers = kept.compactMap { Int($0.dropFirst(5)) }
    #expect(numbers == numbers.sorted() && numbers.count == kept.count)
  }

  @Test func nobodyWaitsForAReaderThatNeverComesBack() async {
    // Both ends stay open: the output goes on trying, and a number closed here may soon be another file's.
    let ends = Self.pipe()
    let output = Self.output(to: ends.write)
    for step in 1...20_000 { output.write(Array("line \(step)\n".utf8), step: step) }
    let clock = ContinuousClock()
    let began = clock.now
    let outcome = await output.finish(patience: 0.1, longest: 3_600)
    #expect(clock.now - began < .seconds(1_200))
    #expect(outcome.untaken > 0 && outcome.trouble == nil)
  }

  @Test func aReaderThatWentAwayIsToldOfOnce() async {
    let ends = Self.pipe()
    defer { close(ends.write) }
    close(ends.read)
    let troubles = Mutex<[LineOutput.Trouble]>([])
    let output = Self.output(to: ends.write) { trouble in troubles.withLock { $0.append(trouble) } }
    for step in 1...100 { output.write(Array("line \(step)\n".utf8), step: step) }
    let outcome = await output.finish(patience: 5, longest: 5)
    #expect(outcome == LineOutput.Outcome(untaken: 100, trouble: .readerGone))
    #expect(troubles.withLock { $0 } == [.readerGone])
  }

  @Test func aFullDiskIsToldOfOnceAndTriedAgain() async throws {
    let full = open("/dev/full", O_WRONLY)
    try #require(full >= 0)
    defer { close(full) }
    let ends = Self.pipe()
    defer { close(ends.read) }
    let troubles = Mutex<[LineOutput.Trouble]>([])
    let output = Self.output(to: full) { trouble in troubles.withLock { $0.append(trouble) } }
    for step in 1...10 { output.write(Array("line \(step)\n".utf8), step: step) }
    while troubles.withLock(\.isEmpty) { await Task.yield() }
    // Space was freed.
    dup2(ends.write, full)
    close(ends.write)
    let outcome = await output.finish(patience: 5, longest: 5)
    #expect(outcome == LineOutput.Outcome(untaken: 0, trouble: nil))
    #expect(
      troubles.withLock { $0 } == [
        .refused(.system(operation: "write", path: "the output", code: ENOSPC))
      ])
    dup2(STDERR_FILENO, full)
    #expect(await Self.readAll(ends.read).count == 10)
  }

  @Test func anOutputThatIsNotOpenRefuses() async throws {
    let unwritable = open("/dev/null", O_RDONLY)
    try #require(unwritable >= 0)
    defer { close(unwritable) }
    let output = Self.output(to: unwritable)
    output.write(Array("line\n".utf8))
    let outcome = await output.finish(patience: 5, longest: 5)
    #expect(outcome.untaken == 1)
    let expected = RunError.system(operation: "write", path: "the output", code: EBADF)
    #expect(outcome.trouble == .refused(expected))
    #expect(expected.description == "the output: cannot write: it is not open")
  }
}
