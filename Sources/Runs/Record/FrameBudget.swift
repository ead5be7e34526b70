import Glibc
import TrainingEvents

/// Which probe frames a record takes: as many as its budget of bytes and time allows, spread over the
/// run's whole course.
///
/// A part of the bytes is there from the beginning and given out at steps that lie ever further apart,
/// so that a short run has a past to look at, too; the rest is earned step by step. Each kind has a
/// share of its own. What is written is never taken back, so that a record only grows.
struct FrameBudget: Sendable {
  /// Megabytes for a million steps, unless a preset says otherwise.
  static let standard = 50.0
  /// Steps over which the first bytes are given out.
  private static let opening = 100_000.0
  /// The part of all bytes of a million steps that is there from the beginning.
  private static let advance = 0.16
  /// The largest part of the time that writing frames may take, and nanoseconds that it may take at
  /// once.
  private static let time = (share: 0.02, free: 20_000_000.0)

  private struct Kept {
    var bytes = 0
    var step: Int?
    /// Bytes of the newest frame, which the next will be like.
    var size = 0
  }

  /// Bytes for a million steps.
  private let bytes: Double
  private var kept: [ProbeFrame.Kind: Kept] = [:]
  private var steps = 0
  private var began: UInt64?
  private var spent: UInt64 = 0

  /// - Parameter megabytes: for a million steps; 0 lets no frame in
  init(megabytes: Double = FrameBudget.standard) { bytes = max(0, megabytes) * 1e6 }

  /// Notes steps that were done, each time that one is.
  mutating func note(steps count: Int) { steps += count }

  /// Notes what a record has already of a kind, from earlier sessions.
  mutating func note(_ kind: ProbeFrame.Kind, bytes: Int) {
    kept[kind, default: Kept()].bytes += bytes
  }

  /// Bytes that frames of all kinds may take by now.
  var allowance: Double {
    let opened = log(1 + Double(steps) / 10) / log(1 + Self.opening / 10)
    return bytes * (Self.advance * min(1, opened) + (1 - Self.advance) * Double(steps) * 1e-6)
  }

  /// Whether a frame is worth writing down.
  /// - Parameter now: nanoseconds on a clock that never goes back
  mutating func lets(_ frame: ProbeFrame, at now: UInt64) -> Bool {
    let start = began ?? now
    began = start
    let earned = Self.time.free + Self.time.share * Double(now &- start)
    let kept = kept[frame.kind] ?? Kept()
    return kept.step != frame.step && Double(spent) <= earned && hasRoom(kept, frame.kind)
  }

  private func hasRoom(_ kept: Kept, _ kind: ProbeFrame.Kind) -> Bool {
    guard let share = kind.recording?.share else { return false }
    return Double(kept.bytes + kept.size) <= share * allowance
  }

  /// Notes what writing a frame down takes.
  /// - Returns: whether there is room for it, which its size had to tell
  mutating func take(_ frame: ProbeFrame, bytes: Int, nanoseconds: UInt64) -> Bool {
    spent += nanoseconds
    kept[frame.kind, default: Kept()].size = bytes
    guard let kept = kept[frame.kind], hasRoom(kept, frame.kind) else { return false }
    self.kept[frame.kind]?.bytes += bytes
    self.kept[frame.kind]?.step = frame.step
    return true
  }
}

extension FrameBudget {
  /// The budget of a run that goes on: what its record has already is spent.
  /// - Parameter end: where the record ended when the run went on
  func goingOn(with directory: RunDirectory, until end: Int) -> FrameBudget {
    var budget = self
    guard let file = try? directory.root.open(RunDirectory.eventsName, flags: O_RDONLY) else {
      return budget
    }
    var lines = LineReader(file)
    while lines.offset < end {
      let count = try? lines.read(limit: 1 << 20) { line, offset in
        guard offset < end else { return }
        if StepLine.isStep(line) {
          budget.note(steps: 1)
        } else if let (kind, _) = FrameLine.peek(line) {
          budget.note(kind, bytes: line.count + 1)
        }
      }
      guard let count, count > 0 else { break }
    }
    return budget
  }
}
