import FileFormats
import TrainingEvents

/// What a run tells a dashboard, as one line of JSON each: the lines of its record, and what a record
/// does not hold.
public enum MessageJSON {
  /// The version of the protocol; either side may be newer.
  public static let version = 1

  /// The lines of a message, each with its line feed; none for what is nobody else's business.
  public static func encode(_ message: RunMessage) -> [UInt8] {
    switch message {
    case .hello(let abilities): line(hello(abilities))
    case .event(let event): encode(event)
    case .console(let console):
      line(["event": "console", "line": .integer(console.number), "text": .string(console.text)])
    case .usage(let usage): line(object(usage))
    case .exit(let exit): line(["event": "exit", "status": .integer(exit.status)])
    case .past(let past): encode(past)
    }
  }

  private static func encode(_ event: TrainingEvent) -> [UInt8] {
    switch event {
    case .refused(let text): line(["event": "refused", "text": .string(text)])
    case .frame(let frame) where !frame.kind.hasMembers: WrappedFrame.encode(frame)
    case .reading(let frame): reading(frame)
    default: EventLine.encode(event, for: .record)
    }
  }

  private static func line(_ value: JSONValue) -> [UInt8] {
    var bytes: [UInt8] = []
    value.encode(into: &bytes)
    bytes.append(0x0A)
    return bytes
  }

  /// Reads a line without its line feed; nil for what this version does not know or understand.
  public static func decode(_ line: UnsafeBufferPointer<UInt8>) -> RunMessage? {
    if let record = StepLine.decode(line) { return .event(.steps(StepBatch([record]))) }
    guard let object = (try? JSONValue(decoding: line))?.object else { return nil }
    return decode(object, line)
  }

  static func decode(_ object: JSONObject, _ line: UnsafeBufferPointer<UInt8>) -> RunMessage? {
    let step = object["step"]?.int ?? 0
    switch object["event"]?.string {
    case "hello": return .hello(abilities(object))
    case "console":
      guard let number = object["line"]?.int, number >= 0, let text = object["text"]?.string else {
        return nil
      }
      return .console(ConsoleLine(number: number, text: text))
    case "usage": return usage(object).map(RunMessage.usage)
    case "exit": return (object["status"]?.int).map { .exit(JobExit(status: $0)) }
    case "refused": return .event(.refused(object["text"]?.string ?? ""))
    case "reading": return .event(.reading(reading(object, step: step)))
    case "past":
      guard let step = object["at"]?.int else { return nil }
      return .past(
        PastFrames(
          step: step,
          frames: (object["frames"]?.array ?? []).prefix(64).compactMap {
            guard case .frame(let frame)? = $0.object.flatMap({ try? EventLine.event($0) }) else {
              return nil
            }
            return frame
          }))
    default: return (try? EventLine.event(object)).flatMap { $0 }.map(RunMessage.event)
    }
  }

  // MARK: What a run can

  private static let kinds: [(word: String, kind: Hyperparameter.Kind)] = [
    ("factor", .factor), ("share", .share), ("count", .count),
  ]

  private static func hello(_ abilities: RunAbilities) -> JSONValue {
    let hyperparameters = abilities.hyperparameters.map { hyperparameter -> JSONValue in
      var object: JSONObject = [
        "key": .string(hyperparameter.key), "label": .string(hyperparameter.label),
      ]
      object["value"] = hyperparameter.value.map(JSONValue.real)
      object["kind"] = .string(kinds.first { $0.kind == hyperparameter.kind }?.word ?? "factor")
      object["canBeOff"] = .bool(hyperparameter.canBeOff)
      return .object(object)
    }
    var object: JSONObject = [
      "event": "hello", "protocol": .integer(version),
      "can": .array(
        RunAbilities.Ability.allCases.filter(abilities.can.contains).map { .string($0.rawValue) }),
      "knobs": .array(hyperparameters),
    ]
    if abilities.pausesBySignal { object["pausesBySignal"] = true }
    return .object(object)
  }

