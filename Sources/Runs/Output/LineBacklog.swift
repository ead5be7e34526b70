/// Lines on their way to somebody who may stop reading: a pure state machine beside `LineOutput`.
///
/// Lines wait up to a bound. What comes when that is reached is counted instead of kept, until half
/// of the room is free again; a note in their place then says how many were not taken.
struct LineBacklog: Sendable {
  private enum State: Sendable {
    case keeping
    /// So many lines were left out since the last one that was kept.
    case counting(Int)
    /// Nothing will ever be taken again.
    case closed
  }

  /// Bytes handed out at once: what a pipe takes whole or not at all (PIPE_BUF), so that a pipe that
  /// says it has room never blocks half way.
  static let chunk = 4096

  private let limit: Int
  private let note: @Sendable (_ lines: Int, _ step: Int) -> [UInt8]
  private var state = State.keeping
  private var bytes: [UInt8] = []
  /// Of `bytes`, so many were taken.
  private var start = 0
  /// The step that the newest line left out is about.
  private var step = 0
  /// Lines that were never taken, or not wholly.
  private(set) var untaken = 0

  /// - Parameters:
  ///   - limit: bytes that may wait; notes come on top
  ///   - note: the line that stands for so many lines, the last of them about a step
  init(limit: Int, note: @escaping @Sendable (_ lines: Int, _ step: Int) -> [UInt8]) {
    self.limit = limit
    self.note = note
  }

  /// Bytes that wait.
  var count: Int { bytes.count - start }
  var isEmpty: Bool { count == 0 }

  /// Takes in whole lines, as many as there is room for.
  /// - Parameter step: what the last of them is about
  mutating func add(_ lines: [UInt8], step: Int) {
    if case .counting = state, count <= limit / 2 { settle() }
    self.step = step
    switch state {
    case .keeping: keep(lines)
    case .counting(let missing): leaveOut(Self.lines(lines[...]), beside: missing)
    case .closed: untaken += Self.lines(lines[...])
    }
  }

  private mutating func keep(_ lines: [UInt8]) {
    let room = limit - count
    guard lines.count > room else { return bytes.append(contentsOf: lines) }
    let end = lines.prefix(max(0, room)).lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    bytes.append(contentsOf: lines[..<end])
    leaveOut(Self.lines(lines[end...]), beside: 0)
  }

  private mutating func leaveOut(_ lines: Int, beside missing: Int) {
    untaken += lines
    state = .counting(missing + lines)
  }

  /// Puts the note of missing lines in their place, whatever the room.
  mutating func settle() {
    guard case .counting(let missing) = state else { return }
    bytes.append(contentsOf: note(missing, step))
    state = .keeping
  }

  /// What comes next, at most a chunk; empty when nothing waits.
  var next: ArraySlice<UInt8> { bytes[start..<min(bytes.count, start + Self.chunk)] }

  /// So many bytes of `next` were taken.
  mutating func took(_ count: Int) {
    start = min(bytes.count, start + count)
    if start == bytes.count {
      bytes.removeAll(keepingCapacity: bytes.count <= 1 << 20)
      start = 0
    } else if start > limit / 2 {
      bytes.removeFirst(start)
      start = 0
    }
  }

  /// Gives up: what waits is not taken, nor is anything that comes.
  mutating func close() {
    untaken += Self.lines(bytes[start...])
    (bytes, start, state) = ([], 0, .closed)
  }

  private static func lines(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.count { $0 == 0x0A }
  }
}
