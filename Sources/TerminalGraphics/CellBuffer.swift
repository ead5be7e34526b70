/// A rectangle of cells that everything draws into. Drawing outside it is clipped, never an error.
public struct CellBuffer: Sendable, Equatable {
  public let size: Size
  /// Row by row, `size.width * size.height` cells.
  public private(set) var cells: [Cell]

  public init(size: Size, filledWith cell: Cell = .blank) {
    self.size = size
    cells = Array(repeating: cell, count: size.width * size.height)
  }

  public var bounds: Rect { Rect(x: 0, y: 0, width: size.width, height: size.height) }

  /// The cell at a position; blank outside the buffer.
  public subscript(x: Int, y: Int) -> Cell {
    get { bounds.contains(x: x, y: y) ? cells[y * size.width + x] : .blank }
    set {
      guard bounds.contains(x: x, y: y) else { return }
      cells[y * size.width + x] = newValue
    }
  }

  public mutating func fill(_ rect: Rect, with cell: Cell) {
    let left = max(0, rect.x)
    let right = min(size.width, rect.right)
    guard left < right else { return }
    for y in max(0, rect.y)..<max(max(0, rect.y), min(size.height, rect.bottom)) {
      for x in left..<right {
        cells[y * size.width + x] = cell
      }
    }
  }

  /// Writes one line of text from a position on and stops at `limit` (the right edge by default).
  ///
  /// Wide characters take two cells; one that would be cut in half is left out. Control characters
  /// and invalid ones become `�`, so that data never reaches the terminal raw.
  /// - Returns: the column after the last cell written.
  @discardableResult
  public mutating func write(
    _ text: String, x: Int, y: Int, style: Style = .plain, limit: Int? = nil
  ) -> Int {
    let end = min(limit ?? size.width, size.width)
    var column = x
    for scalar in text.unicodeScalars {
      let glyph = CharacterWidth.printable(scalar)
      let width = CharacterWidth.of(glyph)
      if width == 0 { continue }
      if column + width > end { break }
      self[column, y] = Cell(glyph, style)
      if width == 2 { self[column + 1, y] = Cell(Cell.continuation.glyph, style) }
      column += width
    }
    return column
  }

  /// The characters alone, one string a row, trailing blanks removed.
  public var lines: [String] {
    (0..<size.height).map { y in
      var line = String.UnicodeScalarView()
      for x in 0..<size.width where self[x, y].glyph != Cell.continuation.glyph {
        line.append(self[x, y].glyph)
      }
      while line.last == " " { line.removeLast() }
      return String(line)
    }
  }
}

extension CellBuffer {
  /// Copies another buffer in with its upper left corner at a position; what sticks out is cut.
  ///
  /// Panels draw into buffers of their own, so none can ever draw over its neighbour.
  public mutating func place(_ other: CellBuffer, x: Int, y: Int) {
    for row in 0..<other.size.height {
      for column in 0..<other.size.width {
        self[x + column, y + row] = other.cells[row * other.size.width + column]
      }
    }
  }
}