  static func abilities(_ object: JSONObject) -> RunAbilities {
    let can = (object["can"]?.array ?? []).compactMap {
      $0.string.flatMap(RunAbilities.Ability.init)
    }
    let hyperparameters = (object["knobs"]?.array ?? []).prefix(256).compactMap {
      value -> Hyperparameter? in
      guard let key = value["key"]?.string, !key.isEmpty else { return nil }
      let word = value["kind"]?.string
      return Hyperparameter(
        key: SafeText.printable(key),
        label: SafeText.printable(value["label"]?.string ?? label(of: key)),
        kind: kinds.first { $0.word == word }?.kind ?? .factor,
        value: value["value"]?.double.flatMap { $0.isFinite ? $0 : nil },
        canBeOff: value["canBeOff"]?.bool ?? false)
    }
    return RunAbilities(
      can: Set(can), hyperparameters: hyperparameters,
      pausesBySignal: object["pausesBySignal"]?.bool ?? false)
  }

  private static func label(of key: String) -> String {
    String(key.split(separator: ".").last ?? "").replacing("-", with: " ").replacing("_", with: " ")
  }

  // MARK: What processes use

  private static func object(_ usage: ResourceUsage) -> JSONValue {
    var object: JSONObject = [
      "event": "usage", "memoryBytes": .integer(usage.memoryBytes),
      "processes": .integer(usage.processes), "threads": .integer(usage.threads),
    ]
    object["processors"] = usage.processors.map {
      .real(DecimalNumber.rounded($0, places: 3))
    }
    object["graphicsShare"] = usage.graphicsShare.map(JSONValue.real)
    object["graphicsBytes"] = usage.graphicsBytes.map(JSONValue.integer)
    return .object(object)
  }

  private static func usage(_ object: JSONObject) -> ResourceUsage? {
    guard let memory = object["memoryBytes"]?.int, memory >= 0 else { return nil }
    return ResourceUsage(
      processors: object["processors"]?.double, memoryBytes: memory,
      processes: object["processes"]?.int ?? 1, threads: object["threads"]?.int ?? 1,
      graphicsShare: object["graphicsShare"]?.double,
      graphicsBytes: object["graphicsBytes"]?.int)
  }

  // MARK: What a person typed, and what was

  /// `{"event":"past","at":1250,"frames":[…]}`: the frames as lines of a record have them.
  private static func encode(_ past: PastFrames) -> [UInt8] {
    var bytes = Array("{\"event\":\"past\",\"at\":\(past.step),\"frames\":[".utf8)
    for (index, frame) in past.frames.enumerated() {
      if index > 0 { bytes.append(0x2C) }
      bytes += EventLine.encode(.frame(frame), for: .record).dropLast()
    }
    return bytes + Array("]}\n".utf8)
  }

  private static func reading(_ frame: ReadingFrame) -> [UInt8] {
    var object: JSONObject = [
      "event": "reading", "step": .integer(frame.states.step), "text": .string(frame.text),
      "answer": .string(frame.answer),
      "alternatives": .array(
        frame.alternatives.map {
          ["label": .string($0.label), "probability": .real($0.probability)]
        }), "states": ProbeFrame.hiddenStates(frame.states).json ?? .null,
    ]
    if !frame.attributed.isEmpty { object["attributed"] = .object(frame.attributed.json) }
    return line(.object(object))
  }

  private static func reading(_ object: JSONObject, step: Int) -> ReadingFrame {
    let states = object["states"]?.object.flatMap {
      HiddenStateFrame($0, step: $0["step"]?.int ?? step)
    }
    return ReadingFrame(
      text: object["text"]?.string ?? "", answer: object["answer"]?.string ?? "",
      alternatives: (object["alternatives"]?.array ?? []).prefix(64).map {
        (label: $0["label"]?.string ?? "", probability: $0["probability"]?.double ?? .nan)
      },
      states: states
        ?? HiddenStateFrame(
          step: step, symbols: [], maps: [], targetProbability: [], loss: [], prediction: []),
      attributed: object["attributed"]?.object.map { AttributedInputs($0) } ?? AttributedInputs())
  }
}
