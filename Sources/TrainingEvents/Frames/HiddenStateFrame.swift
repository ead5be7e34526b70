import FileFormats

/// The hidden states while the network reads one sequence.
public struct HiddenStateFrame: Sendable, Equatable, Codable {
  /// The step after which the states were computed.
  public var step: Int
  /// What the network reads at each column: a symbol, or a number for vector inputs.
  public var symbols: [String]
  /// One map for every layer, direction and gate; the state s(t) of layer 1 comes first.
  public var maps: [StateMap]
  /// Probability of the right next target, per column; NaN where there is none.
  public var targetProbability: [Float]
  /// Loss of each column's target, in the unit of the training loss; NaN where there is none.
  public var loss: [Float]
  /// What the network thought most likely next, per column; empty where it predicts no symbols.
  public var prediction: [String]

  public init(
    step: Int, symbols: [String], maps: [StateMap], targetProbability: [Float] = [],
    loss: [Float] = [], prediction: [String] = []
  ) {
    self.step = step
    self.symbols = symbols
    self.maps = maps
    self.targetProbability = targetProbability
    self.loss = loss
    self.prediction = prediction
  }
}

/// Activations of one group of units over time.
public struct StateMap: Sendable, Equatable {
  /// Such as `layer 1`, `layer 2 backward`, `layer 1 forget gate`.
  public var name: String
  /// Units in a column.
  public var units: Int
  /// units values for each column, column after column: `values[t * units + unit]`.
  public var values: [Float]
  /// The lower end of the range that colours span: −1 for tanh, 0 for gates.
  public var lowest: Float
  /// The upper end of the range.
  public var highest: Float
  /// Whether no value can lie beyond these ends, and one near them is saturated.
  public var isBounded: Bool
  /// A name for each unit, where they have names; else empty.
  public var unitNames: [String]

  public init(
    name: String, units: Int, values: [Float], lowest: Float = -1, highest: Float = 1,
    isBounded: Bool = true, unitNames: [String] = []
  ) {
    self.isBounded = isBounded
    self.unitNames = unitNames
    self.name = name
    self.units = units
    self.values = values
    self.lowest = lowest
    self.highest = highest
  }

  /// Time steps.
  public var columns: Int { units > 0 ? values.count / units : 0 }

  /// A unit's name, or else its number.
  public func name(ofUnit unit: Int) -> String {
    unitNames.count == units && unitNames.indices.contains(unit) ? unitNames[unit] : "\(unit)"
  }
}

extension HiddenStateFrame: RecordedContent {
  public static let kind = ProbeFrame.Kind.hiddenStates
  public static let recording: FrameRecording? = .states
  public static let loggedUnder = ["states", "hiddenStates", "maps"]
  public var frame: ProbeFrame { .hiddenStates(self) }

  public var members: JSONObject {
    [
      "symbols": .strings(symbols), "maps": .array(maps.map(\.json)),
      "targetProbability": .reals(targetProbability), "loss": .reals(loss),
      "prediction": .strings(prediction),
    ]
  }

  /// States from `maps`, or from the short form `states`: one list of unit values per column.
  public init?(_ object: JSONObject, step: Int) {
    var maps: [StateMap] = []
    for value in object["maps"]?.array ?? [] {
      guard let columns = value["columns"]?.array,
        let map = StateMap(
          columns, name: value["name"]?.string ?? "layer \(maps.count + 1)",
          lowest: value["lowest"]?.double, highest: value["highest"]?.double,
          isBounded: value["bounded"]?.bool ?? true, unitNames: .init(texts: value["unitNames"]))
      else { return nil }
      maps.append(map)
    }
    if maps.isEmpty {
      guard let columns = (object["states"] ?? object["hiddenStates"])?.array,
        let map = StateMap(columns, name: "layer 1", lowest: nil, highest: nil)
      else { return nil }
      maps = [map]
    }
    self.init(
      step: step, symbols: .init(texts: object["symbols"]), maps: maps,
      targetProbability: .init(numbers: object["targetProbability"]),
      loss: .init(numbers: object["event"] == .string(Self.kind.rawValue) ? object["loss"] : nil),
      prediction: .init(texts: object["prediction"]))
  }
}

extension StateMap {
  fileprivate var json: JSONValue {
    var object: JSONObject = [
      "name": .string(name), "lowest": .real(lowest), "highest": .real(highest),
      "columns": .array(
        (0..<columns).map { .reals(values[$0 * units..<($0 + 1) * units]) }),
    ]
    if !isBounded { object["bounded"] = false }
    if !unitNames.isEmpty { object["unitNames"] = .strings(unitNames) }
    return .object(object)
  }

  /// Nil where columns have no units, or not all as many.
  fileprivate init?(
    _ columns: [JSONValue], name: String, lowest: Double?, highest: Double?, isBounded: Bool = true,
    unitNames: [String] = []
  ) {
    var values: [Float] = []
    var units = 0
    for column in columns {
      guard let numbers = column.array else { return nil }
      if units == 0 { units = numbers.count }
      guard numbers.count == units, units > 0 else { return nil }
      values.append(contentsOf: [Float](numbers: column))
    }
    self.init(
      name: name, units: units, values: values, lowest: Float(lowest ?? -1),
      highest: Float(highest ?? 1), isBounded: isBounded, unitNames: unitNames)
  }
}
