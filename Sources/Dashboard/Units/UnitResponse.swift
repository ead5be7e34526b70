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
  /// The columns with the highest values, the highest first, none next to another.
  let peaks: [Place]
  /// The unit that moves most like this one and the one that moves most against it.
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
    let correlations = Correlation.ofUnits(in: map, withUnit: unit)
    let others = correlations.indices.filter { $0 != unit && correlations[$0].isFinite }
    alike = others.max { correlations[$0] < correlations[$1] }.map {
      Neighbour(unit: $0, correlation: correlations[$0])
    }
    opposite = others.min { correlations[$0] < correlations[$1] }.map {
      Neighbour(unit: $0, correlation: correlations[$0])
    }
  }

  private static func separate(_ places: [Place]) -> [Place] {
    var result: [Place] = []
    for place in places.sorted(by: {
      $0.value == $1.value ? $0.column < $1.column : $0.value > $1.value
    })
    where result.allSatisfy({ abs($0.column - place.column) > 2 }) {
      result.append(place)
      if result.count == 8 { break }
    }
    return result
  }
}
