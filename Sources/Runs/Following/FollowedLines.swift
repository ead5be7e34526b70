import TrainingEvents

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Another program's lines of JSON, from a growing file or from standard input.
struct FollowedLines: Sendable {
  /// Bytes taken in one go, so that a file of gigabytes does not come as one event.
  private static let most = 16 << 20

  private var file: FollowedFile?
  private var reader: LineReader?
  private var lines = ForeignLines()
  private(set) var isAtEnd = false

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

  mutating func poll() throws(RunError) -> [TrainingEvent] {
    if file != nil { try pollFile() } else { try pollPipe() }
    return lines.drain()
  }

  private mutating func pollFile() throws(RunError) {
    guard var file else { return }
    let change = try file.check()
    if change == .restarted { lines.restart("the file began anew") }
    if change == .appeared || change == .restarted, let descriptor = file.file {
      reader = LineReader(descriptor)
    }
    if change != .none { file.note(bytes: try read(limit: Self.most)) }
    self.file = file
  }

  /// Reads while something is there: a read from an empty pipe would wait.
  private mutating func pollPipe() throws(RunError) {
    guard let reader, !isAtEnd else { return }
    var total = 0
    while total < Self.most, reader.isReady {
      let count = try read(limit: 1)
      if count == 0 {
        isAtEnd = true
        // What stands after the last line feed will not get longer any more.
        self.reader?.rest.withUnsafeBufferPointer { lines.take($0) }
        return
      }
      total += count
    }
  }

  private mutating func read(limit: Int) throws(RunError) -> Int {
    guard var reader else { return 0 }
    var lines = lines
    let count = try reader.read(limit: limit) { line, _ in lines.take(line) }
    self.lines = lines
    self.reader = reader
    return count
  }
}
