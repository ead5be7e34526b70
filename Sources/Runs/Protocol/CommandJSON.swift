import FileFormats
import TrainingEvents

/// Commands from a dashboard to a run, as one line of JSON each.
public enum CommandJSON {
  /// Why a line is no command.
  public struct Malformed: Error, Equatable, CustomStringConvertible {
    public var description: String
  }

  /// Bytes of the longest line that is read as a command.
  public static let longest = 1 << 20

  /// The line of a command, with its line feed.
  public static func encode(_ command: TrainingCommand) -> [UInt8] {
    var bytes: [UInt8] = []
    JSONValue.object(object(command)).encode(into: &bytes)
    bytes.append(0x0A)
    return bytes
  }

  private static func object(_ command: TrainingCommand) -> JSONObject {
    switch command {
    case .pause: ["command": "pause"]
    case .resume: ["command": "resume"]
    case .step(let count): ["command": "step", "count": .integer(count)]
    case .run(let limit): run(limit)
    case .scaleLearningRate(let factor): ["command": "scale", "factor": .real(factor)]
    case .set(let key, let value):
      [
        "command": "set", "key": .string(key),
        "value": Double(value).map(JSONValue.real) ?? .string(value),
      ]
    case .snapshot: ["command": "snapshot"]
    case .undo: ["command": "undo"]
    case .goBackToBest: ["command": "best"]
    case .restart: ["command": "restart"]
    case .watch(let request): watch(request)
    case .pace(let pace): ["command": "pace", "stepsPerSecond": pace.map(JSONValue.real) ?? .null]
    case .read(let text): ["command": "read", "text": .string(text)]
    case .testRates: ["command": "testRates"]
    case .keep(let units): keep(units)
    case .drop(let name): ["command": "drop", "name": .string(name)]
    case .rewind: ["command": "rewind"]
    case .stop: ["command": "stop"]
    }
  }

  private static func run(_ limit: RunLimit) -> JSONObject {
    switch limit {
    case .step(let step): ["command": "run", "step": .integer(step)]
    case .epoch(let epoch): ["command": "run", "epoch": .real(epoch)]
    case .loss(let loss): ["command": "run", "loss": .real(loss)]
    }
  }

  private static func keep(_ units: KeptUnits) -> JSONObject {
    var object = AlikeJSON.object(units)
    object["command"] = "keep"
    return object
  }

  private static func watch(_ request: ProbeRequest) -> JSONObject {
    var object: JSONObject = [
      "command": "watch",
      "interests": .array(
        ProbeFrame.Kind.allCases.filter(request.interests.contains).map { .string($0.rawValue) }),
      "columns": .integer(request.columns), "sequence": .integer(request.sequence),
      "temperature": .real(request.temperature), "rate": .real(request.rate),
      "map": .integer(request.map),
    ]
    object["at"] = request.pastStep.map { .integer($0) }
    object["position"] = request.position.map { .integer($0) }
    if request.wantsField {
      object["field"] = .bool(true)
      object["fieldAxes"] = [.integer(request.fieldAxes.right), .integer(request.fieldAxes.up)]
    }
    object["alike"] = request.alike.map { .object(AlikeJSON.object($0)) }
    return object
  }

  /// Reads a line without its line feed. Keys that are not known are passed over.
  public static func decode(
    _ line: UnsafeBufferPointer<UInt8>
  ) throws(Malformed) -> TrainingCommand {
    let value: JSONValue
    do {
      value = try JSONValue(decoding: line)
    } catch {
      throw Malformed(description: "column \(error.column): \(error.message)")
    }
    guard let object = value.object, let word = object["command"]?.string else {
      throw Malformed(description: "expected an object with a command, as {\"command\":\"pause\"}")
    }
    return try command(word, object)
  }

  private static func command(
    _ word: String, _ object: JSONObject
  ) throws(Malformed) -> TrainingCommand {
    func number(_ key: String) -> Double? {
      object[key]?.double.flatMap { $0.isFinite ? $0 : nil }
    }
    switch word {
    case "pause": return .pause
    case "resume": return .resume
    case "step": return .step(count: min(max(1, object["count"]?.int ?? 1), 1 << 40))
    case "run":
      if let step = object["step"]?.int { return .run(until: .step(step)) }
      if let epoch = number("epoch") { return .run(until: .epoch(epoch)) }
      if let loss = number("loss") { return .run(until: .loss(loss)) }
      throw Malformed(description: "run needs a step, an epoch or a loss")
    case "scale":
      guard let factor = number("factor") else {
        throw Malformed(description: "scale needs a factor")
      }
      return .scaleLearningRate(by: factor)
    case "set":
      guard let key = object["key"]?.string else { throw Malformed(description: "set needs a key") }
      if let text = object["value"]?.string { return .set(key: key, value: text) }
      if let whole = object["value"]?.int { return .set(key: key, value: "\(whole)") }
      if let value = number("value") { return .set(key: key, value: "\(value)") }
      throw Malformed(description: "set needs a value, a number or a text")
    case "snapshot": return .snapshot
    case "undo": return .undo
    case "best": return .goBackToBest
    case "restart": return .restart
    case "watch": return .watch(request(object))
    case "pace": return .pace(number("stepsPerSecond").flatMap { $0 > 0 ? $0 : nil })
    case "read": return .read(text: object["text"]?.string ?? "")
    case "testRates": return .testRates
    case "keep":
      guard let units = AlikeJSON.kept(object) else {
        throw Malformed(
          description: "keep needs a name, a map, units, a threshold, symbols and fromEnd")
      }
      return .keep(units)
    case "drop":
      guard let name = object["name"]?.string else {
        throw Malformed(description: "drop needs a name")
      }
      return .drop(name: name)
    case "rewind": return .rewind
    case "stop": return .stop
    default: throw Malformed(description: "there is no command “\(word.prefix(40))”")
    }
  }

  private static func request(_ object: JSONObject) -> ProbeRequest {
    var request = ProbeRequest()
    for name in object["interests"]?.array?.compactMap(\.string) ?? [] {
      // A newer dashboard may be interested in what this version has not.
      if let kind = ProbeFrame.Kind(rawValue: name) { request.interests.insert(kind) }
    }
    request.columns = min(max(1, object["columns"]?.int ?? request.columns), 4096)
    request.sequence = max(0, object["sequence"]?.int ?? 0)
    request.map = max(0, object["map"]?.int ?? 0)
    request.position = object["position"]?.int.flatMap { (0..<1 << 20).contains($0) ? $0 : nil }
    request.wantsField = object["field"]?.bool ?? false
    request.fieldAxes = DynamicsFrame.PlaneAxes(object["fieldAxes"])
    request.alike = object["alike"]?.object.flatMap(AlikeJSON.query)
    request.pastStep = object["at"]?.int.flatMap { SaneNumbers.steps.contains($0) ? $0 : nil }
    if let value = object["temperature"]?.double, value.isFinite {
      request.temperature = min(max(0, value), 10)
    }
    if let value = object["rate"]?.double, value.isFinite {
      request.rate = min(max(0.01, value), 60)
    }
    return request
  }
}
