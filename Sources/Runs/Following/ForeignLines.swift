import FileFormats
import TrainingEvents

/// Lines of JSON from another program: an object a line, `step` and any numbers, and frames where
/// the program writes them.
struct ForeignLines: Sendable {
  /// Objects inside objects that are still taken apart, as `{"train": {"loss": 1}}`.
  private static let depth = 3

  private(set) var run = ForeignRun()
  private(set) var malformedCount = 0
  private(set) var lineNumber = 0
  /// The first line that made no sense; told once.
  private var complaint: String?
  private var step = 0
  private static let options = JSONValue.ParsingOptions(maximumDepth: 16, acceptsNotFinite: true)

  mutating func take(_ line: UnsafeBufferPointer<UInt8>) {
    lineNumber += 1
    let isBlank = line.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
    guard !isBlank else { return }
    do throws(JSONError) {
      let value = try JSONValue(decoding: line, options: Self.options)
      guard case .object(let object) = value else {
        return complain("expected an object, found \(value.kind)")
      }
      take(object)
    } catch {
      complain("column \(error.column): \(error.message)")
    }
  }

  mutating func drain() -> [TrainingEvent] {
    var events = run.drain()
    if let complaint {
      events.append(
        .warning(
          WarningRecord(
            step: step, kind: "follow", text: complaint,
            advice: "Such lines are passed over; each line must be one JSON object.")))
      self.complaint = nil
    }
    return events
  }

  mutating func restart(_ text: String) { run.restart(text) }

  private mutating func complain(_ message: String) {
    malformedCount += 1
    if malformedCount == 1 { complaint = "line \(lineNumber): \(message)" }
  }

  private mutating func take(_ object: JSONObject) {
    // Lines of our own kind mean exactly what they mean in a record.
    if object["event"]?.string != nil, let event = try? EventLine.event(object) {
      if case .steps = event {} else { return run.take(event) }
    }
    if let found = stepNumber(object) { step = found }
    takeNumbers(object, prefix: "", depth: Self.depth)
    takeFrames(object)
  }

  private func stepNumber(_ object: JSONObject) -> Int? {
    for member in object.members where ForeignNames.role(of: member.key) == .step {
      // Trainers that average write whole steps as 12.0.
      if let number = member.value.int, SaneNumbers.steps.contains(number) { return number }
    }
    return nil
  }

  private mutating func takeNumbers(_ object: JSONObject, prefix: String, depth: Int) {
    for member in object.members {
      let name = prefix.isEmpty ? member.key : prefix + "/" + member.key
      switch member.value {
      case .integer, .number:
        if let number = member.value.double { run.take(number, as: name, step: step) }
      case .bool(let value):
        if member.key == "clipped" { run.take(clipped: value, step: step) }
      case .object(let inner) where depth > 0:
        takeNumbers(inner, prefix: name, depth: depth - 1)
      default: break
      }
    }
  }

  private mutating func takeFrames(_ object: JSONObject) {
    if object["states"]?.array != nil || object["hiddenStates"]?.array != nil
      || object["maps"]?.array != nil,
      let frame = FrameJSON.hiddenStates(object, step: step)
    {
      run.take(.hiddenStates(frame))
    }
    if object["gradientByLag"]?.array != nil,
      let frame = FrameJSON.gradientByLag(object, step: step)
    {
      run.take(.gradientByLag(frame))
    }
    if object["samples"]?.array != nil, let frame = FrameJSON.samples(object, step: step) {
      run.take(.samples(frame))
    }
  }
}
