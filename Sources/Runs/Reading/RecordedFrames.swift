import Synchronization
import TrainingEvents

/// The probe frames of a record that may still grow, by the steps that they are of.
///
/// What was added to the record is looked through when somebody asks: a million steps take about a
/// tenth of a second, once.
public final class RecordedFrames: Sendable {
  private struct State {
    var index = FrameIndex()
    var reader: FrameReader
    var lines: LineReader?
    var file: FileDescriptor?
  }

  private let path: String
  private let state: Mutex<State>

  /// - Parameter path: a run's directory, or a record such as `events.jsonl`
  public init(_ path: String) {
    self.path = path
    state = Mutex(State(reader: FrameReader(path)))
  }

  /// What the record has of a step: of each kind the newest frame at it or before it.
  public func past(step: Int) -> PastFrames {
    state.withLock { state in
      Self.catchUp(&state, path)
      return PastFrames(step: step, frames: state.reader.frames(in: state.index, through: step))
    }
  }

  /// Reads what was added since the last time.
  private static func catchUp(_ state: inout State, _ path: String) {
    guard let now = try? RecordReader.open(path), let status = try? now.status() else { return }
    let known = try? state.file?.status()
    if known?.isSameFile(as: status) != true || status.size < state.lines?.offset ?? 0 {
      (state.index, state.file, state.lines) = (FrameIndex(), now, LineReader(now))
    }
    var index = state.index
    _ = try? state.lines?.read { line, offset in index.take(line, at: offset) }
    state.index = index
  }
}

extension FrameIndex {
  /// Takes in a line of a record, whose steps and frames are not read.
  mutating func take(_ line: UnsafeBufferPointer<UInt8>, at offset: Int) {
    guard !StepLine.isStep(line) else { return }
    if let (kind, step) = FrameLine.peek(line) {
      add(kind, step: step, at: offset)
    } else if let event = try? EventLine.decode(line) {
      add(event, at: offset)
    }
  }
}
