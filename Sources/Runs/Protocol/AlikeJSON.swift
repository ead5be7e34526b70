import FileFormats
import TrainingEvents

/// What is looked for in all training data, as a member of the command that says what is watched.
enum AlikeJSON {
  /// Units at most that are taken from a line.
  private static let mostUnits = 1 << 16

  static func object(_ query: AlikeQuery) -> JSONObject {
    [
      "map": .string(query.set.map), "units": .array(query.set.units.map { .integer($0) }),
      "threshold": .real(Double(query.set.threshold)),
      "magnitude": .bool(query.set.usesMagnitude), "length": .integer(query.length),
      "number": .integer(query.number),
    ]
  }

  /// Nil where something is missing, or beyond what a network can have.
  static func query(_ object: JSONObject) -> AlikeQuery? {
    guard let map = object["map"]?.string, let units = object["units"]?.array,
      units.count <= mostUnits, let threshold = object["threshold"]?.double, threshold.isFinite,
      let length = object["length"]?.int, (1...4096).contains(length)
    else { return nil }
    let known = units.compactMap(\.int).filter { (0..<mostUnits).contains($0) }
    guard known.count == units.count else { return nil }
    return AlikeQuery(
      set: UnitSet(
        map: map, units: Set(known).sorted(), threshold: Float(threshold),
        usesMagnitude: object["magnitude"]?.bool ?? true),
      length: length, number: object["number"]?.int ?? 0)
  }
}
