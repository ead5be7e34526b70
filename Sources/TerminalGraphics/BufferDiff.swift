/// The cells that differ between two pictures of the screen, as runs along rows.
///
/// A wide character is always redrawn whole: a run never begins or ends inside one.
public struct BufferDiff: Sendable, Equatable {
  /// Neighbouring cells of one row that must be written.
  public struct Run: Sendable, Equatable {
    public var x: Int
    public var y: Int
    public var cells: [Cell]

    public init(x: Int, y: Int, cells: [Cell]) {
      self.x = x
      self.y = y
      self.cells = cells
    }
  }

  /// From the top row to the bottom, in each from left to right.
  public let runs: [Run]

  /// - Parameters:
  ///   - old: what is on screen; nil, or of another size, means that nothing there can be relied on,
  ///     and everything is written
  ///   - new: what is to be on screen
  public init(from old: CellBuffer?, to new: CellBuffer) {
    guard let old, old.size == new.size else {
      let width = new.size.width
      runs =
        width == 0
        ? []
        : (0..<new.size.height).map { y in
          Run(x: 0, y: y, cells: Array(new.cells[y * width..<(y + 1) * width]))
        }
      return
    }
    var found: [Run] = []
    for y in 0..<new.size.height {
      Self.appendRuns(row: y, from: old.cells, to: new.cells, width: new.size.width, into: &found)
    }
    runs = found
  }

  public var isEmpty: Bool { runs.isEmpty }
  public var cellCount: Int { runs.reduce(0) { $0 + $1.cells.count } }

  /// Writes the runs into a picture of the same size, which makes it the new one.
  public func apply(to buffer: inout CellBuffer) {
    for run in runs {
      for (offset, cell) in run.cells.enumerated() { buffer[run.x + offset, run.y] = cell }
    }
  }

  private static func appendRuns(
    row y: Int, from old: [Cell], to new: [Cell], width: Int, into runs: inout [Run]
  ) {
    let base = y * width
    let continuation = Cell.continuation.glyph
    var x = 0
    while x < width {
      guard old[base + x] != new[base + x] else {
        x += 1
        continue
      }
      var start = x
      if new[base + x].glyph == continuation, x > 0 { start = x - 1 }
      var end = x + 1
      while end < width {
        let differs = old[base + end] != new[base + end]
        guard differs || new[base + end].glyph == continuation else { break }
        end += 1
      }
      // A following wide character whose second half alone changed begins one cell early, too.
      if let last = runs.last, last.y == y, last.x + last.cells.count > start {
        start = last.x + last.cells.count
      }
      runs.append(Run(x: start, y: y, cells: Array(new[base + start..<base + end])))
      x = end
    }
  }
}
