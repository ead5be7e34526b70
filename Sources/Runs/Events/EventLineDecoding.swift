import FileFormats
import TrainingEvents

extension EventLine {
  /// Why a line of a record cannot be understood.
  struct Malformed: Error, Equatable {
    var message: String
  }

  /// Reads one line, without its line feed.
  ///
  /// - Returns: the event, or nil for a kind of event that this version does not know: newer
  ///   records stay readable.
  static func decode(
    _ line: UnsafeBufferPointer<UInt8>
  ) throws(Malformed) -> TrainingEvent? {
    if let record = StepLine.decode(line) { return .steps(StepBatch([record])) }
    let value: JSONValue
    do {
      value = try JSONValue(decoding: line)
    } catch {
      throw Malformed(message: "column \(error.column): \(error.message)")
    }
    guard case .object(let object) = value else {
      throw Malformed(message: "expected an object, found \(value.kind)")
    }
    return try event(object)
  }

  /// The event that an object of one of our records speaks of.
  static func event(_ object: JSONObject) throws(Malformed) -> TrainingEvent? {
    guard let kind = object["event"]?.string else {
      throw Malformed(message: "the key `event` is missing")
    }
    switch kind {
    case "step": return .steps(StepBatch([try step(object)]))
    case "steps": return .steps(StepBatch(thinned: [try bucket(object)]))
    case "validation": return .validation(try validation(object))
    case "values":
      let step = try integer("step", object)
      let values = (object["values"]?.object?.members ?? []).compactMap { member in
        member.value.double.map { NamedValues(name: member.key, steps: [step], numbers: [$0]) }
      }
      return .values(values)
    case "command": return .command(try command(object))
    case "snapshot":
      return .snapshot(
        SnapshotRecord(
          step: try integer("step", object), path: try string("path", object),
          bytes: object["bytes"]?.int,
          reason: object["reason"]?.string.flatMap(SnapshotReason.init)))
    case "warning":
      return .warning(
        WarningRecord(
          step: try integer("step", object), kind: try string("kind", object),
          text: try string("text", object), advice: object["advice"]?.string))
    case "recovered":
      return .recovered(
        RecoveryRecord(step: try integer("step", object), kind: try string("kind", object)))
    case "finished": return .finished(try finished(object))
    case "started": return .started(RunDescriptionJSON.description(object))
    case "state":
      return TrainingState(rawValue: try string("state", object)).map(TrainingEvent.state)
    default:
      guard let frame = ProbeFrame.Kind(rawValue: kind) else { return nil }
      guard frame.hasMembers else {
        return object["frame"].flatMap { WrappedFrame.decode($0.encoded(), frame) }
          .map(TrainingEvent.frame)
      }
      return frame.frame(object, step: try integer("step", object)).map(TrainingEvent.frame)
    }
  }

  private static func step(_ object: JSONObject) throws(Malformed) -> StepRecord {
    let tokens = tokens(object)
    return StepRecord(
      step: try integer("step", object), epoch: object["epoch"]?.double,
      loss: try number("loss", object), gradientNorm: object["gradientNorm"]?.double,
      clipped: object["clipped"]?.bool, learningRate: object["learningRate"]?.double,
      tokens: tokens, elapsed: object["elapsed"]?.double,
      duration: StepLine.duration(
        tokens: tokens, tokensPerSecond: object["tokensPerSecond"]?.double))
  }

  private static func bucket(_ object: JSONObject) throws(Malformed) -> StepBucket {
    guard let last = object["last"]?.object, let loss = range(object["loss"]) else {
      throw Malformed(message: "`loss` or `last` is missing")
    }
    let newest = try step(last)
    let (firstStep, count) = (try integer("firstStep", object), try integer("count", object))
    // A count larger than the steps it spans would make a short line cost much memory.
    guard count > 0, count <= 1 << 20, newest.step >= firstStep, firstStep >= 0,
      newest.step - firstStep >= count - 1
    else { throw Malformed(message: "`count` does not fit the steps it spans") }
    return StepBucket(
      firstStep: firstStep, count: count, loss: loss,
      gradientNorm: range(object["gradientNorm"]),
      clippedSteps: object["clippedSteps"]?.int.map { min(max(0, $0), count) },
      tokens: tokens(object), last: newest)
  }

  private static func range(_ value: JSONValue?) -> StepBucket.Range? {
    guard let minimum = value?["minimum"]?.double, let maximum = value?["maximum"]?.double,
      let mean = value?["mean"]?.double
    else { return nil }
    return StepBucket.Range(minimum: minimum, maximum: maximum, mean: mean)
  }

  private static func validation(_ object: JSONObject) throws(Malformed) -> ValidationRecord {
    ValidationRecord(
      step: try integer("step", object), epoch: object["epoch"]?.double,
      loss: try number("loss", object), metric: object["metric"]?.double,
      elapsed: object["elapsed"]?.double, isBest: object["best"]?.bool ?? false)
  }

  private static func command(_ object: JSONObject) throws(Malformed) -> CommandRecord {
    CommandRecord(
      step: try integer("step", object), elapsed: object["elapsed"]?.double,
      name: try string("name", object), text: try string("text", object),
      marker: object["marker"]?.string, value: object["value"]?.double,
      previous: object["previous"]?.string,
      units: object["units"]?.object.flatMap(AlikeJSON.kept))
  }

  private static func finished(_ object: JSONObject) throws(Malformed) -> FinishRecord {
    let word = try string("reason", object)
    guard let reason = FinishRecord.Reason(rawValue: word) else {
      throw Malformed(
        message: "`reason` is `\(word.prefix(40))`, expected completed, stopped or diverged")
    }
    return FinishRecord(
      reason: reason, step: try integer("step", object), elapsed: object["elapsed"]?.double)
  }

  private static func integer(_ key: String, _ object: JSONObject) throws(Malformed) -> Int {
    guard let value = object[key] else { throw Malformed(message: "the key `\(key)` is missing") }
    guard let integer = value.int else {
      throw Malformed(message: "`\(key)` is \(value.kind), expected a whole number")
    }
    guard SaneNumbers.steps.contains(integer) else {
      throw Malformed(
        message: "`\(key)` is \(integer), expected 0 to \(SaneNumbers.steps.upperBound)")
    }
    return integer
  }

  private static func tokens(_ object: JSONObject) -> Int? {
    guard let count = object["tokens"]?.int else { return nil }
    return min(max(count, SaneNumbers.tokens.lowerBound), SaneNumbers.tokens.upperBound)
  }

  private static func number(_ key: String, _ object: JSONObject) throws(Malformed) -> Double {
    guard let value = object[key] else { throw Malformed(message: "the key `\(key)` is missing") }
    guard let number = value.double else {
      throw Malformed(message: "`\(key)` is \(value.kind), expected a number")
    }
    return number
  }

  private static func string(_ key: String, _ object: JSONObject) throws(Malformed) -> String {
    guard let value = object[key] else { throw Malformed(message: "the key `\(key)` is missing") }
    guard let string = value.string else {
      throw Malformed(message: "`\(key)` is \(value.kind), expected a string")
    }
    return string
  }
}
