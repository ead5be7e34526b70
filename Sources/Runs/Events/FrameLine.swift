import FileFormats
import TrainingEvents

/// What the beginning of a line tells of a probe frame, so that its many numbers need not be read.
enum FrameLine {
  private static let names = ProbeFrame.Kind.allCases.filter { $0.recording != nil }
    .map { (kind: $0, head: Array("{\"event\":\"\($0.rawValue)\",\"step\":".utf8)) }

  /// The kind and step of a frame's line as a record has it; nil for any other line.
  static func peek(_ line: UnsafeBufferPointer<UInt8>) -> (kind: ProbeFrame.Kind, step: Int)? {
    for (kind, head) in names
    where line.count > head.count && line.prefix(head.count).elementsEqual(head) {
      var position = head.count
      guard case .integer(let step)? = DecimalNumber.scan(line, at: &position),
        SaneNumbers.steps.contains(step)
      else { return nil }
      return (kind, step)
    }
    return nil
  }
}
