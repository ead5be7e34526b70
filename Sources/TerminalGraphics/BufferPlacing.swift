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
