import TrainingEvents

/// Which nodes of the unfolded graph read which: what the lines and the labels of the picture say.
extension GraphModel {
  struct Place: Hashable {
    var row: GraphRow
    var column: Int
  }

  /// From what is read to what reads it.
  struct Edge: Hashable {
    var from: Place
    var to: Place
  }

  var edges: Set<Edge> {
    var edges: Set<Edge> = []
    /// Encoder and decoder meet in one node, which stands in the row of every layer.
    func one(_ place: Place) -> Place {
      columns[place.column].part == "context"
        ? Place(row: .state(top), column: place.column) : place
    }
    func add(_ from: Place, _ to: Place) {
      if one(from) != one(to) { edges.insert(Edge(from: one(from), to: one(to))) }
    }
    for column in columns.indices {
      for row in rows where has(row, at: column) {
        let here = Place(row: row, column: column)
        for below in read(by: row, at: column) {
          let there = Place(row: below, column: column)
          // A target is compared with what the loss reads, and stands above it.
          if row == .target { add(here, there) } else { add(there, here) }
        }
        if let edge = edgeAcross(row, from: column) {
          let next = Place(row: row, column: column + 1)
          if edge.pointsBack { add(next, here) } else { add(here, next) }
        }
        if handsOutputOn(from: column), row == .output {
          add(here, Place(row: .state(1), column: column + 1))
        }
        for source in sources(of: row, at: column) { add(source, here) }
      }
      for (corner, cell) in corners.indices.map({ ($0 + 1, column) })
      where has(.cell(corner), at: cell) {
        let here = Place(row: .cell(corner), column: cell)
        add(Place(row: .input, column: cell), here)
        for way in ImageWay.allCases {
          if let before = neighbour(of: cell, way, corner: corner) {
            add(Place(row: .cell(corner), column: before), here)
          }
        }
      }
    }
    return edges
  }

  /// Whether states of both directions stand in a column.
  func isBothWays(_ column: Int) -> Bool {
    has(.backwardState(1), at: column) && columns[column].part != "context"
  }

  /// What a node reads of its own column: the nearest row below that has a node there, or both
  /// directions of it.
  func read(by row: GraphRow, at column: Int) -> [GraphRow] {
    guard row != .input, row != .context, let place = rows.firstIndex(of: row) else { return [] }
    guard isBothWays(column) else {
      return rows[(place + 1)...].first { $0 != .context && has($0, at: column) }.map { [$0] } ?? []
    }
    switch row {
    case .state(let layer), .backwardState(let layer):
      return layer == 1 ? [.input] : [.state(layer - 1), .backwardState(layer - 1)]
    // The way from end to start is at its own end in the first column.
    case .output where architecture.shape == .final: return [.state(top)]
    case .output: return [.state(top), .backwardState(top)]
    case .target, .loss:
      return rows[(place + 1)...].first { has($0, at: column) }.map { [$0] } ?? []
    case .input, .context, .cell: return []
    }
  }

  /// Whether a step's own output is what the next step's state reads.
  func handsOutputOn(from column: Int) -> Bool {
    architecture.shape == .outputRecurrence && columns.indices.contains(column + 1)
      && !columns[column + 1].isForced
  }

  /// What a node reads of other columns, or of a row that no line from below comes by: where the
  /// other direction ended, all outputs that one loss judges, the states that attention weighs and
  /// the one that asks, the context that a decoder reads at every step.
  func sources(of row: GraphRow, at column: Int) -> [Place] {
    let part = columns[column].part
    switch row {
    case .output where part == "output": return imageEnds
    case .output where architecture.shape == .final && isBothWays(column):
      return [Place(row: .backwardState(top), column: 0)]
    case .loss where architecture.isAligned:
      return columns.indices.filter { has(.output, at: $0) }.map { Place(row: .output, column: $0) }
    case .state(top) where part == "context" && !imageEnds.isEmpty: return imageEnds
    case .state(top) where part == "context":
      return isBothWays(0) ? [Place(row: .backwardState(top), column: 0)] : []
    case .context:
      let weighed = columns.indices.filter { columns[$0].part == "encoder" }.flatMap { index in
        ([GraphRow.state(top), .backwardState(top)] + corners.indices.map { .cell($0 + 1) })
          .filter { has($0, at: index) }
          .map { Place(row: $0, column: index) }
      }
      return weighed + [Place(row: .state(top), column: column - 1)]
    case .state(1) where part == "decoder":
      if architecture.attention { return [Place(row: .context, column: column)] }
      return columns.indices.filter { columns[$0].part == "context" }
        .map { Place(row: .state(top), column: $0) }
    default: return []
    }
  }
}
