import FileFormats
import TrainingEvents

/// Sets of units: what is looked for in all training data, as a member of the command that says what is
/// watched; and what is followed, in its command and in the record.
enum AlikeJSON {
  /// Units at most that are taken from a line.
  private static let mostUnits = 1 << 16
  /// Time steps of a passage.
  private static let lengths = 1...4096

  private static func object(_ set: UnitSet) -> JSONObject {
    [
      "map": .string(set.map), "units": .array(set.units.map { .integer($0) }),
      "threshold": .real(Double(set.threshold)), "magnitude": .bool(set.usesMagnitude),
    ]
  }

  static func object(_ query: AlikeQuery) -> JSONObject {
    var object = object(query.set)
    object["length"] = .integer(query.length)
    object["number"] = .integer(query.number)
    return object
  }

  static func object(_ kept: KeptUnits) -> JSONObject {
    var object = object(kept.set)
    object["name"] = .string(kept.name)
    object["symbols"] = .array(kept.symbols.map { .string($0) })
    object["fromEnd"] = .integer(kept.fromEnd)
    object["since"] = .integer(kept.since)
    return object
  }

  /// Nil where something is missing, or beyond what a network can have.
  private static func set(_ object: JSONObject) -> UnitSet? {
    guard let map = object["map"]?.string, let units = object["units"]?.array,
      units.count <= mostUnits, let threshold = object["threshold"]?.double, threshold.isFinite
    else { return nil }
    let known = units.compactMap(\.int).filter { (0..<mostUnits).contains($0) }
    guard known.count == units.count else { return nil }
    return UnitSet(
      map: map, units: Set(known).sorted(), threshold: Float(threshold),
      usesMagnitude: object["magnitude"]?.bool ?? true)
  }

  /// Nil where something is missing, or beyond what a network can have.
  static func query(_ object: JSONObject) -> AlikeQuery? {
    guard let set = set(object), let length = object["length"]?.int, lengths.contains(length)
    else { return nil }
    return AlikeQuery(set: set, length: length, number: object["number"]?.int ?? 0)
  }

  /// Nil where something is missing, or beyond what a passage can have.
  static func kept(_ object: JSONObject) -> KeptUnits? {
    guard let set = set(object), let name = object["name"]?.string, !name.isEmpty,
      let symbols = object["symbols"]?.array, lengths.contains(symbols.count),
      let fromEnd = object["fromEnd"]?.int, (symbols.count...lengths.upperBound).contains(fromEnd)
    else { return nil }
    let known = symbols.compactMap(\.string)
    guard known.count == symbols.count else { return nil }
    let since = object["since"]?.int.flatMap { SaneNumbers.steps.contains($0) ? $0 : nil }
    return KeptUnits(
      name: name, set: set, symbols: known, fromEnd: fromEnd, since: since ?? 0)
  }
}
