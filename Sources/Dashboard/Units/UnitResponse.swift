import TrainingEvents

/// What one unit answers to in a text.
struct UnitResponse: Equatable {
  struct Symbol: Equatable {
    var text: String
    /// Mean activation while the symbol is read.
    var mean: Float
    /// How often it is read.
    var count: Int
  }

  struct Place: Equatable {
    var column: Int
    var value: Float
  }

  struct Neighbour: Equatable {
    var unit: Int
    var correlation: Float
  }

  /// Symbols by mean activation, the strongest first.
  let symbols: [Symbol]
  /// Excerpts shown, and how far apart their peaks stand: no two show the same text.
  static let excerpts = 5
  static let before = 14
  static let after = 8

  /// The columns with the highest values, the highest first, each in another place of the passage.
  let peaks: [Place]
  /// r of the unit with the numbers that are read; nil where symbols are read.
  let numbers: Float?
  /// The units that are most positively and most negatively correlated with this one.
  let alike: Neighbour?
  let opposite: Neighbour?

  init(unit: Int, map: StateMap, symbols: [String]) {
    let columns = min(map.columns, symbols.count)
    var sums: [String: (sum: Float, count: Int)] = [:]
    var places: [Place] = []
    for column in 0..<columns {
      let value = map.values[column * map.units + unit]
      guard value.isFinite else { continue }
      let old = sums[symbols[column]] ?? (0, 0)
      sums[symbols[column]] = (old.sum + value, old.count + 1)
      places.append(Place(column: column, value: value))
    }
    self.symbols = sums.map {
      Symbol(text: $0.key, mean: $0.value.sum / Float($0.value.count), count: $0.value.count)
    }.sorted { $0.mean == $1.mean ? $0.text < $1.text : $0.mean > $1.mean }
    peaks = Self.separate(places)
    numbers = Self.numbers(symbols).map { Correlation.ofUnit(unit, in: map, with: $0) }
    let correlations = Correlation.ofUnits(in: map, withUnit: unit)
    let others = correlations.indices.filter { $0 != unit && correlations[$0].isFinite }
    alike = others.max { correlations[$0] < correlations[$1] }.map {
      Neighbour(unit: $0, correlation: correlations[$0])
    }
    opposite = others.min { correlations[$0] < correlations[$1] }.map {
      Neighbour(unit: $0, correlation: correlations[$0])
    }
  }

  /// What is read as numbers, a mark behind one aside; nil where anything else is read, or digits
  /// alone, which are symbols.
  private static func numbers(_ symbols: [String]) -> [Float]? {
    var values: [Float] = []
    for symbol in symbols {
      if symbol == Passage.gap {
        values.append(.nan)
        continue
      }
      guard let value = Float(symbol.hasSuffix("*") ? String(symbol.dropLast()) : symbol) else {
        return nil
      }
      values.append(value)
    }
    return symbols.contains { $0 != Passage.gap && $0.count > 1 } ? values : nil
  }

  private static func separate(_ places: [Place]) -> [Place] {
    var result: [Place] = []
    for place in places.sorted(by: {
      $0.value == $1.value ? $0.column < $1.column : $0.value > $1.value
    })
    where result.allSatisfy({ abs($0.column - place.column) > before + after }) {
      result.append(place)
      if result.count == excerpts { break }
    }
    return result
  }
}
