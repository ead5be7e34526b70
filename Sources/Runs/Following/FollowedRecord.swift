import TrainingEvents

/// Our own record, growing.
struct FollowedRecord: Sendable {
  /// Bytes taken in one go, so that a long record does not come as one event.
  private static let most = 32 << 20

  private var file: FollowedFile
  /// What the reader opens: a run's directory, or a record.
  private let source: String
  private var reader: RecordReader?
  private(set) var isFinished = false
  private var step = 0
  private var hasComplained = false

  /// A record that stands alone.
  init(_ path: String) {
    file = FollowedFile(path)
    source = path
  }

  init(ofRun directory: String) {
    file = FollowedFile(directory + "/" + RunDirectory.eventsName, isInRun: true)
    source = directory
  }

  mutating func poll() throws(RunError) -> [TrainingEvent] {
    var events: [TrainingEvent] = []
    switch try file.check() {
    case .none: return []
    case .goesOn: break
    case .appeared: reader = try RecordReader(source)
    case .restarted:
      reader = try RecordReader(source)
      events.append(
        .command(
          CommandRecord(
            step: step, name: "restart", text: "the record was begun again",
            marker: "restart")))
    }
    guard var reader else { return events }
    var (step, isFinished) = (step, isFinished)
    let count = try reader.read(limit: Self.most) { event, _ in
      let event = event.asSeam(after: step)
      switch event {
      case .steps(let batch): step = batch.records.last?.step ?? step
      case .finished: isFinished = true
      case .started: isFinished = false
      case .command(let record) where record.isSeam: isFinished = false
      default: break
      }
      events.append(event)
    }
    file.note(bytes: count)
    (self.step, self.isFinished) = (step, isFinished)
    if let problem = reader.firstMalformed, !hasComplained {
      hasComplained = true
      events.append(.warning(WarningRecord(step: step, kind: "follow", text: problem.description)))
    }
    self.reader = reader
    return events
  }
}
