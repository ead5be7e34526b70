/// Where the cells of grids of different heights stand when they are swept by anti-diagonals.
///
/// Cells are counted from the corner a sweep starts in: (i, j) is the i-th row and j-th column from
/// there. All cells of an anti-diagonal i + j = d need only cells of the one before, so they are
/// computed together. Grids are ordered from the tallest to the lowest; a diagonal's rows are those
/// of its cells by growing i, and a cell's rows those of the first `count(i)` grids, which have an
/// i-th row at all. Cells that a lower grid lacks take no room.
struct GridSteps {
  /// Rows of each grid, from the tallest to the lowest.
  private(set) var heights: [Int] = []
  /// Columns of every grid.
  private(set) var columns = 0
  /// Rows of cells of all grids together.
  private(set) var rowCount = 0
  private var counts: [Int] = []
  private var offsets: [Int] = []
  private var starts: [Int] = []

  /// Takes new sizes, reusing memory.
  mutating func assign(heights new: some Collection<Int>, columns: Int) {
    heights.removeAll(keepingCapacity: true)
    heights.append(contentsOf: new)
    self.columns = columns
    let tallest = heights.first ?? 0
    counts.removeAll(keepingCapacity: true)
    var count = heights.count
    for i in 0..<tallest {
      while count > 0, heights[count - 1] <= i { count -= 1 }
      counts.append(count)
    }
    offsets.removeAll(keepingCapacity: true)
    for _ in 0..<tallest * columns { offsets.append(0) }
    starts.removeAll(keepingCapacity: true)
    rowCount = 0
    for d in 0..<diagonalCount {
      starts.append(rowCount)
      for i in rows(ofDiagonal: d) {
        offsets[i * columns + d - i] = rowCount
        rowCount += counts[i]
      }
    }
    starts.append(rowCount)
  }

  var diagonalCount: Int { heights.isEmpty || columns == 0 ? 0 : counts.count + columns - 1 }

  /// The first row of diagonal d, and how many it has.
  func diagonal(_ d: Int) -> (first: Int, count: Int) { (starts[d], starts[d + 1] - starts[d]) }

  /// Grids that have an i-th row.
  func count(_ i: Int) -> Int { counts[i] }

  /// The row of cell (i, j) of the tallest grid; other grids' follow.
  func row(_ i: Int, _ j: Int) -> Int { offsets[i * columns + j] }

  private func rows(ofDiagonal d: Int) -> ClosedRange<Int> {
    max(0, d - columns + 1)...min(d, counts.count - 1)
  }

  private var isUniform: Bool { heights.first == heights.last }

  /// Which of a cell's neighbours, one step nearer to the corner.
  enum Neighbour {
    /// (i − 1, j)
    case above
    /// (i, j − 1)
    case left
  }

  /// Calls `body` with the rows of diagonal d that have the neighbour, and with the first row of
  /// theirs: once where all grids are equally high, else once for each cell.
  func forEachRun(
    ofDiagonal d: Int, _ neighbour: Neighbour,
    _ body: (_ row: Int, _ neighbourRow: Int, _ count: Int) -> Void
  ) {
    let all = rows(ofDiagonal: d)
    let (first, last) =
      switch neighbour {
      case .above: (max(all.lowerBound, 1), all.upperBound)
      case .left: (all.lowerBound, min(all.upperBound, d - 1))
      }
    guard first <= last else { return }
    let step = isUniform ? last - first + 1 : 1
    for i in stride(from: first, through: last, by: step) {
      let j = d - i
      body(row(i, j), neighbour == .above ? row(i - 1, j) : row(i, j - 1), step * counts[i])
    }
  }
}
