import TrainingEvents

/// Which way a state comes from over an image.
enum ImageWay: CaseIterable {
  /// From the row before.
  case vertical
  /// From the column before.
  case horizontal

  /// As it stands on a line.
  var label: String { self == .vertical ? "Wᵥ" : "Wₕ" }
}

/// The states over an image: one for each block of pixels, from each corner that a recurrence begins in.
extension GraphModel {
  /// The place of a block among the columns; nil beyond the edge.
  func place(row: Int, column: Int) -> Int? {
    let size = imageSize
    guard (1...max(1, size.rows)).contains(row), (1...max(1, size.columns)).contains(column) else {
      return nil
    }
    let place = (row - 1) * size.columns + column - 1
    return place < cellCount ? place : nil
  }

  static func startsAtBottom(_ corner: String) -> Bool { corner == "↖" || corner == "↗" }
  static func startsAtRight(_ corner: String) -> Bool { corner == "↖" || corner == "↙" }

  /// The block whose state one reads; nil at the edge where the recurrence begins.
  func neighbour(of place: Int, _ way: ImageWay, corner: Int) -> Int? {
    guard corners.indices.contains(corner - 1), let cell = columns[place].cell else { return nil }
    let arrow = corners[corner - 1]
    return switch way {
    case .vertical:
      self.place(row: cell.row + (Self.startsAtBottom(arrow) ? 1 : -1), column: cell.column)
    case .horizontal:
      self.place(row: cell.row, column: cell.column + (Self.startsAtRight(arrow) ? 1 : -1))
    }
  }

  /// Where each recurrence has seen the whole image: opposite to its corner.
  var imageEnds: [Place] {
    let size = imageSize
    return corners.enumerated().compactMap { index, arrow in
      place(
        row: Self.startsAtBottom(arrow) ? 1 : size.rows,
        column: Self.startsAtRight(arrow) ? 1 : size.columns
      ).map { Place(row: .cell(index + 1), column: $0) }
    }
  }
}
