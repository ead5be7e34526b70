import Glibc
import TrainingEvents

/// The events of a run's record, in order, read in pieces: a record of a million steps costs no
/// more memory than one of ten.
///
/// A last line that is not whole waits for its end. Lines that make no sense are passed over and
/// counted: a record that was hit by a crash or a careless editor stays readable.
struct RecordReader: Sendable {
  /// Steps handed over together.
  private static let batch = 4096

  private var lines: LineReader
  /// Lines that could not be understood, and the first of them.
  private(set) var malformedCount = 0
  private(set) var firstMalformed: RunError?
  /// Seconds since 1970 when the first session began; nil until it was read.
  private(set) var started: Double?
  private var lineNumber = 0
  let path: String

  /// - Parameters:
  ///   - path: a run's directory or its `events.jsonl`.
  ///   - offset: where to begin; must be the beginning of a line.
  init(_ path: String, offset: Int = 0) throws(RunError) {
    let file = try Self.open(path)
    self.path = file.path
    if offset > 0 { try file.seek(to: offset) }
    lines = LineReader(file, offset: offset)
  }

  /// The record that a path leads to, which must be a regular file, opened.
  static func open(_ path: String) throws(RunError) -> FileDescriptor {
    guard FileTree.isDirectory(path) else { return try .regular(path) }
    let directory = try OpenDirectory(path)
    guard directory.status(RunDirectory.eventsName) != nil else {
      throw .notARun(path: path, missing: RunDirectory.eventsName)
    }
    return try directory.open(RunDirectory.eventsName, flags: O_RDONLY)
  }

  /// Where the first line stands that was not whole.
  var offset: Int { lines.offset }

  /// Hands over what is there, until the end or about `limit` bytes further. Consecutive steps come
  /// together.
  ///
  /// - Parameters:
  ///   - frames: gets kind, step and offset of each large frame, and says whether that is enough; if
  ///     not, the frame is read
  ///   - body: gets each event and the offset of its (first) line.
  /// - Returns: bytes read; 0 at the end.
  @discardableResult
  mutating func read(
    limit: Int = .max, frames: (ProbeFrame.Kind, Int, Int) -> Bool = { _, _, _ in false },
    _ body: (TrainingEvent, Int) -> Void
  ) throws(RunError) -> Int {
    var records: [StepRecord] = []
    var start = 0
    var bad = (count: 0, first: nil as (line: Int, message: String)?)
    var number = lineNumber
    var session = started
    func flush() {
      guard !records.isEmpty else { return }
      body(.steps(StepBatch(records)), start)
      records.removeAll(keepingCapacity: true)
    }
    let count = try lines.read(limit: limit) { line, offset in
      number += 1
      if let record = StepLine.decode(line) {
        // A return to an earlier step begins a batch of its own.
        if let last = records.last, record.step <= last.step { flush() }
        if records.isEmpty { start = offset }
        records.append(record)
        if records.count == Self.batch { flush() }
        return
      }
      guard !line.isEmpty else { return }
      if let (kind, step) = FrameLine.peek(line), kind.recording?.isReadAtOnce != true {
        flush()
        if frames(kind, step, offset) { return }
      }
      do throws(EventLine.Malformed) {
        guard let event = try EventLine.decode(line) else {
          session = session ?? EventLine.session(line)
          return
        }
        flush()
        body(event, offset)
      } catch {
        if bad.first == nil { bad.first = (number, error.message) }
        bad.count += 1
      }
    }
    flush()
    lineNumber = number
    started = session
    malformedCount += bad.count
    if firstMalformed == nil, let first = bad.first {
      firstMalformed = .malformed(path: path, line: first.line, message: first.message)
    }
    return count
  }
}
