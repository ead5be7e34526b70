import FileFormats
import Glibc
import TrainingEvents

/// Another program's lines of JSON or Python, from a growing file or from standard input.
struct FollowedLines: ForeignLog {
  private var file: FollowedFile?
  private var reader: LineReader?
  private var lines = ForeignLines()
  private(set) var isAtEnd = false
  /// Where the last line begins that was taken before its line feed came.
  private var early: Int?

  init(path: String) {
    file = FollowedFile(path)
  }

  init(standardInput: ()) {
    // Not ours to close: the descriptor is the program's.
    let copy = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
    reader = LineReader(FileDescriptor(adopting: copy, path: "standard input"))
  }

  /// From a pipe, for tests.
  init(pipe: FileDescriptor) {
    reader = LineReader(pipe)
  }

  var modified: Double? { file?.modified }

  mutating func read(into run: inout ForeignRun) throws(RunError) -> Int {
    if file != nil { try readFile(&run) } else { try readPipe(&run) }
  }

  mutating func finish(into run: inout ForeignRun) {
    guard let rest = reader?.rest, !rest.isEmpty, early == nil else { return }
    rest.withUnsafeBufferPointer { lines.take($0, into: &run) }
  }

  private mutating func readFile(_ run: inout ForeignRun) throws(RunError) -> Int {
    guard var file else { return 0 }
    defer { self.file = file }
    let change = try file.check()
    if change == .restarted {
      run.restart("the file was begun again")
      lines = ForeignLines()
    }
    if change == .appeared || change == .restarted, let descriptor = file.file {
      reader = LineReader(descriptor)
      early = nil
    }
    guard change != .none else { return 0 }
    let count = try read(limit: Self.most, &run)
    file.note(bytes: count)
    if count == 0 { takeEarly(&run) }
    return count
  }

  /// A last line that is whole as it stands is not kept back until a line feed comes: a program may
  /// have ended without one.
  private mutating func takeEarly(_ run: inout ForeignRun) {
    guard let reader, early != reader.offset, let last = reader.rest.last,
      last == UInt8(ascii: "}")
    else { return }
    var numbers = FlatNumbers()
    let isWhole = reader.rest.withUnsafeBufferPointer { bytes in
      var scanner = LogObjectScanner(bytes)
      return (try? scanner.object(into: &numbers))??.upperBound == bytes.count
    }
    guard isWhole else { return }
    early = reader.offset
    reader.rest.withUnsafeBufferPointer { lines.take($0, into: &run) }
  }

  /// Reads while something is there: a read from an empty pipe would wait.
  private mutating func readPipe(_ run: inout ForeignRun) throws(RunError) -> Int {
    guard let reader, !isAtEnd else { return 0 }
    var total = 0
    while total < Self.most, reader.isReady {
      let count = try read(limit: 1, &run)
      if count == 0 {
        isAtEnd = true
        // What stands after the last line feed will not get longer any more.
        finish(into: &run)
        return total
      }
      total += count
    }
    return total
  }

  private mutating func read(limit: Int, _ run: inout ForeignRun) throws(RunError) -> Int {
    guard var reader else { return 0 }
    var lines = lines
    let early = early
    let count = try reader.read(limit: limit) { line, offset in
      if offset != early { lines.take(line, into: &run) }
    }
    if let early, reader.offset > early { self.early = nil }
    self.lines = lines
    self.reader = reader
    return count
  }
}
