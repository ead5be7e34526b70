import FileFormats
import TrainingEvents

/// Training events as JSON, one object a line: what `events.jsonl` holds and `--headless` prints.
///
/// Numbers that are not finite are `null`. Times are written to the microsecond, epochs to the
/// millionth and rates to a tenth; everything else reads back exactly.
public enum EventLine {
  /// Who reads the lines.
  public enum Audience: Sendable {
    /// Standard output of a headless run: steps, validations, commands, snapshots, warnings and
    /// the end.
    case standardOutput
    /// The run's own record, which also holds what a replay needs.
    case record
  }

  /// Appends the lines of an event, each ended by a line feed; none for what the audience does not
  /// get.
  public static func append(
    _ event: TrainingEvent, for audience: Audience, to bytes: inout [UInt8]
  ) {
    switch event {
    case .steps(let batch):
      for bucket in batch.thinned { line(bucketObject(bucket), to: &bytes) }
      for record in batch.records { StepLine.append(record, to: &bytes) }
    case .validation(let record): line(validationObject(record), to: &bytes)
    case .command(let record): line(commandObject(record), to: &bytes)
    case .snapshot(let record):
      // The best one is written again and again: whoever follows the lines waits for the others.
      guard audience == .record || record.reason != .best else { return }
      line(snapshotObject(record), to: &bytes)
    case .warning(let record): line(warningObject(record), to: &bytes)
    case .finished(let record): line(finishedObject(record), to: &bytes)
    case .recovered(let record):
      guard audience == .record else { return }
      line(
        ["event": "recovered", "step": .integer(record.step), "kind": .string(record.kind)],
        to: &bytes)
    case .values(let records):
      guard audience == .record else { return }
      var byStep: [Int: JSONObject] = [:]
      for record in records {
        for (step, number) in zip(record.steps, record.numbers) {
          byStep[step, default: [:]][record.name] = .real(number)
        }
      }
      for (step, values) in byStep.sorted(by: { $0.key < $1.key }) {
        line(valuesObject(step, values), to: &bytes)
      }
    case .started(let run):
      guard audience == .record else { return }
      line(RunDescriptionJSON.object(run), to: &bytes)
    case .state(let state):
      guard audience == .record else { return }
      line(["event": "state", "state": .string(state.rawValue)], to: &bytes)
    case .frame(let frame):
      guard audience == .record, frame.kind.recording != nil else { return }
      if let object = frame.json {
        line(object, to: &bytes)
      } else {
        bytes += WrappedFrame.encode(frame)
      }
    case .refused, .reading, .checkpoint: return
    }
  }

  /// The lines of an event; empty for what the audience does not get.
  public static func encode(_ event: TrainingEvent, for audience: Audience) -> [UInt8] {
    var bytes: [UInt8] = []
    append(event, for: audience, to: &bytes)
    return bytes
  }

  /// The line that a recorder begins with: when, and by which process. Readers of events pass over
  /// it.
  static func session(time: Double, process: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    line(
      [
        "event": "recording", "time": .real(DecimalNumber.rounded(time, places: 3)),
        "process": .integer(process),
      ], to: &bytes)
    return bytes
  }

  /// When a session began, in seconds since 1970; nil for any other line.
  static func session(_ line: UnsafeBufferPointer<UInt8>) -> Double? {
    guard line.count < 256, let value = try? JSONValue(decoding: line),
      value["event"] == "recording", let time = value["time"]?.double, time.isFinite
    else { return nil }
    return time
  }

  private static func line(_ value: JSONValue, to bytes: inout [UInt8]) {
    value.encode(into: &bytes)
    bytes.append(0x0A)
  }

  private static func validationObject(_ record: ValidationRecord) -> JSONValue {
    var object: JSONObject = [
      "event": "validation", "step": .integer(record.step),
    ]
    object["epoch"] = record.epoch.map(epoch)
    object["loss"] = .real(record.loss)
    object["metric"] = record.metric.map(JSONValue.real)
    object["best"] = .bool(record.isBest)
    object["elapsed"] = record.elapsed.map(seconds)
    return .object(object)
  }

  /// The values of one step, whatever series they belong to.
  private static func valuesObject(_ step: Int, _ values: JSONObject) -> JSONValue {
    ["event": "values", "step": .integer(step), "values": .object(values)]
  }

  private static func commandObject(_ record: CommandRecord) -> JSONValue {
    var object: JSONObject = [
      "event": "command", "step": .integer(record.step), "name": .string(record.name),
      "text": .string(record.text),
    ]
    object["marker"] = record.marker.map(JSONValue.string)
    object["value"] = record.value.map(JSONValue.real)
    object["previous"] = record.previous.map(JSONValue.string)
    object["units"] = record.units.map { .object(AlikeJSON.object($0)) }
    object["elapsed"] = record.elapsed.map(seconds)
    return .object(object)
  }

  private static func snapshotObject(_ record: SnapshotRecord) -> JSONValue {
    var object: JSONObject = [
      "event": "snapshot", "step": .integer(record.step), "path": .string(record.path),
    ]
    object["bytes"] = record.bytes.map(JSONValue.integer)
    object["reason"] = record.reason.map { .string($0.rawValue) }
    return .object(object)
  }

  private static func warningObject(_ record: WarningRecord) -> JSONValue {
    var object: JSONObject = [
      "event": "warning", "step": .integer(record.step), "kind": .string(record.kind),
      "text": .string(record.text),
    ]
    object["advice"] = record.advice.map(JSONValue.string)
    return .object(object)
  }

  private static func finishedObject(_ record: FinishRecord) -> JSONValue {
    var object: JSONObject = [
      "event": "finished", "reason": .string(record.reason.rawValue), "step": .integer(record.step),
    ]
    object["elapsed"] = record.elapsed.map(seconds)
    return .object(object)
  }

  /// Steps of which only a summary is left, because nobody read them for long.
  private static func bucketObject(_ bucket: StepBucket) -> JSONValue {
    func range(_ range: StepBucket.Range) -> JSONValue {
      ["minimum": .real(range.minimum), "maximum": .real(range.maximum), "mean": .real(range.mean)]
    }
    var object: JSONObject = [
      "event": "steps", "firstStep": .integer(bucket.firstStep), "count": .integer(bucket.count),
      "loss": range(bucket.loss),
    ]
    object["gradientNorm"] = bucket.gradientNorm.map(range)
    object["clippedSteps"] = bucket.clippedSteps.map(JSONValue.integer)
    object["tokens"] = bucket.tokens.map(JSONValue.integer)
    object["last"] = stepObject(bucket.last)
    return .object(object)
  }

  private static func stepObject(_ record: StepRecord) -> JSONValue {
    var object: JSONObject = ["step": .integer(record.step)]
    object["epoch"] = record.epoch.map(epoch)
    object["loss"] = .real(record.loss)
    object["gradientNorm"] = record.gradientNorm.map(JSONValue.real)
    object["clipped"] = record.clipped.map(JSONValue.bool)
    object["learningRate"] = record.learningRate.map(JSONValue.real)
    object["tokens"] = record.tokens.map(JSONValue.integer)
    object["tokensPerSecond"] = record.tokensPerSecond.map {
      .real(DecimalNumber.rounded($0, places: 1))
    }
    object["elapsed"] = record.elapsed.map(seconds)
    return .object(object)
  }

  static func epoch(_ value: Double) -> JSONValue { .real(DecimalNumber.rounded(value, places: 6)) }
  static func seconds(_ value: Double) -> JSONValue {
    .real(DecimalNumber.rounded(value, places: 6))
  }
}
